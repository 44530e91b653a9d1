# A commit picked from a branch is published the day it was picked; merging the branch later adds nothing.
start
branch hast
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note deling minor
commit 2026-01-10
on main
at 2026-02-20
git cherry-pick hast >/dev/null
merge 2026-03-01 hast
