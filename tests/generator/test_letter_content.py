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
_PURPOSE = (
    "Denne e-posten er fra Eksempel AS, Storgata 1, 0155 Oslo. Du får den fordi vi har e-postadressen din, "
    "og fordi vi sier fra på e-post når vi gjør slike endringer i personvernerklæringen. "
    "Den er informasjon om personvernet ditt, ikke reklame."
)
_SETTINGS = 'settings nb "dpo: {name: Kari Vern, email: vern@example.no, phone: 22 00 00 00}"'
_HISTORY = f"""
start 2026-01-05 nb
{_SETTINGS}
sed -i 's/post@example.no}}/post@example.no, address: "Storgata 1, 0155 Oslo"}}/' content/policy.yaml
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


def read_html(letter: email.message.EmailMessage) -> BeautifulSoup:
    return BeautifulSoup(letter.get_body(("html",)).get_content(), "html.parser")


def read_visible_text(letter: email.message.EmailMessage) -> str:
    return read_html(letter).find(attrs={"role": "article"}).get_text(" ")


def read_preheader(letter: email.message.EmailMessage) -> str:
    (hidden,) = read_html(letter).find_all(style=re.compile("display:none"))
    return " ".join(hidden.get_text().split())


def write_history(summary: str, title: str = "") -> str:
    return _HISTORY.replace("SUMMARY", summary).replace("TITLE\n", f"title: {title}\n" if title else "")


def test_a_letter_says_what_changes_then_what_can_be_done_why_and_whom_to_ask(tmp_path):
    text = read_text(read_letter(tmp_path, write_history("Vi deler navnet ditt.", "Vi deler navn")))
    assert text.split("\n\n")[:18] == [
        "Eksempel AS",
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
        "Hvorfor du får denne e-posten",
        _PURPOSE,
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
    spoken = read_visible_text(letter).split()
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
    assert " ".join(read_visible_text(letter).split()) == " ".join(
        re.sub(r"(?m) <https?:[^>]*>|^- ", " ", text).split()
    )


def test_what_mail_programs_show_beside_the_subject_is_the_day_and_the_first_sentences(tmp_path):
    titled = read_letter(
        tmp_path / "titled", write_history(f"Vi deler navnet ditt. {_LONG}", "Vi deler navn")
    )
    assert read_preheader(titled) == (
        "Endringen gjelder fra 1. juli 2026. Vi deler navnet ditt. "
        "Dette er en lang setning om det som endres fra den dagen."
    )
    # The subject has the day.
    untitled = read_letter(tmp_path / "untitled", write_history("Vi deler <navnet> ditt & mer."))
    assert untitled["Subject"] == "Personvern: endringer fra 1. juli 2026 (versjon 2.0)"
    assert read_preheader(untitled) == "Vi deler <navnet> ditt & mer."


def test_a_letter_loads_nothing_and_hides_nothing_that_it_does_not_say(tmp_path):
    letter = read_letter(tmp_path, write_history("Vi deler navnet ditt."))
    html = letter.get_body(("html",)).get_content()
    assert not re.search(r"<(img|script|link|iframe|form|object|style)|font-size:0|url\(", html)
    assert html.count("display:none") == 1
    assert read_preheader(letter) in " ".join(read_visible_text(letter).split())


def test_no_line_of_a_letter_ends_within_a_date(tmp_path):
    html = read_html(read_letter(tmp_path, write_history("Vi deler navnet ditt fra 1. juli.")))
    assert "Endringen gjelder fra 1.\N{NO-BREAK SPACE}juli\N{NO-BREAK SPACE}2026." in html.get_text()
    assert "ditt fra 1.\N{NO-BREAK SPACE}juli." in html.get_text()


def test_no_program_answers_a_letter_and_reports_of_bounces_are_not_suppressed(tmp_path):
    letter = read_letter(tmp_path, write_history("Vi deler navnet ditt."))
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Auto-Response-Suppress"] == "OOF, AutoReply"


_TABLE = """
start 2026-01-05 nb
table() { # ROWS
  printf '%s\\n' '---' 'title: Oversikt' '---' '| Hva | Lagres | Deles |' '|---|---|---|' "$@" |
    file nb/11-oversikt.md
}
table '| Navn | 2 år | Nei |' '| Adresse | 2 år | Nei |' '| Telefon | 2 år | Nei |'
printf '%s\\n' '---' 'title: Steg' '---' '3. Les alt her.' '4. Tenk deg godt om.' '5. Skriv så til oss.' |
  file nb/12-steg.md
commit 2026-01-06
table '| Telefon | 2 år | Nei |' '| Navn | 3 år | Nei |' '| Adresse | 2 år | Nei |'
printf '%s\\n' '---' 'title: Steg' '---' '3. Les alt her.' '4. Skriv så til oss i dag.' | file nb/12-steg.md
note ny major 2026-07-01
commit 2026-05-20
"""


def test_a_wide_table_is_a_list_of_labels_and_values_and_a_row_that_moved_is_not_new(tmp_path):
    letter = read_letter(tmp_path, _TABLE)
    assert (
        "Oversikt\n\n"
        "[flyttet hit] Telefon | Lagres: 2 år | Deles: Nei\n"
        "Navn | Lagres: [slettet: 2] [lagt til: 3] år | Deles: Nei\n"
        "[flyttet herfra] Telefon | 2 år | Nei\n"
    ) in read_text(letter)
    (table,) = read_html(letter).find_all("table")
    assert table["role"] == "presentation"
    assert table["style"].startswith("display:block")
    assert all(cell["style"].startswith("display:block") for cell in table.find_all(["th", "td"]))


def test_the_numbers_of_a_list_are_those_of_the_page(tmp_path):
    letter = read_letter(tmp_path, _TABLE)
    assert (
        "- [slettet: Tenk deg godt om.]\n4. Skriv så til [slettet: oss.] [lagt til: oss i dag.]"
        in read_text(letter)
    )
    deleted, kept = read_html(letter).find("ol").find_all("li")
    assert deleted["style"].endswith("list-style-type:none")
    assert kept["value"] == "4"
    assert "list-style" not in kept["style"]
