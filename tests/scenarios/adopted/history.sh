# An older history was imported: nobody is told of its versions, whatever their notes say, and the log says so.
start 2025-01-05
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2025-04-01
commit 2025-02-02
words nb/02-deling "Vi deler navn og adresse."
words en/02-deling "We share names and addresses."
note adresse minor 2025-03-01
commit 2025-02-10
settings "nb, en" "adopted: $(git rev-parse HEAD)"
commit 2026-01-05
words nb/02-deling "Vi deler alt."
words en/02-deling "We share everything."
note alt major 2026-04-01 "" 'title: {nb: Alt, en: Everything}'
commit 2026-02-02
