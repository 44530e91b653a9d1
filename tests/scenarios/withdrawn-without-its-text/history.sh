# A note withdraws a version, but the text of that version stays: nothing is withdrawn, and it waits for its day.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-07-01
commit 2026-02-02
words en/02-deling "We share no data with others."
note likevel-ikke minor "" "Likevel ikke" 'withdraws: ["2.0"]'
commit 2026-02-03
