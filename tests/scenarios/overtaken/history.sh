# A change announced for September is brought forward by one that applies from July: it never comes into force.
start
words nb/02-deling "Vi deler alt."
words en/02-deling "We share everything."
note alt major 2026-09-01
commit 2026-02-02
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-07-01 "Bare navn" 'brings_forward: ["2.0"]'
commit 2026-02-03
