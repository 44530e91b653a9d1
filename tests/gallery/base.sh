# Functions for the histories of the gallery, beside those of tests/scenarios/lib.sh: a whole policy as readers know
# one, in Norwegian and English.

organisation() { # [MORE LINES]: policy.yaml of an organisation that says everything about itself
  cat - <(printf '%s\n' "$@") <<'END' | file policy.yaml
title: {nb: Personvernerklæring, en: Privacy policy}
base_url: https://example.no/personvern/
languages: [nb, en]
controller: {name: Eksempel Forening, address: "Storgata 1, 0155 Oslo", email: post@example.no, phone: "22 00 00 00",
  website: https://example.no}
dpo: {name: {nb: Personvernombudet, en: The data protection officer}, email: personvernombud@example.no}
authority: {name: Datatilsynet, url: https://www.datatilsynet.no}
mail: {from: post@example.no, reply_to: post@example.no}
END
}

recipients() { # COUNTRY OF THE PRINTER [MORE ROWS]
  printf '%s\n' "- {id: printer, name: Trykk AS, role: processor, country: $1}" \
    "- {id: bank, name: Banken, role: controller, country: \"NO\"}" "${@:2}" | file facts/recipients.yaml
}

retention() { # PERIOD OF ACCOUNTS, PERIOD OF VOUCHERS
  file facts/retention.yaml <<END
- {id: account, what: {nb: Kontoen din, en: Your account}, period: $1, after: {nb: Vi sletter den., en: We erase it.}}
- {id: vouchers, what: {nb: Bilag, en: Vouchers}, period: $2}
END
}

rights() { # [MORE LINES]
  file facts/rights.yaml <<END
access: {nb: Du kan be om å få se hva vi har om deg., en: You may ask to see what we have about you.}
erasure: {nb: Du kan be oss slette opplysninger om deg., en: You may ask us to erase data about you.}
complaint: {nb: Du kan klage til Datatilsynet., en: You may complain to Datatilsynet.}
$(printf '%s\n' "$@")
END
}

facts() {
  echo '- {id: contact, name: {nb: kontaktopplysninger, en: contact details}}' | file facts/categories.yaml
  file facts/purposes.yaml <<'END'
- {id: membership, name: {nb: Å følge opp medlemskapet, en: To manage your membership}, legal_basis: contract,
   data: [contact], retention: account}
- {id: accounts, name: {nb: Å føre regnskap, en: To keep accounts}, legal_basis: legal_obligation, data: [contact],
   retention: vouchers}
END
  recipients '"NO"'
  retention P2Y P5Y
  rights
}

sections() {
  section nb/01-hvem "Hvem som har ansvaret" "{{ controller.name }} har ansvaret for opplysningene dine." \
    "Har du spørsmål, kan du skrive til {{ controller.email }}."
  section en/01-hvem "Who is responsible" "{{ controller.name }} is responsible for your data." \
    "If you have questions, write to {{ controller.email }}."
  section nb/02-formal "Hvorfor vi bruker opplysninger" "{{ table: purposes }}"
  section en/02-formal "Why we use data" "{{ table: purposes }}"
  section nb/03-deling "Hvem som får opplysninger" "Disse får opplysninger fra oss:" "{{ table: recipients }}"
  section en/03-deling "Who gets data" "These get data from us:" "{{ table: recipients }}"
  section nb/04-lagring "Hvor lenge vi lagrer" "{{ table: retention }}"
  section en/04-lagring "How long we keep data" "{{ table: retention }}"
  section nb/05-rettigheter "Rettighetene dine" "{{ table: rights }}"
  section en/05-rettigheter "Your rights" "{{ table: rights }}"
}

whole_policy() { # [DAY [MORE LINES OF POLICY.YAML]]: the first version of a policy that has everything
  git init --quiet --initial-branch main .
  organisation "${@:2}"
  facts
  sections
  commit "${1:-2026-01-05}" "Publiser"
}

announce() { # NAME LEVEL EFFECTIVE TITLE-NB TITLE-EN SUMMARY-NB SUMMARY-EN [MORE LINES]: a note as an editor writes it
  file "changes/$1.yaml" <<END
level: $2
effective: $3
title: {nb: "$4", en: "$5"}
summary: {nb: "$6", en: "$7"}
action: {nb: "Skriv til <post@example.no> hvis du vil protestere.", en: "Write to <post@example.no> if you object."}
$(printf '%s\n' "${@:8}")
END
}
