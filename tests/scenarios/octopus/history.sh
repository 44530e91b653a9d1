# Three branches merged at once are one revision: one version with all three changes, the highest level.
start
for name in kontakt deling sletting; do
  branch "$name" main
  case $name in kontakt) stem=01-kontakt ;; deling) stem=02-deling ;; *) stem=03-sletting ;; esac
  words "nb/$stem" "Nye ord om $name."
  words "en/$stem" "New words on $name."
  note "$name" "$(test $name = deling && echo major || echo minor)" "$(test $name = kontakt || echo 2026-05-0${#name})"
  commit 2026-02-02
  on main
done
merge 2026-03-03 kontakt deling sletting
