# What stands beside content/ and what is hidden in it is no part of the policy, and no version.
start
mkdir -p notater && echo "content/nb/01-kontakt.md" >notater/content
echo "Les meg" >README.md
echo ".DS_Store" | file .gitignore
commit 2026-02-02
echo "utkast" | file nb/.02-deling.md.swp
commit 2026-02-03
