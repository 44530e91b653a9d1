# A version without a note is explained later; an explanation of a version that never was is a warning.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
commit 2026-02-02
printf '%s\n' 'of: "1.1"' 'summary: {nb: Vi deler navnet ditt., en: We share your name.}' | file changes/navn.yaml
commit 2026-02-10
printf '%s\n' 'of: "1.7"' 'summary: {nb: Aldri., en: Never.}' | file changes/aldri.yaml
commit 2026-02-11
