# A section under a new name is the same section: not one removed and one added, and old links still lead there.
start
for code in nb en; do
  git mv content/$code/02-deling.md content/$code/02-mottakere.md
  sed -i '2a aliases: [deling]' content/$code/02-mottakere.md
done
commit 2026-02-02
words nb/02-mottakere "Vi deler navn."
words en/02-mottakere "We share names."
note mottakere minor
commit 2026-02-03
