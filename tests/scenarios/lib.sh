# Functions that create a history: each history.sh, and the tests that need one, source this file in an empty
# folder. Norwegian and English come in pairs; a day without an hour is noon in Oslo.
set -euo pipefail
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Redaksjonen GIT_AUTHOR_EMAIL=redaksjonen@example.no
export GIT_COMMITTER_NAME=Redaksjonen GIT_COMMITTER_EMAIL=redaksjonen@example.no

file() { # PATH < TEXT: write a file of content/
  mkdir -p "$(dirname "content/$1")"
  cat >"content/$1"
}

section() { # nb/02-deling TITLE WORDS…: write a section, one paragraph for each of WORDS
  { printf -- '---\ntitle: %s\n---\n' "$2"; printf '\n%s\n' "${@:3}"; } | file "$1.md"
}

words() { # nb/02-deling WORDS…: new words below the old front matter
  local head
  head=$(awk '{ print } /^---\r?$/ && ++n == 2 { exit }' "content/$1.md")
  { printf '%s\n' "$head"; printf '\n%s\n' "${@:2}"; } | file "$1.md"
}

note() { # NAME LEVEL [EFFECTIVE [WORDS [MORE LINES…]]]: write a change note
  {
    echo "level: $2"
    test -z "${3:-}" || echo "effective: $3"
    echo "summary: {nb: ${4:-Merknad $1}, en: ${4:-Note $1}}"
    test "$2" = minor || echo "action: {nb: Les $1, en: Read $1}"
    printf '%s\n' "${@:5}"
  } | file "changes/$1.yaml"
}

at() { # DAY: when the next commits are made
  case "$1" in
    *[T@]*) export GIT_AUTHOR_DATE=$1 GIT_COMMITTER_DATE=$1 ;;
    *) export GIT_AUTHOR_DATE="$1T12:00:00+0100" GIT_COMMITTER_DATE="$1T12:00:00+0100" ;;
  esac
}

commit() { # DAY [MESSAGE]
  at "$1"
  git add --all
  git commit --quiet --allow-empty --message "${2:-Endre}"
}

branch() { git checkout --quiet -b "$1" "${2:-HEAD}"; } # NAME [FROM]
on() { git checkout --quiet "$1"; }                      # NAME

merge() { # DAY BRANCH…
  at "$1"
  git merge --quiet --no-ff --message Flett "${@:2}" >/dev/null
}

settings() { # LANGUAGES [MORE LINES]: write policy.yaml
  printf '%s\n' "title: {nb: Personvern, en: Privacy}" "base_url: https://example.no/personvern/" \
    "languages: [$1]" "controller: {name: Eksempel AS, email: post@example.no}" "${@:2}" | file policy.yaml
}

policy() { # LANGUAGES: a policy of three sections
  settings "$1"
  echo "- {id: account, what: {nb: Kontoen din, en: Your account}, period: P2Y}" | file facts/retention.yaml
  section nb/01-kontakt Kontakt "Skriv til {{ controller.name }} på {{ controller.email }}."
  section nb/02-deling Deling "Vi deler ingen opplysninger med andre."
  section nb/03-sletting Sletting "Vi sletter kontoen etter {{ retention.account.period }}."
  case "$1" in *en*)
    section en/01-kontakt Contact "Write to {{ controller.name }} at {{ controller.email }}."
    section en/02-deling Sharing "We share no data with others."
    section en/03-sletting Erasure "We erase the account after {{ retention.account.period }}."
    ;;
  esac
}

start() { # [DAY [LANGUAGES]]: the first version
  git init --quiet --initial-branch main .
  policy "${2:-nb, en}"
  commit "${1:-2026-01-05}" "Begynn"
}
