# Corrections while an announced version waits: each makes two versions, the one in force and the upcoming one.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-07-01
commit 2026-02-02
words nb/01-kontakt "Ring {{ controller.name }}."
words en/01-kontakt "Call {{ controller.name }}."
note ring minor "" "Ring oss" 'also_in_force: true'
commit 2026-02-03
echo "- {id: account, what: {nb: Kontoen din, en: Your account}, period: P1Y}" | file facts/retention.yaml
note kortere minor "" "Kortere" 'also_in_force: true'
commit 2026-02-03
