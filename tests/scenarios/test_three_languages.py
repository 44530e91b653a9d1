"""The change of the scenario `three-languages`, as readers of each language are told about it."""

from __future__ import annotations

import email
import json
from email import policy
from pathlib import Path

import pytest

from languages.matching import choose_language
from tests.helpers.cli import create_history
from tests.helpers.html_page import read_html
from tests.helpers.in_process import build

HISTORY = Path(__file__).parent / "three-languages" / "history.sh"
ANNOUNCED = "2026-02-20"  # published, not in force yet


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("three-languages")
    source = create_history(folder / "source", HISTORY.read_text(encoding="utf-8"))
    build(source, folder / "out", today=ANNOUNCED)
    return folder / "out"


def read_letter(out: Path, locale: str) -> tuple[str, str]:
    """Return the subject and the text of a letter."""
    message = email.message_from_bytes(
        (out / "letters/2.0" / f"{locale}.eml").read_bytes(), policy=policy.SMTP
    )
    assert message["Content-Language"] == locale
    return message["Subject"], message.get_body(("plain",)).get_content()


def test_the_letter_in_nynorsk_is_in_nynorsk_from_the_subject_to_the_last_word(out):
    subject, text = read_letter(out, "nn")
    assert subject == "Personvernerklæring: endringar frå 20. mars 2026 (versjon 2.0)"
    for words in (
        "Endringa gjeld frå 20. mars 2026.",
        "Eit rekneskapsbyrå fører rekneskapen for oss og får sjå betalingane dine.",
        "Dette kan du gjere før 20. mars 2026",
        "Kvifor vi endrar erklæringa",
        "Vi fører ikkje lenger rekneskapen sjølve.",
        "Vi slettar kontoen [sletta: 2 år] [lagt til: 18 månader] etter at du sist brukte han.",
        "<https://example.no/personvern/nn/versjon/2.0/endringar/>",
        "<https://example.no/personvern/nn/endringslogg/sidan/1.0/>",
    ):
        assert words in text
    for bokmal_or_english in (
        "Endringen",
        "Hvorfor",
        "ikke ",
        "gjøre",
        "måneder",
        "slettet",
        "Change",
        "Read",
    ):
        assert bokmal_or_english not in text


def test_the_letters_of_the_languages_differ_in_every_text(out):
    letters = [read_letter(out, locale) for locale in ("nb", "nn", "en")]
    assert len({subject for subject, _ in letters}) == 3
    lines = [
        {line for line in text.splitlines() if len(line.split()) > 3 and "@" not in line}
        for _, text in letters
    ]
    for first, other in ((0, 1), (0, 2), (1, 2)):
        assert lines[first] & lines[other] == set()


def test_the_announcement_has_the_texts_and_pages_of_each_language(out):
    (row,) = json.loads((out / "site/api/announcements.json").read_bytes())["announcements"]
    assert row["channels"] == ["help_centre", "login", "email", "alert"]
    assert list(row["languages"]) == ["nb", "nn", "en"]
    nynorsk = row["languages"]["nn"]
    assert nynorsk["title"] == "Personvernerklæring: endringar frå 20. mars 2026 (versjon 2.0)"
    assert nynorsk["action"] == "Du kan protestere mot delinga ved å skrive til oss."
    assert nynorsk["url"] == "https://example.no/personvern/nn/versjon/2.0/"


def test_the_front_page_says_what_is_coming(out):
    page = read_html(out / "site/nn/index.html")
    assert "Frå 20. mars 2026" in page
    assert "Sjå alt som blir endra" in page


@pytest.mark.parametrize(
    ("tag", "chosen"),
    [
        ("nn-NO", "nn"),
        ("nn_NO", "nn"),
        ("nb-NO", "nb"),
        ("no", "nb"),
        ("en-GB", "en"),
        ("de", "en"),
    ],
)
def test_a_reader_gets_the_norwegian_that_the_reader_has_chosen(tag, chosen):
    assert choose_language(tag, ("nb", "nn", "en")) == chosen


@pytest.mark.parametrize(("tag", "chosen"), [("nb-NO", "nn"), ("no", "nn"), ("nn", "nn"), ("sv", "en")])
def test_a_reader_of_bokmal_gets_nynorsk_rather_than_english(tag, chosen):
    assert choose_language(tag, ("en", "nn")) == chosen
