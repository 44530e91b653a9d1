# English comes a month later: it begins with the version that brings it, and nothing is invented for those before.
start 2026-01-05 nb
words nb/02-deling "Vi deler navn."
note navn major 2026-02-01
commit 2026-01-10
sed -i 's/summary: .*/summary: {nb: Merknad navn}/; s/action: .*/action: {nb: Les navn}/' content/changes/navn.yaml
commit 2026-01-11
settings "nb, en"
section en/01-kontakt Contact "Write to {{ controller.name }}."
section en/02-deling Sharing "We share names."
commit 2026-02-05
words nb/01-kontakt "Ring oss."
words en/01-kontakt "Call us."
commit 2026-02-06
