# deling → mottakere → tredjeparter: one section all the way.
start
rename() { # FROM TO
  for code in nb en; do
    git mv "content/$code/02-$1.md" "content/$code/02-$2.md"
    sed -i "/^aliases/d; 2a aliases: [$1]" "content/$code/02-$2.md"
  done
}
rename deling mottakere
words nb/02-mottakere "Vi deler navn."
words en/02-mottakere "We share names."
commit 2026-02-02
rename mottakere tredjeparter
words nb/02-tredjeparter "Vi deler navn og adresse."
words en/02-tredjeparter "We share names and addresses."
commit 2026-03-03
