# A published note is deleted: its version stays what it was, and is told as before.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note deling major 2026-04-01
commit 2026-02-02
rm content/changes/deling.yaml
commit 2026-02-03
