# A change taken back is a version of its own, not a hole in the log; its words are those of before.
start
words nb/02-deling "Vi deler alt."
words en/02-deling "We share everything."
note deling major 2026-03-01
commit 2026-01-10
at 2026-01-20
git revert --no-commit HEAD
commit 2026-01-20
words nb/01-kontakt "Ring oss."
words en/01-kontakt "Call us."
note kontakt minor
commit 2026-01-30
