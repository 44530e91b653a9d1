# A note cannot take effect before anybody could read it: the day of publication is the earliest.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-01-01
commit 2026-02-02
