# A correction of a section that the announced version changes too: it waits with that version, and the build says so.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-07-01
commit 2026-02-02
words nb/02-deling "Vi deler navn og adresse."
words en/02-deling "We share names and addresses."
note adresse minor "" "Adresse" 'also_in_force: true'
commit 2026-02-03
