# A change without a note is listed too, and says that it has none.
start
words nb/02-deling "Vi deler navn med 3 andre."
words en/02-deling "We share names with 3 others."
commit 2026-02-02
words nb/02-deling "Vi deler navn [med 3 andre](https://example.no/a)."
words en/02-deling "We share names [with 3 others](https://example.no/a)."
commit 2026-02-03
words nb/02-deling "Vi deler navn [med 3 andre](https://example.no/b)."
commit 2026-02-04
