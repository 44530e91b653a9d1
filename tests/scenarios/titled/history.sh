# A note has a title: the subject of the letter, and the heading wherever the change is announced.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-07-01 "Vi deler navn" 'title: {nb: "Fra 1. juli deler vi f.eks. navn", en: "We share names, e.g. yours, from 1 July"}'
commit 2026-02-02
