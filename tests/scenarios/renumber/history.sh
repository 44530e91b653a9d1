# A new first section pushes the others down by a number: none of them moved.
start
for code in nb en; do
  git mv content/$code/03-sletting.md content/$code/04-sletting.md
  git mv content/$code/02-deling.md content/$code/03-deling.md
  git mv content/$code/01-kontakt.md content/$code/02-kontakt.md
done
section nb/01-kort "Kort fortalt" "Vi vet lite om deg."
section en/01-kort "In short" "We know little about you."
note kort minor
commit 2026-02-02
for code in nb en; do git mv content/$code/04-sletting.md content/$code/40-sletting.md; done
commit 2026-02-03
