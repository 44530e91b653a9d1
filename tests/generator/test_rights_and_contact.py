"""The pages of rights and of contacts: what a reader can do on them, in every state of a policy."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers.cli import create_history
from tests.helpers.in_process import build
from tests.helpers.published_site import PublishedSite

if TYPE_CHECKING:
    from pathlib import Path

RIGHTS = """
file facts/rights.yaml <<'END'
access: {nb: "Du kan be om innsyn.", nn: "Du kan be om innsyn.", en: "You may ask for access."}
objection: {nb: "Du kan protestere.", nn: "Du kan protestere.", en: "You may object."}
withdraw_consent: {nb: "Du kan trekke det tilbake.", nn: "Du kan trekkje det.", en: "You may withdraw."}
complaint: {nb: "Du kan klage.", nn: "Du kan klage.", en: "You may complain."}
END
"""
MORE_RIGHTS = ("rectification", "erasure", "restriction", "portability")
CONTROLLER = "controller: {name: Eksempel & Sønn AS, email: personvern+brev@example.no}"
AUTHORITY = "authority: {name: Datatilsynet, url: https://www.datatilsynet.no}"


def publish(folder: Path, *settings: str, controller: str = CONTROLLER, rights: bool = True) -> Path:
    """Publish a policy in three languages with some settings, and the rights if it has any."""
    base = "base_url: https://example.no/personvern/"
    lines = ("title: Personvern", base, "languages: [nb, nn, en]", controller, *settings)
    script = [
        "git init --quiet --initial-branch main .",
        "file policy.yaml <<'END'\n" + "\n".join(lines) + "\nEND",
        *(f"section {language}/01-om Om 'Vi lagrer navn.'" for language in ("nb", "nn", "en")),
        *([RIGHTS] if rights else []),
        "commit 2026-02-01",
    ]
    build(create_history(folder / "source", "\n".join(script)), folder / "out", today="2026-03-01")
    site = PublishedSite(folder / "out")
    site.assert_markup_is_valid()
    site.assert_agrees_with_its_log()
    return folder / "out" / "site"


def read(site: Path, path: str) -> str:
    return (site / path / "index.html").read_text(encoding="utf-8")


def read_cards(page: str) -> dict[str, str]:
    return dict(re.findall(r'<section id="(\w+)" class="card".*?>(.*?)</section>', page, re.DOTALL))


def read_mail(card: str) -> tuple[str, str, str]:
    """Return the address, the subject and the body that a link of a card prepares."""
    (href,) = re.findall(r'class="button" href="(mailto:.*?)"', card)
    parts = urlsplit(unescape(href))
    assert set(re.findall(r"%0[AD]|\+", parts.query)) <= {"%0D", "%0A"}
    fields = parse_qs(parts.query, strict_parsing=True)
    return parts.path, fields["subject"][0], fields["body"][0]


@pytest.mark.parametrize(
    ("path", "subject", "law", "greeting"),
    [
        ("rettigheter", "Innsyn i personopplysningene mine", "personvernforordningen artikkel 15", "Hilsen"),
        ("nn/rettar", "Innsyn i personopplysningane mine", "personvernforordninga artikkel 15", "Helsing"),
        ("en/rights", "Access to my personal data", "GDPR Article 15", "Regards,"),
    ],
)
def test_each_right_that_is_stated_has_an_e_mail_in_the_language_of_the_reader(
    tmp_path, path, subject, law, greeting
):
    cards = read_cards(read(publish(tmp_path), path))
    assert list(cards) == ["access", "objection", "withdraw_consent", "complaint"]
    address, found, body = read_mail(cards["access"])
    assert (address, found) == ("personvern+brev@example.no", subject)
    lines = body.split("\r\n")
    assert "Eksempel & Sønn AS" in lines[0]
    assert law in lines[2]
    assert greeting in lines
    assert not re.search("fødselsnummer|personnummer|identity number", body)


def test_only_requests_have_a_deadline_and_only_the_law_s_limits_are_collapsed(tmp_path):
    cards = read_cards(read(publish(tmp_path), "rettigheter"))
    with_deadline = [name for name, card in cards.items() if "innen én måned" in card]
    assert with_deadline == ["access", "objection"]
    assert [name for name, card in cards.items() if "<details" in card] == [
        "access", "objection", "withdraw_consent",
    ]  # fmt: skip
    assert "Du kan be om innsyn." in cards["access"].partition("<details")[0]


def test_a_complaint_goes_to_the_authority_if_it_has_an_address(tmp_path):
    site = publish(tmp_path / "with", AUTHORITY)
    card = read_cards(read(site, "rettigheter"))["complaint"]
    assert '<a class="button" href="https://www.datatilsynet.no">Gå til Datatilsynet</a>' in card
    site = publish(tmp_path / "without")
    assert "<a " not in read_cards(read(site, "rettigheter"))["complaint"]


def test_without_an_e_mail_address_the_rights_lead_to_the_contacts(tmp_path):
    page = read(publish(tmp_path, controller="controller: {name: Eksempel AS}"), "rettigheter")
    assert "mailto:" not in page
    assert '<a href="../kontakt/">Kontakt oss for å bruke rettighetene dine.</a>' in page
    assert list(read_cards(page)) == ["access", "objection", "withdraw_consent", "complaint"]


def test_the_page_says_that_the_law_gives_more_rights_than_the_policy_states(tmp_path):
    page = read(publish(tmp_path, AUTHORITY), "rettigheter")
    assert "Loven kan gi deg flere. <a" in page
    assert "alltid klage til" not in page, "there is a card for it"


@pytest.mark.parametrize(
    ("settings", "words"), [((AUTHORITY,), "klage til Datatilsynet."), ((), "flere. <a")]
)
def test_a_policy_that_states_no_right_to_complain_still_says_to_whom(tmp_path, monkeypatch, settings, words):
    fewer = "".join(line for line in RIGHTS.splitlines(keepends=True) if not line.startswith("complaint"))
    monkeypatch.setitem(publish.__globals__, "RIGHTS", fewer)
    assert words in read(publish(tmp_path, *settings), "rettigheter")


def test_a_policy_that_states_all_rights_has_no_others(tmp_path, monkeypatch):
    more = "".join(f"{name}: {{nb: Ja., nn: Ja., en: Yes.}}\n" for name in MORE_RIGHTS)
    monkeypatch.setitem(publish.__globals__, "RIGHTS", RIGHTS.replace("\nEND\n", f"\n{more}END\n"))
    page = read(publish(tmp_path), "rettigheter")
    assert set(MORE_RIGHTS) < set(read_cards(page))
    assert "Loven kan gi deg flere" not in page


def test_without_rights_in_the_facts_the_page_says_so_and_stays(tmp_path):
    page = read(publish(tmp_path, rights=False), "rettigheter")
    assert not read_cards(page)
    assert "Du har de rettighetene som følger av loven." in page


def test_the_contacts_say_who_answers_for_what_and_how_to_reach_them(tmp_path):
    dpo = 'dpo: {name: Kari Nordmann, phone: "+47 22 33 44 55"}'
    controller = 'controller: {name: Eksempel AS, address: "Gata 1, 0150 Oslo", phone: "23 35 70 10"}'
    site = publish(tmp_path, AUTHORITY, dpo, controller=controller)
    cards = read_cards(read(site, "kontakt"))
    assert list(cards) == ["controller", "officer", "authority"]
    assert '<a href="tel:23357010">23 35 70 10</a>' in cards["controller"]
    assert "Gata 1, 0150 Oslo" in cards["controller"]
    assert "mailto:" not in cards["controller"]
    assert "<strong>Kari Nordmann</strong>" in cards["officer"]
    assert '<a href="tel:+4722334455">' in cards["officer"]
    assert '<a href="https://www.datatilsynet.no">' in cards["authority"]


def test_who_is_not_known_is_not_among_the_contacts(tmp_path):
    cards = read_cards(read(publish(tmp_path, controller="controller: {name: Eksempel AS}"), "kontakt"))
    assert list(cards) == ["controller"]
    assert "<dl>" not in cards["controller"]


def test_an_announced_controller_is_nobody_before_its_day(tmp_path):
    lines = "title: Personvern\nbase_url: https://example.no/personvern/\nlanguages: [nb]"
    printed = "Skriv til {{ controller.name }} på {{ controller.email }}."
    note = "level: major\neffective: 2026-04-01\nsummary: {nb: Nytt navn.}\naction: {nb: Les.}"
    script = f"""
git init --quiet --initial-branch main .
file policy.yaml <<'END'
{lines}
controller: {{name: Gammel AS, email: gammel@example.no}}
END
section nb/01-om Om '{printed}'
commit 2026-02-01
sed -i 's/Gammel AS, email: gammel/Ny AS, email: ny/' content/policy.yaml
file changes/a.yaml <<'END'
{note}
END
commit 2026-02-10
"""
    source = create_history(tmp_path / "source", script)
    pages = ("kontakt", "rettigheter", "", "versjon/1.0")
    for day, name, other in (("2026-03-31", "Gammel AS", "Ny AS"), ("2026-04-01", "Ny AS", "Gammel AS")):
        build(source, tmp_path / "out", today=day)
        for page in pages:
            text = read(tmp_path / "out/site", page)
            assert f">{name}<" in text.split("<footer", 1)[1], (day, page)
            assert other not in text.split("<footer", 1)[1], (day, page)
        assert f'"nb": "{name}"' in (tmp_path / "out/site/api/policy.jsonld").read_text(encoding="utf-8")
