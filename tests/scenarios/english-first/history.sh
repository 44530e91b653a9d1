# English begins and Norwegian joins it: no English address changes, and English prevails.
start 2026-01-05 en
settings "en, nb"
commit 2026-02-05
words nb/01-kontakt "Ring oss."
words en/01-kontakt "Call us."
commit 2026-03-01
