# A commit message that is no UTF-8, and one that says in which letters it is written.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
commit 2026-02-02 "$(printf 'R\xe5d og r\xf8ding')"
git config i18n.commitEncoding ISO-8859-1
words nb/02-deling "Vi deler blåbær."
words en/02-deling "We share berries."
commit 2026-02-03 "$(printf 'Bl\xe5b\xe6r')"
