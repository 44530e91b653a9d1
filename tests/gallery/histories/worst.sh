# What is hardest to show: twelve columns, a cell of two hundred words, words that fit on no phone, long names.
long=Personopplysningsbehandlingsansvarlighetsfraskrivelsesdokumentasjonspliktsforskrift
git init --quiet --initial-branch main .
file policy.yaml <<END
title: {nb: Personvernerklæring for $long, en: Privacy policy of $long}
base_url: https://example.no/personvern/
languages: [nb, en]
controller:
  name: "Norsk Forening for ${long}sinteresserte og Andre AS"
  address: "c/o $long, Veldigveldiglangtstedsnavn 1, 0155 Oslo"
  email: $(printf 'a%.0s' {1..60})@$(printf 'b%.0s' {1..60}).example.no
  website: https://$(printf 'b%.0s' {1..60}).example.no
dpo: {name: "$long", email: ombud@$(printf 'c%.0s' {1..60}).example.no}
authority: {name: Datatilsynet, url: "https://www.datatilsynet.no/$(printf 'd%.0s' {1..80})"}
END
facts
recipients '"NO"' "- {id: long, name: $long AS, role: processor, country: US,
   safeguard: {kind: other, text: {nb: $(printf 'Avtalen sier mye om dette. %.0s' {1..40}),
   en: $(printf 'The contract says much about this. %.0s' {1..40})}}}"
rights "objection: {nb: '$(printf 'Du kan protestere mot %s. ' $long $long)',
  en: '$(printf 'You may object to %s. ' $long $long)'}"
sections
row() { # CELL…
  printf '| %s ' "$@"
  echo '|'
}
columns() { # LAST CELL
  row Tjeneste Leverandør Land Formål Lagringstid Grunnlag Kommentar Avtale Ansvarlig Tilgang Kilde Revisjon
  row --- --- --- --- --- --- --- --- --- --- --- ---
  row Nyhetsbrev "$long AS" Norge "$(printf 'Vi sender det til dem som ber. %.0s' {1..34})" "2 år" \
    Samtykke Frivillig Ja Ledelsen Alle "Du selv" "$1"
}
section nb/06-tabell "Tabellen over $long" "$(columns 2025)" "\`$(printf 'kode%.0s' {1..30})\`" \
  "Les [avtalen](https://example.no/$(printf 'e%.0s' {1..200})) om $long."
section en/06-tabell "The table of $long" "$(columns 2025)" "\`$(printf 'code%.0s' {1..30})\`" \
  "Read [the contract](https://example.no/$(printf 'e%.0s' {1..200})) on $long."
commit 2026-01-05
sed -i 's/Du selv | 2025/Du selv | 2026/; s/Les \[avt/Se [avt/; s/Read \[the/See [the/' content/??/06-tabell.md
retention P3Y P5Y
announce lang major 2026-07-01 "Avtalen om $long er endret" "The contract on $long has changed" \
  "Avtalen om $long er endret." "The contract on $long has changed."
commit 2026-05-20
