# Under a new name a note is a new note: it makes a version, in which no section changed.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note deling minor
commit 2026-02-02
git mv content/changes/deling.yaml content/changes/navn.yaml
commit 2026-02-03
