# A policy in Bokmål, Nynorsk and English: a major change is announced through every channel in all three, and a
# later change of the Nynorsk text alone is a version of all three.
facts() { # PERIOD [HOST]: the facts of the policy
  file facts/retention.yaml <<EOF
- id: account
  what: {nb: Kontoen din, nn: Kontoen din, en: Your account}
  period: $1
  after: {nb: Slettes, nn: Blir sletta, en: Erased}
EOF
  file facts/recipients.yaml <<EOF
- {id: host, name: Vertshuset AS, role: processor, country: NO}
${2:-}
EOF
  file facts/rights.yaml <<EOF
access: {nb: Be om en kopi av opplysningene., nn: Be om ein kopi av opplysningane., en: Ask for a copy of the data.}
complaint: {nb: Skriv til Datatilsynet., nn: Skriv til Datatilsynet., en: Write to Datatilsynet.}
EOF
}

git init --quiet --initial-branch main .
file policy.yaml <<'EOF'
title: {nb: Personvernerklæring, nn: Personvernerklæring, en: Privacy policy}
base_url: https://example.no/personvern/
languages: [nb, nn, en]
controller: {name: Nordlys Forening, email: post@example.no}
authority: {name: Datatilsynet, url: "https://www.datatilsynet.no"}
announce: {major: [help_centre, login, email, alert]}
EOF
facts P2Y
section nb/01-kontakt "Hvem er ansvarlig?" "{{ controller.name }} er behandlingsansvarlig. Spør oss på {{ controller.email }}."
section nn/01-kontakt "Kven er ansvarleg?" "{{ controller.name }} er behandlingsansvarleg. Spør oss på {{ controller.email }}."
section en/01-kontakt "Who is responsible?" "{{ controller.name }} is the controller. Ask us at {{ controller.email }}."
section nb/02-deling "Hvem deler vi med?" "Vi deler opplysninger med dem som drifter nettstedet for oss:" "{{ table: recipients }}"
section nn/02-deling "Kven deler vi med?" "Vi deler opplysningar med dei som driv nettstaden for oss:" "{{ table: recipients }}"
section en/02-deling "Who do we share with?" "We share data with those who run the website for us:" "{{ table: recipients }}"
section nb/03-sletting "Hvor lenge lagrer vi?" "Vi sletter kontoen {{ retention.account.period }} etter at du sist brukte den." "{{ table: retention }}"
section nn/03-sletting "Kor lenge lagrar vi?" "Vi slettar kontoen {{ retention.account.period }} etter at du sist brukte han." "{{ table: retention }}"
section en/03-sletting "How long do we keep data?" "We erase the account {{ retention.account.period }} after you last used it." "{{ table: retention }}"
section nb/04-rettigheter "Hvilke rettigheter har du?" "Du kan når som helst:" "{{ table: rights }}"
section nn/04-rettigheter "Kva rettar har du?" "Du kan når som helst:" "{{ table: rights }}"
section en/04-rettigheter "Which rights do you have?" "You can at any time:" "{{ table: rights }}"
commit 2026-01-05 "Begynn"

facts P18M "- {id: accountant, name: Regnskap AS, role: controller, country: DE}"
words nb/02-deling "Vi deler opplysninger med dem som drifter nettstedet for oss, og med dem som fører regnskapet:" "{{ table: recipients }}"
words nn/02-deling "Vi deler opplysningar med dei som driv nettstaden for oss, og med dei som fører rekneskapen:" "{{ table: recipients }}"
words en/02-deling "We share data with those who run the website for us, and with those who keep the accounts:" "{{ table: recipients }}"
file changes/regnskap.yaml <<'EOF'
level: major
effective: 2026-03-20
summary:
  nb: Et regnskapsbyrå fører regnskapet for oss og får se betalingene dine.
  nn: Eit rekneskapsbyrå fører rekneskapen for oss og får sjå betalingane dine.
  en: An accounting firm keeps our accounts and sees your payments.
action:
  nb: Du kan protestere mot delingen ved å skrive til oss.
  nn: Du kan protestere mot delinga ved å skrive til oss.
  en: You can object to the sharing by writing to us.
reason:
  nb: Vi fører ikke lenger regnskapet selv.
  nn: Vi fører ikkje lenger rekneskapen sjølve.
  en: We no longer keep the accounts ourselves.
EOF
commit 2026-02-10 "Del med regnskapsbyrået"

words nn/01-kontakt "{{ controller.name }} er behandlingsansvarleg. Spør oss gjerne på {{ controller.email }}."
cat > content/changes/sporsmal.yaml <<'EOF'
level: minor
summary:
  nb: Den nynorske teksten ber deg gjerne spørre.
  nn: Teksten seier at du gjerne kan spørje oss.
  en: The Nynorsk text invites you to ask.
EOF
commit 2026-04-07 "Rett den nynorske teksten"
