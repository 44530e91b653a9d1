# The last section becomes the first: it alone moved, though every number changed.
start
section nb/04-klage Klage "Du kan klage."
section en/04-klage Complaint "You can complain."
commit 2026-02-02
for code in nb en; do git mv content/$code/04-klage.md content/$code/00-klage.md; done
note klage minor
commit 2026-02-03
