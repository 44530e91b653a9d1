# A note with lists, paragraphs and links, and another without a title.
whole_policy
retention P3Y P5Y
file changes/lister.yaml <<'END'
level: major
effective: 2026-07-01
title: {nb: Kontoen lagres i tre år, en: We keep accounts for three years}
summary:
  nb: |
    Vi lagrer kontoen din i tre år.

    - Nye kontoer lagres slik fra 1. juli.
    - Gamle kontoer lagres slik fra 1. januar 2027.
  en: |
    We keep your account for three years.

    - New accounts are kept for so long from 1 July.
    - Old accounts are kept for so long from 1 January 2027.
action:
  nb: |
    1. Les [endringene](https://example.no/endringer).
    2. Skriv til <post@example.no> hvis du vil protestere.
  en: |
    1. Read [the changes](https://example.no/changes).
    2. Write to <post@example.no> if you object.
reason: {nb: "Mange ba om det.", en: "Many asked for it."}
END
commit 2026-05-20
words nb/01-hvem "{{ controller.name }} har ansvaret. Skriv til {{ controller.email }}."
words en/01-hvem "{{ controller.name }} is responsible. Write to {{ controller.email }}."
note kortere minor "" "Vi sier det samme med færre ord."
commit 2026-05-21
