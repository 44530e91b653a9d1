# One version changes every kind of fact, so that more than five rows are told.
whole_policy
echo '- {id: contact, name: {nb: kontaktopplysninger, en: contact details}}
- {id: usage, name: {nb: bruksmønstre, en: usage patterns}}' | file facts/categories.yaml
recipients DE '- {id: cloud, name: Sky Inc., role: processor, country: US, safeguard: {kind: scc}}'
retention P5Y P3Y
rights '' 'objection: {nb: Du kan protestere., en: You may object.}' \
  'portability: {nb: Du kan få med deg opplysninger., en: You may take data with you.}'
sed -i 's/controller: {name: Eksempel Forening/controller: {name: Eksempel SA/' content/policy.yaml
sed -i '/id: accounts/,$d' content/facts/purposes.yaml
echo '- {id: tips, name: {nb: Å gi deg tips, en: To give you tips}, legal_basis: legitimate_interests,
   interest: {nb: å være nyttig, en: to be useful}, data: [contact, usage], retention: account}' \
  >>content/facts/purposes.yaml
announce alt special 2026-07-01 "Vi lagrer kontoen i fem år" "We keep accounts for five years" \
  "Vi lagrer kontoen din i fem år, og bruker en leverandør i USA." \
  "We keep your account for five years, and use a provider in the United States." \
  'reason: {nb: "Det nye medlemssystemet er en skytjeneste.", en: "The new membership system is a cloud service."}'
commit 2026-05-20
