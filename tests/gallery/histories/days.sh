# Three announced versions take effect on one day and one on a later day; small ones follow without a note.
whole_policy 2026-01-05
retention P3Y P5Y
announce lagring major 2026-07-01 "Kontoen lagres i tre år" "We keep accounts for three years" \
  "Vi lagrer kontoen din i tre år." "We keep your account for three years."
commit 2026-05-01
recipients DE
announce trykk major 2026-07-01 "Trykkeriet er i Tyskland" "The printer is in Germany" \
  "Trykkeriet som får adressen din, er flyttet til Tyskland." "The printer who gets your address has moved to Germany."
commit 2026-05-02
rights 'objection: {nb: Du kan protestere., en: You may object.}'
announce protest special 2026-07-01 "Du kan protestere" "You may object" \
  "Erklæringen sier nå at du kan protestere." "The policy now says that you may object."
commit 2026-05-03
words nb/01-hvem "{{ controller.name }} har ansvaret. Skriv til {{ controller.email }}."
words en/01-hvem "{{ controller.name }} is responsible. Write to {{ controller.email }}."
commit 2026-05-10
recipients DE '- {id: cloud, name: Sky Inc., role: processor, country: US, safeguard: {kind: scc}}'
announce sky major 2026-09-01 "En leverandør i USA" "A provider in the United States" \
  "Medlemssystemet leveres av Sky Inc. i USA." "The membership system comes from Sky Inc. in the United States."
commit 2026-05-15
