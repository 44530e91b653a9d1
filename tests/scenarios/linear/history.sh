# Four changes one after the other, each with its note.
start 2026-01-05
words nb/02-deling "Vi deler ingen opplysninger med noen."
words en/02-deling "We share no data with anybody."
note ordvalg minor
commit 2026-02-02
words nb/02-deling "Vi deler opplysninger med regnskapskontoret."
words en/02-deling "We share data with the accountants."
note regnskap major 2026-03-20
commit 2026-02-10
words nb/01-kontakt "Skriv til {{ controller.email }}."
words en/01-kontakt "Write to {{ controller.email }}."
note kontakt minor
commit 2026-04-07
words nb/03-sletting "Vi sletter aldri kontoen."
words en/03-sletting "We never erase the account."
note sletting special 2026-05-20
commit 2026-04-14
