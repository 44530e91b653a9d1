# What was committed last cannot be read: nothing is published, and all of it is told at once.
start
sed -i 's/Kontakt/[/' content/nb/01-kontakt.md
words en/02-deling "We share {{ no.such.thing }}."
commit 2026-02-02
