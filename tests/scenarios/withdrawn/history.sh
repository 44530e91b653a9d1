# An announced version is withdrawn on the day after: readers are told through the same channels, at once.
start
settings "nb, en" "show_days: 300"
words nb/02-deling "Vi deler alt."
words en/02-deling "We share everything."
note alt major 2026-07-01 "Vi begynner å dele"
commit 2026-02-02
words nb/02-deling "Vi deler ingen opplysninger med andre."
words en/02-deling "We share no data with others."
note likevel-ikke minor "" "Vi deler ingenting likevel" 'withdraws: ["2.0"]'
commit 2026-02-03
