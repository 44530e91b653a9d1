# The least that a policy may have, in one language: a name, and a section without any fact.
git init --quiet --initial-branch main .
printf '%s\n' "title: Personvern" "base_url: https://example.no/personvern/" "languages: [nn]" \
  "controller: {name: Prøvelaget}" | file policy.yaml
section nn/01-om "Om oss" "Vi lagrar namnet ditt."
commit 2026-01-05
words nn/01-om "Vi lagrar namnet og adressa di."
commit 2026-05-20
