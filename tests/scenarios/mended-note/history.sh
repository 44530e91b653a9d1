# The wording of a note is mended: the newest is shown, but its level and its day stay as they were published.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note deling major 2026-04-01 "Skrivefiel"
commit 2026-02-02
note deling special 2026-12-01 "Skrivefeil"
commit 2026-02-03
