# Clocks that are wrong: years nobody believes give the day before and a warning; days never run backwards.
start 2026-01-05
change() { # WORDS DAY
  words nb/02-deling "Vi deler $1."
  words en/02-deling "We share $1."
  commit "$2"
}
change null "@0 +0000"
change fem "@100000000000 +0000"
change en "@1 +1400"
change bak 2026-01-01
change nyttår "2026-01-31T23:30:00+0000"
change sommer "2026-05-01T22:30:00+0000"
change vest "2026-05-02T20:00:00-1100"
change øst "2026-05-04T01:00:00+1400"
