# Two editors and one line: what was done on a branch counts when it is merged, with the day of the merge.
start
branch deling
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
commit 2026-01-10
words nb/02-deling "Vi deler navn og adresse."
words en/02-deling "We share names and addresses."
note deling major 2026-04-01
commit 2026-01-11
on main
words nb/01-kontakt "Skriv til oss."
words en/01-kontakt "Write to us."
commit 2026-01-12
merge 2026-02-02 deling
