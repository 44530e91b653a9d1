# A minor change dated before two announced versions takes effect with the last of them, and the build says so.
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note navn major 2026-07-01
commit 2026-02-02
words nb/02-deling "Vi deler alt."
words en/02-deling "We share everything."
note alt special 2026-09-01
commit 2026-02-02
words nb/01-kontakt "Ring {{ controller.name }}."
words en/01-kontakt "Call {{ controller.name }}."
note ring minor 2026-02-10
commit 2026-02-02
