# The first language is dropped: the root still shows its last version, and English prevails.
start
settings en
commit 2026-02-05
words en/02-deling "We share names."
commit 2026-03-01
