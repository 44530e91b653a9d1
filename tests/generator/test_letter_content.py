"""What a letter says, in which order, and how long it is at most."""

from __future__ import annotations

import email
import json
import re
from email import policy

import pytest
from bs4 import BeautifulSoup

from tests.helpers.cli import create_history
from tests.helpers.in_process import build

_LONG = " ".join(["Dette er en lang setning om det som endres fra den dagen."] * 8)
_BASE = "https://example.no/personvern/"
_LINKS = (
    f"- Se endringene ord for ord <{_BASE}versjon/2.0/endringer/>\n"
    f"- Hele den nye erklæringen <{_BASE}versjon/2.0/>\n"
    f"- Alt som er endret siden versjon 1.0 <{_BASE}endringslogg/siden/1.0/>\n"
    f"- Hele endringsloggen <{_BASE}endringslogg/#v2.0>"
)
_SETTINGS = 'settings nb "dpo: {name: Kari Vern, email: vern@example.no, phone: 22 00 00 00}"'
_HISTORY = f"""
start 2026-01-05 nb
{_SETTINGS}
commit 2026-01-06
words nb/02-deling "Vi deler navn."
file changes/navn.yaml <<'END'
level: major
effective: 2026-07-01
TITLE
summary: SUMMARY
action: "Du kan protestere før 1. juli.[^1]\\n\\n[^1]: Det er gratis."
reason: Loven krever det.
END
commit 2026-05-20
"""


def read_letter(tmp_path, history: str, number: str = "2.0") -> email.message.EmailMessage:
    build(create_history(tmp_path / "source", history), tmp_path / "out", today="2026-05-22")
    data = (tmp_path / "out" / "letters" / number / "nb.eml").read_bytes()
    return email.message_from_bytes(data, policy=policy.SMTP)


def test_the_address_for_reports_of_mail_servers_is_beside_the_letter_and_not_in_it(tmp_path):
    settings = 'settings nb "mail: {from: varsel@example.no, bounce: retur@example.no}"'
    letter = read_letter(tmp_path, write_history("Vi deler navn.").replace(_SETTINGS, settings))
    metadata = json.loads((tmp_path / "out" / "letters" / "2.0" / "letter.json").read_bytes())
    assert metadata["bounce"] == "retur@example.no"
    assert "retur@example.no" not in letter.as_string()


def read_text(letter: email.message.EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def write_history(summary: str, title: str = "") -> str:
    return _HISTORY.replace("SUMMARY", summary).replace("TITLE\n", f"title: {title}\n" if title else "")


def test_a_letter_says_what_changes_then_what_can_be_done_why_and_whom_to_ask(tmp_path):
    text = read_text(read_letter(tmp_path, write_history("Vi deler navnet ditt.", "Vi deler navn")))
    assert text.split("\n\n")[:15] == [
        "Vi deler navn",
        "Endringen gjelder fra 1. juli 2026.",
        "Vi deler navnet ditt.",
        "Dette kan du gjøre før 1. juli 2026",
        "Du kan protestere før 1. juli.[1]",
        "1. Det er gratis.",
        "Dette er ikke endret",
        "- Lagringstidene i delen «Sletting» er uendret.",
        "Hvorfor vi endrer erklæringen",
        "Loven krever det.",
        "Spørsmål?",
        "- Eksempel AS: post@example.no\n- Personvernombud: Kari Vern, vern@example.no, 22 00 00 00",
        "Les mer",
        _LINKS,
        "Endringene ord for ord",
    ]


@pytest.mark.parametrize("title", ["", "Vi deler navn"])
def test_what_can_be_done_begins_within_the_first_sixty_words(tmp_path, title):
    letter = read_letter(tmp_path, write_history(f"Vi deler navnet ditt. {_LONG}", title))
    text = read_text(letter)
    first = " ".join(text.split()[:60])
    assert "Endringen gjelder fra 1. juli 2026. Vi deler navnet ditt." in first
    assert "Dette kan du gjøre før 1. juli 2026 Du kan protestere før 1. juli." in first
    # Nothing is lost: the rest comes later.
    assert text.count("Dette er en lang setning") == 8
    assert "Mer om endringen\n\nDette er en lang setning" in text
    body = BeautifulSoup(letter.get_body(("html",)).get_content(), "html.parser").body
    spoken = body.get_text(" ").split()
    assert spoken[:50] == text.split()[:50]


def write_sections(word: str, sizes: dict[str, int]) -> str:
    lines = []
    for stem, count in sizes.items():
        paragraphs = " ".join(f"'Avsnitt {n} om {word} og mye annet {stem}.'" for n in range(count))
        lines.append(f"section nb/{stem} 'Del {stem}' {paragraphs}")
    return "\n".join(lines)


def test_a_redline_that_is_too_long_is_shortened_to_whole_sections(tmp_path):
    sizes = {"11-en": 40, "12-to": 700, "13-tre": 40}
    history = (
        f"start 2026-01-05 nb\n{write_sections('før', sizes)}\ncommit 2026-01-06\n"
        f"{write_sections('nå', sizes)}\nnote ny major 2026-07-01\ncommit 2026-05-20"
    )
    letter = read_letter(tmp_path, history)
    html = letter.get_body(("html",))
    assert 10_000 < len(html.get_payload()) <= 100_000
    text = read_text(letter)
    assert "Del 11-en\n\nAvsnitt 0 om [slettet: før] [lagt til: nå]" in text
    assert "Del 13-tre\n\nAvsnitt 0" in text
    assert text.count("annet 13-tre.") == 40
    assert "annet 12-to" not in text
    assert text.partition("Flere endringer\n\n")[2].split("\n\n")[:3] == [
        "Det er ikke plass til alle endringene i denne e-posten. Disse delene er også endret:",
        "- Del 12-to",
        "Se endringene ord for ord <https://example.no/personvern/versjon/2.0/endringer/>",
    ]
    words = " ".join(BeautifulSoup(html.get_content(), "html.parser").body.get_text(" ").split())
    assert words == " ".join(re.sub(r"(?m) <https?:[^>]*>|^- ", " ", text).split())


def test_a_letter_loads_and_hides_nothing(tmp_path):
    letter = read_letter(tmp_path, write_history("Vi deler navnet ditt."))
    html = letter.get_body(("html",)).get_content()
    assert not re.search(r"<(img|script|link|iframe|form|object|style)|display:|font-size:0|url\(", html)
