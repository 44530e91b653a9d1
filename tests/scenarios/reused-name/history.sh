# A section is removed, and a year later another takes its name: the versions between do not have it.
start
git rm -q content/*/02-deling.md
note bort minor
commit 2026-02-02
section nb/02-deling Deling "Nå deler vi navn."
section en/02-deling Sharing "Now we share names."
note igjen minor
commit 2026-03-02
