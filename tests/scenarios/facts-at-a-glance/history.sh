# Facts change with an announced version: readers see what it was and what it will be, and which table stays as it
# is. A version that builds on it says nothing of what the announced one changes; one that changes it back is no
# proof that it was the same all along.
start
facts() { # PERIOD COUNTRY OF THE HOST
  echo "- {id: account, what: {nb: Kontoen din, en: Your account}, period: $1}" | file facts/retention.yaml
  echo "- {id: host, name: Vertskap AS, role: processor, country: $2}" | file facts/recipients.yaml
}
facts P2Y NO
section nb/02-deling Deling "Disse får opplysninger:" "{{ table: recipients }}"
section en/02-deling Sharing "These get data:" "{{ table: recipients }}"
section nb/04-lagring Lagring "{{ table: retention }}"
section en/04-lagring Storage "{{ table: retention }}"
note tabeller minor
commit 2026-02-01
facts P3Y NO
note frist major P30D
commit 2026-02-02
words nb/01-kontakt "Skriv eller ring til {{ controller.name }} på {{ controller.email }}."
words en/01-kontakt "Write to or call {{ controller.name }} at {{ controller.email }}."
note ring minor
commit 2026-02-03
facts P3Y US
note land major P60D
commit 2026-02-04
facts P3Y NO
note tilbake major P60D
commit 2026-02-05
