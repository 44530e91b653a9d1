# English is the only language: all of its pages are right below the base address.
start 2026-01-05 en
words en/02-deling "We share names."
note names major 2026-03-20
commit 2026-02-05
words en/01-kontakt "Call us."
commit 2026-03-01
