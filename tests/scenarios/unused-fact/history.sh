# A fact that no text names changes, and a key nobody shows: no words, no version.
start
echo "- {id: logs, what: {nb: Logger, en: Logs}, period: P1M}" >>content/facts/retention.yaml
commit 2026-02-02
settings "nb, en" "show_days: 30"
commit 2026-02-03
