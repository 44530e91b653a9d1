"""The rules about the text of a policy, in Nynorsk; the other tests of rules are in Bokmål and English."""

from __future__ import annotations

import pytest

from policy.checks import check_policy
from policy.checks.context import PolicyCheckContext
from policy.findings import Severity
from policy.loader import load_policy

SETTINGS = """\
title: Personvernerklæring
base_url: https://eksempel.no/personvern/
languages: [nn]
controller:
  name: Nordlys Foreining
  email: post@nordlys.example
  former_names: [Lysforeininga]
dpo: {name: Ombodet, email: ombod@nordlys.example}
authority: {name: Datatilsynet, url: https://www.datatilsynet.no}
"""
TEXT = """\
---
title: Om oss
---

{{ controller.name }} er behandlingsansvarleg. Det er frivillig å gi oss opplysningar.

Vi tek ingen automatiske avgjerder.

Rettane dine:

{{ table: rights }}

Formåla våre:

{{ table: purposes }}

Mottakarane våre:

{{ table: recipients }}
"""
SOUND = {
    "policy.yaml": SETTINGS,
    "facts/purposes.yaml": "- {id: newsletter, name: Nyheitsbrev, legal_basis: consent, data: [contact], "
    "retention: contact}\n",
    "facts/categories.yaml": "- {id: contact, name: Kontaktopplysningar}\n",
    "facts/retention.yaml": "- {id: contact, what: Kontaktopplysningar, data: [contact], period: P2Y}\n",
    "facts/recipients.yaml": "- {id: host, name: Vertshuset AS, country: NO}\n",
    "facts/rights.yaml": "".join(
        f"{right}: Skriv til oss.\n"
        for right in (
            "access",
            "rectification",
            "erasure",
            "restriction",
            "objection",
            "portability",
            "withdraw_consent",
            "complaint",
        )
    ),
    "facts/sources.yaml": "- {id: self, name: Du sjølv, kind: person}\n",
    "nn/01-om-oss.md": TEXT,
}
NO_COMPLAINT = {"facts/rights.yaml": SOUND["facts/rights.yaml"].replace("complaint: Skriv til oss.\n", "")}
CRITERIA = {
    "facts/retention.yaml": "- {id: contact, what: Kontakt, data: [contact], "
    "criteria: Så lenge det er nødvendig}\n"
}
ANNOUNCED_BY_EMAIL = {
    "policy.yaml": SETTINGS + "announce: {major: [help_centre, email], special: [help_centre, email]}\n"
}
NOT_ANNOUNCED = {"policy.yaml": SETTINGS + "announce: {major: [], special: [email]}\n"}


TWO_LANGUAGES = {"policy.yaml": SETTINGS.replace("[nn]", "[nn, nb]")}
BOKMAL = "---\ntitle: Om oss\n---\n\nDet er ikke bare vi som får data fra deg. Hva du gir, er en avtale.\n"
# Short texts may be the same in languages of one family.
SAME_NOTE = {"changes/a.yaml": "level: minor\nsummary: Ny adresse.\n", "nb/01-om-oss.md": BOKMAL}


def find_rules(paragraph: str, changes: dict[str, str] | None = None) -> set[str]:
    """Return the rules that find something when a paragraph is added to the text and files are replaced."""
    content = {**SOUND, "nn/01-om-oss.md": f"{TEXT}\n{paragraph}\n", **(changes or {})}
    files = {f"content/{path}": text.encode() for path, text in content.items()}
    return {found.rule for found in check_policy(PolicyCheckContext(load_policy(files), files))}


def test_a_correct_policy_has_no_findings():
    assert find_rules("Takk for at du les dette.") == set()


@pytest.mark.parametrize(
    ("rule", "paragraph", "changes"),
    [
        ("consent-by-use", "Ved å bruke nettstaden vår samtykkjer du til dette.", None),
        ("consent-by-use", "Når du nyttar tenesta, godtek du at vi lagrar namnet.", None),
        ("check-this-page", "Sjekk denne sida jamleg.", NOT_ANNOUNCED),
        ("retention-as-long-as-necessary", "Takk.", CRITERIA),
        ("hedged-purpose", "Vi kan bruke opplysningane dine til statistikk.", None),
        ("hedged-purpose", "Me kan òg dela opplysningar med partnarar.", None),
        ("former-name", "Lysforeininga svarar deg.", None),
        ("former-name", "Lysforeninga svarar deg.", None),
        ("unlinked-page", "Her kan du lese meir om reglane.", None),
        ("unlinked-page", "Les meir her.", None),
        ("number-outside-facts", "Vi svarar innan tretti dagar.", None),
        ("number-outside-facts", "Det kostar 500 kroner.", None),
        ("number-outside-facts", "Dette gjeld frå 1. mai 2026.", None),
        ("number-outside-facts", "Vi slettar etter seks veker.", None),
        ("typed-number", "## Del 3 Meir", None),
        ("dangling-list", "Vi samlar inn:", None),
        ("section-9-true", "Større endringar varslar vi i hjelpesenteret.", ANNOUNCED_BY_EMAIL),
        ("section-9-true", "Vanlege endringar varslar vi på e-post.", None),
        ("section-9-true", "Endringar i særlege tilfelle varslar vi på e-post.", ANNOUNCED_BY_EMAIL),
        ("obligation-to-provide", "", {"nn/01-om-oss.md": TEXT.replace("frivillig", "hyggeleg")}),
        ("automated-decisions", "", {"nn/01-om-oss.md": TEXT.replace("automatiske avgjerder", "raske val")}),
        ("supervisory-complaint", "Takk.", NO_COMPLAINT),
        ("fact-not-shown", "", {"nn/01-om-oss.md": TEXT.replace("{{ table: recipients }}", "Ingen.")}),
        ("text-cut-off", "Takk.", {"nn/01-om-oss.md": TEXT.replace("Om oss", "Om oss #2")}),
        ("wrong-language", "Takk.", TWO_LANGUAGES | {"nn/01-om-oss.md": BOKMAL}),
        ("controller-identity", "", {"nn/01-om-oss.md": TEXT.replace("{{ controller.name }}", "Nokon")}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_rule_finds_what_it_is_about(rule, paragraph, changes):
    assert rule in find_rules(paragraph, changes)


@pytest.mark.parametrize(
    ("rule", "paragraph", "changes"),
    [
        ("consent-by-use", "Å bruke nettstaden er ikkje å samtykke.", None),
        ("consent-by-use", "Ved å bruke nettstaden samtykker du ikkje til noko.", None),
        ("check-this-page", "Sjekk denne sida jamleg.", None),
        ("hedged-purpose", "Vi kan ikkje bruke opplysningane til anna.", None),
        ("hedged-purpose", "Du kan bruke rettane dine.", None),
        ("hedged-purpose", "Vi kan svare på spørsmål om opplysningar.", None),
        ("former-name", "Nordlys Foreining (tidlegare Lysforeininga).", None),
        ("former-name", "Før heitte vi Lysforeininga.", None),
        ("unlinked-page", "Her kan du lese meir om [reglane](https://lovdata.no).", None),
        ("number-outside-facts", "Ein dag ringjer vi.", None),
        ("number-outside-facts", "Det er eit år sidan sist.", None),
        ("number-outside-facts", "Vi har kontor i 3 byar.", None),
        ("typed-number", "## Delane våre", None),
        ("typed-number", "## 24-timarsvakt", None),
        ("section-9-true", "Større endringar varslar vi i hjelpesenteret og på e-post.", ANNOUNCED_BY_EMAIL),
        ("section-9-true", "Vanlege endringar finn du i endringsloggen.", None),
        ("section-9-true", "Logg inn eller skriv ein e-post for å endre små ting.", None),
        ("supervisory-complaint", "Du kan klage til Datatilsynet.", NO_COMPLAINT),
        (
            "fact-not-shown",
            "",
            {"nn/01-om-oss.md": TEXT.replace("{{ table: recipients }}", "Vertshuset AS.")},
        ),
        ("wrong-language", "Takk.", TWO_LANGUAGES | {"nb/01-om-oss.md": BOKMAL}),
        ("note-not-translated", "Takk.", TWO_LANGUAGES | SAME_NOTE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_rule_accepts_what_is_correct(rule, paragraph, changes):
    assert rule not in find_rules(paragraph, changes)


def test_a_period_that_contradicts_the_facts_is_an_error():
    content = {**SOUND, "nn/01-om-oss.md": f"{TEXT}\nVi slettar namnet etter tre år.\n"}
    files = {f"content/{path}": text.encode() for path, text in content.items()}
    (found,) = check_policy(PolicyCheckContext(load_policy(files), files))
    assert (found.rule, found.severity) == ("number-outside-facts", Severity.ERROR)


def test_the_two_norwegian_texts_are_compared_by_their_values():
    def find(nb: str, nn: str) -> set[str]:
        content = {
            **SOUND,
            "policy.yaml": SETTINGS.replace("[nn]", "[nb, nn]"),
            "nb/01-om-oss.md": TEXT.replace("gar", "ger").replace("gerder", "gjørelser") + f"\n{nb}\n",
            "nn/01-om-oss.md": f"{TEXT}\n{nn}\n",
        }
        files = {f"content/{path}": text.encode() for path, text in content.items()}
        return {found.rule for found in check_policy(PolicyCheckContext(load_policy(files), files))}

    assert "translation-facts-differ" not in find("Svar innen to uker.", "Svar innan to veker.")
    assert "translation-facts-differ" not in find("Svar innen én måned.", "Svar innan éin månad.")
    assert "translation-facts-differ" in find("Svar innen to uker.", "Svar innan to dagar.")
