# One section becomes two: the old one keeps its name and has changed, the other is new.
start
words nb/02-deling "Vi deler navn med trykkeriet." "Trykkeriet ligger i Norge og sletter navnene etter bruk."
words en/02-deling "We share names with the printer." "The printer is in Norway and erases the names after use."
commit 2026-02-02
words nb/02-deling "Vi deler navn med trykkeriet."
words en/02-deling "We share names with the printer."
section nb/02-trykkeri Trykkeriet "Trykkeriet ligger i Norge og sletter navnene etter bruk."
section en/02-trykkeri "The printer" "The printer is in Norway and erases the names after use."
note trykkeri minor
commit 2026-02-03
