# Broken YAML was committed and mended a day later: a warning, and what came with it counts with the mending.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note deling minor
echo "title: {nb: Personvern" | file policy.yaml
commit 2026-02-02
settings "nb, en"
commit 2026-02-09
