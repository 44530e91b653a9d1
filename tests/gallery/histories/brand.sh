# An organisation with a colour and a logo of its own.
whole_policy 2026-01-05 'brand: {colour: "#a3195b", logo: logo.svg}'
file logo.svg <<'END'
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 36"><rect width="36" height="36" rx="8" fill="#a3195b"/><path
d="M10 26V10h16v4H15v2h9v4h-9v2h11v4z" fill="#fff"/><path d="M48 12h104v5H48zM48 21h72v5H48z" fill="#402030"/></svg>
END
commit 2026-01-06
retention P3Y P5Y
announce lagring major 2026-07-01 "Kontoen lagres i tre år" "We keep accounts for three years" \
  "Vi lagrer kontoen din i tre år." "We keep your account for three years."
commit 2026-05-20
