# What readers can see makes a version, form included. Where no word changes, the version is cosmetic.
start
section nb/04-mer Mer "Vi lagrer" "navn" "adresse"
section en/04-mer More "We store" "names" "addresses"
commit 2026-01-06
words nb/04-mer "Vi lagrer" "- navn" "- adresse"
words en/04-mer "We store" "- names" "- addresses"
commit 2026-01-07
words nb/04-mer "Vi lagrer" "* navn" "* adresse"
commit 2026-01-08
words nb/04-mer "Vi lagrer" "1. navn" "2. adresse"
words en/04-mer "We store" "1. names" "2. addresses"
commit 2026-01-09
words en/04-mer "We **store**" "1. names" "2. addresses"
commit 2026-01-10
