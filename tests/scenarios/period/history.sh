# A note that says «thirty days»: they count from the day of its commit, also when it is written differently later.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major P30D
commit 2026-02-10
words nb/03-sletting "Vi sletter kontoen."
words en/03-sletting "We erase the account."
note sletting major P1M
commit 2026-05-31
sed -i 's/P30D/P60D/' content/changes/navn.yaml
commit 2026-06-01
