# Of two announced versions the later one is withdrawn, and in the meantime a language was dropped.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-07-01
commit 2026-02-02
words nb/02-deling "Vi deler alt."
words en/02-deling "We share everything."
note alt major 2026-09-01
commit 2026-02-03
git rm -qr content/en
settings nb
note norsk minor "" "Bare norsk"
commit 2026-02-04
words nb/02-deling "Vi deler navn."
note ikke-alt minor "" "Ikke alt" 'withdraws: ["3.0"]'
commit 2026-02-05
