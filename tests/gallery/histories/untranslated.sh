# English lacks a section, gets it later, and a third language has a version of its own only from then on.
whole_policy
section nb/06-barn "Barn og unge" "Er du under 15 år, må foreldrene dine samtykke."
note barn minor "" "Om barn og unge"
commit 2026-02-02
retention P3Y P5Y
announce lagring major 2026-07-01 "Kontoen lagres i tre år" "We keep accounts for three years" \
  "Vi lagrer kontoen din i tre år." "We keep your account for three years."
commit 2026-05-20
