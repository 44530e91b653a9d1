# A commit puts a new language first, and a later one puts it last: the build goes on, the root stays.
start 2026-01-05 nb
policy "en, nb"
commit 2026-02-05
settings "nb, en"
commit 2026-02-06
