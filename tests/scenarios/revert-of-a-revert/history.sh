# The note comes back with the words: it is published already, so the second time is a version without one.
start
words nb/02-deling "Vi deler alt."
words en/02-deling "We share everything."
note deling major 2026-03-01
commit 2026-01-10
git revert --no-commit HEAD
commit 2026-01-20
git revert --no-commit HEAD
commit 2026-01-25
