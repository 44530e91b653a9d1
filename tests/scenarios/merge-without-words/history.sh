# A merge that brings nothing, and a branch whose merge took our side: neither is a version.
start
branch tomt
commit 2026-01-10
on main
merge 2026-01-20 tomt
branch forkastet
words nb/02-deling "Dette ble aldri publisert."
words en/02-deling "This was never published."
commit 2026-01-21
on main
at 2026-01-30
git merge --quiet --strategy ours --message "Forkast" forkastet
