# Two notes in one revision: the higher level and the later day win, both are told.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note a-liten minor 2026-05-01 "Den lille"
note b-stor major 2026-04-01 "Den store"
commit 2026-02-02
