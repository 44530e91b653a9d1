# A note alone is a version: what was told cannot be untold.
start
note forklaring minor "" "Vi forklarer."
commit 2026-02-02
