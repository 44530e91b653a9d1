# The newest commit puts another language first, which would then prevail: nothing is built.
start
settings "en, nb"
commit 2026-02-05
