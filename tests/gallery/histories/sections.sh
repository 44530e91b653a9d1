# Sections are renamed, moved, added and taken out, with and without a note.
whole_policy
section nb/06-sletting Sletting "Du kan be oss slette alt vi har om deg." "Vi svarer innen en måned."
section en/06-sletting Erasure "You may ask us to erase everything." "We answer within one month."
commit 2026-01-10
for code in nb en; do
  rm content/$code/06-sletting.md
  git mv content/$code/04-lagring.md content/$code/02-lagring.md
  git mv content/$code/02-formal.md content/$code/03-formal.md
  git mv content/$code/03-deling.md content/$code/04-deling.md
done
section nb/07-sikkerhet Sikkerhet "Bare de som trenger det, har tilgang."
section en/07-sikkerhet Security "Only those who need it have access."
words nb/04-deling "Disse får opplysninger fra oss hvis de trenger det:" "{{ table: recipients }}"
words en/04-deling "These get data from us if they need it:" "{{ table: recipients }}"
note rekkefolge minor "" "Delene har fått en ny rekkefølge" "title: {nb: Ny rekkefølge, en: A new order}"
commit 2026-02-10
words nb/01-hvem "Vi har ansvaret for opplysningene dine." "Har du spørsmål, kan du skrive til {{ controller.email }}."
words en/01-hvem "We are responsible for your data." "If you have questions, write to {{ controller.email }}."
commit 2026-02-20
