# Two versions are on their way at once; each comes into force on its own day, and an unnoted one waits for them.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-07-01
commit 2026-02-02
words nb/03-sletting "Vi sletter alt etter et år."
words en/03-sletting "We erase all after a year."
note sletting special 2026-08-01
commit 2026-02-03
words nb/01-kontakt "Ring oss."
words en/01-kontakt "Call us."
commit 2026-02-04
