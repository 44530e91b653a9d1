# A name that should not have been published is taken out of two versions; the caller writes redactions.yaml.
whole_policy
words nb/01-hvem "{{ controller.name }} har ansvaret." "Spør Kari Nordmann om resten."
words en/01-hvem "{{ controller.name }} is responsible." "Ask Kari Nordmann about the rest."
note navn minor "" "Hvem du kan spørre"
commit 2026-02-02
words nb/01-hvem "{{ controller.name }} har ansvaret." "Spør Kari Nordmann om resten, når du vil."
words en/01-hvem "{{ controller.name }} is responsible." "Ask Kari Nordmann about the rest, at any time."
note nar minor "" "Når du kan spørre"
commit 2026-02-10
words nb/01-hvem "{{ controller.name }} har ansvaret." "Spør oss om resten, når du vil."
words en/01-hvem "{{ controller.name }} is responsible." "Ask us about the rest, at any time."
note uten minor "" "Uten navn"
commit 2026-02-20
