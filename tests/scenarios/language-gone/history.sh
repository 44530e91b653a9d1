# English is dropped: its versions stay where they are, its front page shows the last one there was.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
commit 2026-01-10
git rm -qr content/en
settings nb
commit 2026-01-20
words nb/01-kontakt "Ring oss."
commit 2026-01-30
