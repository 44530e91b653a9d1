# The order of the words is a matter of words too: a section that moves is a version without any note.
start
for code in nb en; do git mv content/$code/03-sletting.md content/$code/00-sletting.md; done
commit 2026-02-03
