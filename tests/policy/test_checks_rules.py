"""Each rule about one policy: a sound policy has none of them, each case changes one thing."""

from __future__ import annotations

import pytest

from policy.checks import RULES, check_policy
from policy.checks.context import PolicyCheckContext
from policy.findings import Severity
from policy.loader import load_policy

SETTINGS = """\
title: {nb: Personvernerklæring, en: Privacy policy}
base_url: https://eksempel.no/personvern/
languages: [nb, en]
controller:
  name: Nordlys Forening
  email: post@nordlys.example
  former_names: [Lysforeningen]
dpo:
  name: {nb: Ombudet, en: The officer}
  email: ombud@nordlys.example
authority: {name: Datatilsynet, url: https://www.datatilsynet.no}
"""
PURPOSES = """\
- id: newsletter
  name: {nb: Nyhetsbrev, en: Newsletter}
  legal_basis: consent
  data: [contact]
  retention: contact
"""
RETENTION = """\
- id: contact
  what: {nb: Kontaktopplysninger, en: Contact details}
  data: [contact]
  period: P2Y
"""
RIGHT_KEYS = (
    "access",
    "rectification",
    "erasure",
    "restriction",
    "objection",
    "portability",
    "withdraw_consent",
    "complaint",
)
RIGHTS = "".join(f"{right}: {{nb: Skriv til oss., en: Write to us.}}\n" for right in RIGHT_KEYS)
NB = """\
---
title: Om oss
---

{{ controller.name }} er ansvarlig. Det er frivillig å gi oss opplysninger.

Vi tar ingen automatiserte avgjørelser.

Rettighetene dine:

{{ table: rights }}

Formålene våre:

{{ table: purposes }}

Mottakerne våre:

{{ table: recipients }}

Les om [oss selv](#om-oss).
"""
EN = """\
---
title: About us
---

{{ controller.name }} is responsible. Giving us data is voluntary.

We make no automated decisions.

Your rights:

{{ table: rights }}

Our purposes:

{{ table: purposes }}

Our recipients:

{{ table: recipients }}

Read about [ourselves](#om-oss).
"""
SOUND = {
    "policy.yaml": SETTINGS,
    "facts/purposes.yaml": PURPOSES,
    "facts/categories.yaml": "- id: contact\n  name: {nb: Kontaktopplysninger, en: Contact details}\n",
    "facts/retention.yaml": RETENTION,
    "facts/recipients.yaml": "- id: host\n  name: Vertshuset AS\n  country: NO\n",
    "facts/rights.yaml": RIGHTS,
    "facts/sources.yaml": "- id: self\n  name: {nb: Du selv, en: You}\n  kind: person\n",
    "nb/01-om-oss.md": NB,
    "en/01-om-oss.md": EN,
}


def findings(changes: dict[str, str | None], pages: dict[str, str] | None = None, *, strict: bool = False):
    files = {
        f"content/{path}": text.encode() for path, text in {**SOUND, **changes}.items() if text is not None
    }
    return check_policy(PolicyCheckContext(load_policy(files), files, pages or {}), strict=strict)


def prose(nb: str, en: str = "") -> dict[str, str | None]:
    """Add one paragraph to the Norwegian section, and one to the English."""
    return {"nb/01-om-oss.md": f"{NB}\n{nb}\n", "en/01-om-oss.md": f"{EN}\n{en or 'One more thing.'}\n"}


def settings(old: str, new: str) -> dict[str, str | None]:
    assert old in SETTINGS
    return {"policy.yaml": SETTINGS.replace(old, new)}


def fact(name: str, old: str, new: str) -> dict[str, str | None]:
    path = f"facts/{name}.yaml"
    assert old in SOUND[path]
    return {path: SOUND[path].replace(old, new)}


def both(text: str) -> dict[str, str | None]:
    return prose(text, text)


def note(texts: str) -> dict[str, str | None]:
    return {"changes/a.yaml": f"level: minor\nsummary: {{{texts}}}\n"}


def without(kind: str, words: str = "…") -> dict[str, str | None]:
    """Write words where the table of a kind was."""
    table = f"{{{{ table: {kind} }}}}"
    return {"nb/01-om-oss.md": NB.replace(table, words), "en/01-om-oss.md": EN.replace(table, words)}


MORE_NB = "---\ntitle: Mer\n---\n\nVi har ikke mer å si om dette til deg.\n"
MORE_EN = "---\ntitle: More\n---\n\nWe have nothing more to tell you about this.\n"
REGISTER = "- id: register\n  name: {nb: Folkeregisteret, en: The register}\n  kind: other\n  public: true\n"
OUTSIDE = "- id: host\n  name: Vertshuset AS\n  country: US\n"
TRIGGERS = [
    ("translation-facts-differ", prose("Barn under femten år.", "Children under sixteen.")),
    (
        "wrong-language",
        {
            "changes/a.yaml": "level: minor\nsummary: {nb: Vi lagrer navn., en: We store names.}\n"
            "reason: {nb: We share your name and your address., en: Vi deler navnet og adressen din.}\n"
        },
    ),
    ("controller-identity", settings("  email: post@nordlys.example\n  former", "  former")),
    ("controller-identity", {"nb/01-om-oss.md": NB.replace("{{ controller.name }}", "Noen")}),
    ("dpo-contact", settings("  email: ombud@nordlys.example\n", "")),
    ("dpo-contact", settings("ombud@", "post@")),
    ("purpose-legal-basis", fact("purposes", "  legal_basis: consent\n", "")),
    ("purpose-legal-basis", {"facts/purposes.yaml": None}),
    (
        "data-categories",
        {
            "facts/categories.yaml": None,
            **fact("sources", "kind: person", "kind: other\n  public: false"),
        },
    ),
    ("legitimate-interest-named", fact("purposes", "consent", "legitimate_interests")),
    ("recipients-named", {"facts/recipients.yaml": None}),
    ("transfer-safeguard", {"facts/recipients.yaml": OUTSIDE}),
    ("transfer-safeguard", {"facts/recipients.yaml": OUTSIDE + "  safeguard: {kind: scc}\n"}),
    ("retention-stated", fact("purposes", "  retention: contact\n", "")),
    ("retention-stated", fact("retention", "  period: P2Y\n", "")),
    ("rights-complete", fact("rights", "portability: {nb: Skriv til oss., en: Write to us.}\n", "")),
    ("withdraw-consent", fact("rights", "withdraw_consent: {nb: Skriv til oss., en: Write to us.}\n", "")),
    ("supervisory-complaint", fact("rights", "complaint: {nb: Skriv til oss., en: Write to us.}\n", "")),
    (
        "supervisory-complaint",
        settings("authority: {name: Datatilsynet, url: https://www.datatilsynet.no}\n", ""),
    ),
    ("obligation-to-provide", {"nb/01-om-oss.md": NB.replace("frivillig", "hyggelig")}),
    ("obligation-to-provide", {"en/01-om-oss.md": EN.replace("voluntary", "nice")}),
    ("source-of-data", {"facts/sources.yaml": None}),
    ("source-of-data", fact("sources", "kind: person", "kind: other")),
    ("automated-decisions", {"nb/01-om-oss.md": NB.replace("automatiserte avgjørelser", "raske valg")}),
    ("fact-not-shown", without("rights")),
    ("fact-not-shown", without("purposes")),
    ("fact-not-shown", without("recipients")),
    ("fact-not-shown", {"facts/recipients.yaml": OUTSIDE} | without("recipients", "Vertshuset AS")),
    ("fact-not-shown", {"facts/retention.yaml": RETENTION + RETENTION.replace("id: c", "id: d")}),
    ("fact-not-shown", {"facts/sources.yaml": REGISTER}),
    ("typed-number", {"nb/01-om-oss.md": NB.replace("title: Om oss", "title: 2. Om oss")}),
    ("typed-number", {"en/01-om-oss.md": EN.replace("title: About us", "title: Section 3 About us")}),
    ("typed-number", both("## 4) More")),
    ("number-outside-facts", prose("Vi svarer innen tretti dager.", "We answer within thirty days.")),
    ("number-outside-facts", prose("Det koster 500 kroner.", "It costs NOK 500.")),
    ("number-outside-facts", prose("Dette gjelder fra 1. mai 2026.")),
    ("number-outside-facts", prose("Takk.", "This applies from 1 May 2026.")),
    (
        "retention-conflict",
        fact("retention", RETENTION, RETENTION + RETENTION.replace("id: c", "id: d").replace("P2Y", "P3Y")),
    ),
    ("brand-contrast", {"policy.yaml": SETTINGS + 'brand: {colour: "#ffd400"}\n'}),
    ("dangling-list", prose("Vi samler inn:", "We collect:")),
    ("dangling-list", prose("Vi samler inn:\n\nNavn.", "We collect:\n\nNames.")),
    (
        "dangling-list",
        prose("Kapslene våre:\n\n{{ table: cookies }}", "Our cookies:\n\n{{ table: cookies }}"),
    ),
    ("consent-by-use", prose("Ved å bruke nettstedet vårt samtykker du til dette.")),
    ("consent-by-use", prose("Takk.", "By using our website you consent to this.")),
    (
        "check-this-page",
        settings("authority:", "announce: {major: [], special: [email]}\nauthority:")
        | prose("Vi ber deg sjekke denne siden jevnlig."),
    ),
    (
        "retention-as-long-as-necessary",
        fact(
            "retention", "period: P2Y", "criteria: {nb: Så lenge det er nødvendig, en: As long as necessary}"
        ),
    ),
    ("hedged-purpose", prose("Vi kan bruke opplysningene dine til statistikk.")),
    ("hedged-purpose", prose("Takk.", "We may also share your data with partners.")),
    ("former-name", both("Lysforeningen")),
    ("former-name", prose("Lysforeningens medlemmer.")),
    ("former-name", prose("Lysforenigen er her.")),
    (
        "duplicate-paragraph",
        prose(
            "Denne er lang nok til å være et helt avsnitt.\n\nDenne er lang nok til å være et helt avsnitt.",
            "One.\n\nTwo.",
        ),
    ),
    ("leftover-markup", both("Se [contact_form id=1] her.")),
    ("leftover-markup", both("En <b>fet</b> ting.")),
    ("leftover-markup", both("Skriv til { controller.email }.")),
    ("leftover-markup", both("<<<<<<< HEAD\nVi svarer.")),
    ("unprinted-text", both('Se [siden](https://a.no "som gjelder alle").')),
    ("accidental-markup", both("Vi deler\n> 18 typer.")),
    ("list-numbers", both("1. Navn\n3. Adresse")),
    ("invisible-character", both("Skjult \u202e retning.")),
    ("invisible-character", both("Person\u00advern.")),
    ("invisible-character", both("Person&shy;vern.")),
    ("invisible-character", both("Null\u200bbredde.")),
    (
        "section-9-true",
        prose(
            "Større endringer varsler vi i hjelpesenteret.", "We announce larger changes in the help centre."
        ),
    ),
    (
        "section-9-true",
        prose("Vanlige endringer varsler vi på e-post.", "Ordinary changes are announced by e-mail."),
    ),
    ("unlinked-page", prose("Her kan du lese mer om reglene.")),
    ("unlinked-page", prose("Takk.", "You can read more here.")),
    ("broken-link", both("Se [loggen](endringslogg/).")),
    ("broken-anchor", both("Se [delen](#om-os).")),
    ("text-cut-off", fact("recipients", "Vertshuset AS", "Vertshuset AS #2")),
    ("text-cut-off", fact("recipients", "Vertshuset AS", "Vertshuset AS  # databehandler")),
    ("text-cut-off", {"nb/01-om-oss.md": NB.replace("title: Om oss", "title: Om oss #og deg")}),
    ("text-cut-off", {"changes/a.yaml": "level: minor\nsummary:\n  nb: Avtale #2\n  en: Contract no. 2\n"}),
    ("text-cut-off", {"changes/a.yaml": "level: minor\nsummary:\n  nb: Vi har\n    #2 og\n  en: Two\n"}),
    ("section-number-twice", {"nb/01-mer.md": MORE_NB, "en/01-mer.md": MORE_EN}),
    ("translation-missing", {"nb/02-mer.md": NB.replace("Om oss", "Mer")}),
    ("translation-missing", {"en/02-mer.md": EN.replace("About us", "More")}),
    ("translation-facts-differ", prose("Vi har 3 kontorer.", "We have 4 offices.")),
    ("translation-facts-differ", prose("Skriv til {{ controller.email }}.")),
    (
        "translation-facts-differ",
        prose("Se [reglene](https://lovdata.no/a).", "See [the rules](https://lovdata.no/b)."),
    ),
    ("translation-facts-differ", prose("Svar innen to uker.", "Answer within two days.")),
    (
        "translation-facts-differ",
        {"en/01-om-oss.md": EN.replace("{{ table: rights }}", "You have every right of the law.")},
    ),
    ("translation-shape", prose("- Navn\n- Adresse", "- Name and address")),
    ("wrong-language", note("nb: We use a new provider that is ours, en: Vi har fått en ny leverandør.")),
    ("wrong-language", note("nb: Vi har en ny leverandør., en: Vi har en ny leverandør også.")),
    ("wrong-language", {"en/01-om-oss.md": f"{EN}\n{MORE_NB}", "nb/02-mer.md": MORE_EN}),
    (
        "wrong-language",
        fact(
            "retention",
            "{nb: Kontaktopplysninger, en: Contact",
            "{nb: It is your data and the rest, en: Contact",
        ),
    ),
    ("note-not-translated", {"changes/a.yaml": "level: minor\nsummary: Ny leverandør.\n"}),
    ("note-not-translated", note("nb: Ny leverandør., en: Ny leverandør.")),
    ("language-not-listed", {"nn/01-om-oss.md": NB}),
    ("language-not-listed", settings("[nb, en]", "[nb]")),
    ("translation-shape", prose("## Mer\n\nVi svarer.", "We answer.")),
]
SILENT = [
    (
        "translation-facts-differ",
        prose("Barn under femten år trenger samtykke.", "Children under fifteen need consent."),
    ),
    (
        "dpo-contact",
        settings("dpo:\n  name: {nb: Ombudet, en: The officer}\n  email: ombud@nordlys.example\n", ""),
    ),
    ("transfer-safeguard", {"facts/recipients.yaml": OUTSIDE + "  safeguard: {kind: adequacy}\n"}),
    (
        "transfer-safeguard",
        {
            "facts/recipients.yaml": OUTSIDE
            + "  safeguard: {kind: scc, text: {nb: Be om kopi., en: Ask for a copy.}}\n"
        },
    ),
    (
        "withdraw-consent",
        fact("rights", "withdraw_consent: {nb: Skriv til oss., en: Write to us.}\n", "")
        | fact("purposes", "consent", "contract"),
    ),
    ("source-of-data", fact("sources", "kind: person", "kind: other\n  public: true")),
    ("fact-not-shown", without("recipients", "Vertshuset AS")),
    ("fact-not-shown", {"facts/sources.yaml": REGISTER} | both("Vi spør (Folkeregisteret).")),
    ("fact-not-shown", without("rights", "\n".join(f"{{{{ rights.{key} }}}}" for key in RIGHT_KEYS))),
    ("typed-number", both("## 24-timers vakt")),
    ("typed-number", {"nb/01-om-oss.md": NB.replace("title: Om oss", "title: Delene våre")}),
    ("number-outside-facts", prose("Vi har kontorer i 3 byer.", "We have offices in 3 towns.")),
    ("number-outside-facts", prose("En dag ringer vi.", "A day will come.")),
    (
        "retention-conflict",
        fact("retention", RETENTION, RETENTION + RETENTION.replace("id: c", "id: d").replace("P2Y", "P24M")),
    ),
    ("brand-contrast", {"policy.yaml": SETTINGS + 'brand: {colour: "#0B5394"}\n'}),
    (
        "dangling-list",
        prose("Vi samler inn:\n\n1. Navn\n2. Adresse", "We collect:\n\n1. Names\n2. Addresses"),
    ),
    (
        "consent-by-use",
        prose(
            "Å bruke nettstedet er ikke å samtykke.", "By using our website you do not consent to anything."
        ),
    ),
    ("check-this-page", prose("Vi ber deg sjekke denne siden jevnlig.")),
    (
        "retention-as-long-as-necessary",
        fact(
            "retention",
            "period: P2Y",
            "period: P2Y\n  criteria: {nb: Så lenge det er nødvendig, en: As long as necessary}",
        ),
    ),
    (
        "hedged-purpose",
        prose("Vi kan ikke bruke opplysningene til annet.", "We may not use the data for anything else."),
    ),
    ("hedged-purpose", prose("Du kan bruke rettighetene dine.", "You may use your rights.")),
    (
        "former-name",
        prose("Nordlys Forening (tidligere Lysforeningen).", "Nordlys Forening (formerly Lysforeningen)."),
    ),
    ("leftover-markup", both("Skriv `<b>` for fet skrift.")),
    ("leftover-markup", both("Skriv {navn} her << takk.")),
    (
        "section-9-true",
        prose(
            "Større endringer varsler vi i hjelpesenteret, ved neste innlogging og på e-post.",
            "We announce larger changes in the help centre, at the next login and by e-mail.",
        ),
    ),
    (
        "section-9-true",
        prose(
            "Vanlige endringer finner du i endringsloggen.", "Ordinary changes are found in the change log."
        ),
    ),
    (
        "unlinked-page",
        prose(
            "Her kan du lese mer om [reglene](https://lovdata.no).", "Read more [here](https://lovdata.no)."
        ),
    ),
    ("broken-link", both("Se [tilsynet](https://www.datatilsynet.no).")),
    ("broken-anchor", both("Mer om dette[^1].\n\n[^1]: Noten.")),
    ("text-cut-off", fact("recipients", "Vertshuset AS", '"Vertshuset AS #2"')),
    ("text-cut-off", fact("recipients", "Vertshuset AS", "Vertshuset#2 AS")),
    ("text-cut-off", fact("recipients", "country: NO", "country: NO  # i Oslo")),
    ("text-cut-off", {"changes/a.yaml": "level: minor\nsummary:\n  nb: To\n  #2\n  en: Two\n#2\n"}),
    ("text-cut-off", fact("recipients", "- id: host", "# mottakere\n- id: host")),
    ("section-number-twice", {"nb/02-mer.md": MORE_NB, "en/02-mer.md": MORE_EN}),
    ("wrong-language", note("nb: Vi har en ny leverandør., en: We have a new provider.")),
    ("wrong-language", note("nb: Delen «About us and you» er ny, en: The section is new")),
    ("wrong-language", note("nb: Nytt., en: New.")),
    ("wrong-language", fact("recipients", "Vertshuset AS", "The House of the Rising Sun and Sons")),
    ("note-not-translated", note("nb: Ny leverandør., en: New provider.")),
    ("note-not-translated", note("nb: 2026, en: 2026")),
    ("note-not-translated", note("nb: Ny leverandør., en: New provider., nn: Ny leverandør.")),
    ("language-not-listed", settings("[nb, en]", "[nb]") | {"en/01-om-oss.md": None}),
    ("translation-facts-differ", prose("Svar innen to uker.", "Answer within 14 days.")),
    (
        "translation-facts-differ",
        prose("Det er 1 000 medlemmer og 2,5 stillinger.", "There are 1,000 members and 2.5 posts."),
    ),
    ("translation-facts-differ", prose("Fra 1. mai 2026.", "From May 1, 2026.")),
    ("translation-facts-differ", prose("Et år går.", "One year passes.")),
    (
        "translation-missing",
        {"nb/02-mer.md": NB.replace("Om oss", "Mer"), "en/02-mer.md": EN.replace("About us", "More")},
    ),
    ("translation-missing", settings("[nb, en]", "[nb]") | {"en/01-om-oss.md": None}),
    ("translation-shape", prose("- Navn\n- Adresse", "- Your name\n- Your address, if you have one")),
    ("translation-shape", prose("Vi svarer.\nAlltid.", "We answer. Always. To everybody.")),
]


def test_a_correct_policy_has_no_findings():
    assert findings({}) == []


@pytest.mark.parametrize(
    ("rule", "change"), TRIGGERS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_rule_finds_what_it_is_about(rule, change):
    assert rule in {finding.rule for finding in findings(change)}


@pytest.mark.parametrize(
    ("rule", "change"), SILENT, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_rule_accepts_what_is_correct(rule, change):
    assert rule not in {finding.rule for finding in findings(change)}


def test_every_rule_has_a_case_that_triggers_it():
    # Those for information are about languages that are incomplete, and ours are not (tests/languages).
    rules = {rule.id for rule in RULES if rule.severity is not Severity.INFO}
    assert rules <= {rule for rule, _ in TRIGGERS}


def test_every_finding_says_what_to_write_and_where():
    for _, change in TRIGGERS:
        for finding in findings(change):
            assert finding.message
            assert finding.hint
            assert finding.location.line >= 1
            assert finding.location.column >= 1


def test_strict_makes_errors_of_missing_disclosures_and_of_nothing_else():
    change = prose("Vi kan bruke opplysningene dine.") | {"facts/sources.yaml": None}
    severities = {finding.rule: finding.severity for finding in findings(change, strict=True)}
    assert severities["source-of-data"] == Severity.ERROR
    assert severities["hedged-purpose"] == Severity.WARNING


def test_a_period_that_contradicts_the_facts_is_an_error():
    found = findings(prose("Vi sletter etter tre år.", "We erase after three years."))
    assert [f.severity for f in found if f.rule == "number-outside-facts"] == [Severity.ERROR] * 2
    found = findings(prose("Vi sletter etter 24 måneder.", "We erase after 24 months."))
    assert [f.severity for f in found if f.rule == "number-outside-facts"] == [Severity.WARNING] * 2


def test_a_finding_is_located_at_its_words():
    (found,) = [
        f for f in findings(prose("En linje.\nVi kan bruke opplysninger.")) if f.rule == "hedged-purpose"
    ]
    assert found.location == ("content/nb/01-om-oss.md", 24, 1)
    assert "Vi kan bruke" in str(found.message)


def test_a_link_below_the_base_must_be_a_page_of_the_site():
    pages = {"https://eksempel.no/personvern/": "https://eksempel.no/personvern/"}
    broken = both("Se [loggen](https://eksempel.no/personvern/lgg/).")
    assert "broken-link" in {finding.rule for finding in findings(broken, pages)}
    sound = both("Se [forsiden](https://eksempel.no/personvern/).")
    assert "broken-link" not in {finding.rule for finding in findings(sound, pages)}


def test_a_page_of_the_site_is_the_same_link_in_every_language():
    base = "https://eksempel.no/personvern/"
    pages = {f"{base}endringslogg/": f"{base}endringslogg/", f"{base}en/changelog/": f"{base}endringslogg/"}
    linked = prose(f"Se [her]({base}endringslogg/#v1.0).", f"See [here]({base}en/changelog/#v1.0).")
    assert "translation-facts-differ" not in {finding.rule for finding in findings(linked, pages)}
    assert "translation-facts-differ" in {finding.rule for finding in findings(linked)}
