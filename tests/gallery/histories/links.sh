# Only the address of a link changes, then only the form of the text, then a spelling mistake.
whole_policy
words nb/01-hvem "Les mer på [nettstedet vårt](https://example.no/om). Vi behandler oplysninger." "navn" "adresse"
words en/01-hvem "Read more on [our website](https://example.no/om). We process informatoin." "names" "addresses"
commit 2026-01-10
sed -i 's|/om)|/om-oss)|' content/nb/01-hvem.md content/en/01-hvem.md
commit 2026-01-11
sed -i -E 's/^(navn|adresse|names|addresses)$/- \1/' content/nb/01-hvem.md content/en/01-hvem.md
commit 2026-01-12
sed -i 's/oplysninger/opplysninger/' content/nb/01-hvem.md
sed -i 's/informatoin/information/' content/en/01-hvem.md
commit 2026-01-13
