# A number in a fact file is changed: readers see other words, in both languages, and the redline marks them.
start
sed -i 's/P2Y/P6M/' content/facts/retention.yaml
note frist minor
commit 2026-02-02
