# Fifteen ways to change bytes and no words: not one is a version.
start
rewrite() { # DAY FILTER [NAMES]: put every file through FILTER and commit
  find content -type f -name "${3:-*}" | sort | while read -r path; do
    perl -0777 -Mutf8 -CSD -pe "$2" "$path" >"$path.new"
    mv "$path.new" "$path"
  done
  commit "$1"
}
section nb/04-mer Mer "**Sterkt** og *svakt*, å lese [her](https://example.no/å)." "- en" "- to"
section en/04-mer More "**Strong** and *weak*, to read [here](https://example.no/å)." "- one" "- two"
commit 2026-01-06
rewrite 2026-01-07 's/\n/\r\n/g'
rewrite 2026-01-08 's/\r\n/\r/g'
rewrite 2026-01-09 's/\r/\n/g'
rewrite 2026-01-10 's/^/\x{feff}/'
rewrite 2026-01-11 's/^\x{feff}//'
rewrite 2026-01-12 's/å/a\x{30a}/g'
rewrite 2026-01-13 's/a\x{30a}/å/g'
rewrite 2026-01-14 's/ og \*/ og\n*/; s/ingen opplysninger/ingen\n  opplysninger/'
rewrite 2026-01-15 's/\z/\n\n\n/'
rewrite 2026-01-16 's/\*\*(\w+)\*\*/__$1__/g; s/\*(\w+)\*/_$1_/g; s/^- /* /mg' '*.md'
rewrite 2026-01-17 's/\[her\]\((.*?)\)/[her][1]/ and s/\z/\n[1]: https:\/\/example.no\/å\n/'
rewrite 2026-01-18 's/^title: (.*)$/title: "$1"/m'
rewrite 2026-01-19 's/\{id: account, (what: .*?\}), (period: P2Y)\}/\n  $2\n  $1\n  id: account/' retention.yaml
rewrite 2026-01-20 's/\{\{ (\S+) \}\}/{{$1}}/g'
printf '%s\n' "controller: {email: post@example.no, name: Eksempel AS}" "languages: [nb, en] # to" \
  "base_url: https://example.no/personvern/" "title: {en: Privacy, nb: Personvern}" | file policy.yaml
commit 2026-01-21
chmod +x content/nb/*.md
commit 2026-01-22
