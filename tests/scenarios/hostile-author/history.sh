# Nothing of who committed, and of what they said, is published: not as markup and not as text.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
export GIT_AUTHOR_NAME='<script>alert(1)</script>' GIT_AUTHOR_EMAIL='ondsinnet@example.no'
export GIT_COMMITTER_NAME='"><script>alert(2)</script>' GIT_COMMITTER_EMAIL='usynlig@example.no'
commit 2026-02-02 "$(printf '<script>alert(3)</script> hemmelig\n\nReviewed-by: Navnløs <n@example.no>')"
git notes add -m "gitnotat <b>"
git tag -a v9 -m "merkelapp"
