"""What an editor writes in a note or section has every word and number in every channel."""

from __future__ import annotations

import email
import email.policy
import json
import re
from html import unescape
from pathlib import Path

import pytest

from tests.helpers.cli import create_history
from tests.helpers.in_process import build

_SUMMARY = (
    "20. februar 2026 bytter vi [leverandør](https://example.no/ny).\n\nVi\n\n"
    "3. sletter *alt*\n4. flytter resten"
)
_ACTION = "1. mai er siste frist. Skriv til {{ controller.email }}."
_WORDS = ("20. februar 2026 bytter vi leverandør", "sletter alt", "flytter resten", "1. mai er siste frist")
_NUMBERED = ("3. sletter alt", "4. flytter resten")
_HISTORY = f"""
start 2026-01-05 nb
settings nb "mail: {{from: post@example.no}}" "announce: {{major: [help_centre, login, email, alert]}}"
words nb/02-deling "20. juli 2018 trådte loven i kraft." $'7. Navn\\n8. Adresse'
file changes/ny.yaml <<'END'
level: major
effective: 2026-02-20
summary: {json.dumps(_SUMMARY)}
action: {json.dumps(_ACTION)}
END
commit 2026-01-10
"""


def extract_text(page: str) -> str:
    """Return the words of HTML, without tags and with single blanks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split()).replace(" ,", ",").replace(" .", ".")


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("channels")
    source = create_history(folder / "source", _HISTORY)
    build(source, folder / "out", today="2026-01-15")
    return folder / "out"


@pytest.fixture(scope="module")
def letter(out) -> email.message.EmailMessage:
    data = (out / "letters" / "2.0" / "nb.eml").read_bytes()
    return email.message_from_bytes(data, policy=email.policy.default)


@pytest.mark.parametrize("path", ["endringslogg/", "versjon/2.0/endringer/", "hjelpesenter/2.0/"])
def test_pages_have_the_words_of_the_note(out, path):
    text = extract_text((out / "site" / path / "index.html").read_text("utf-8"))
    assert [words for words in _WORDS if words not in text] == []


@pytest.mark.parametrize("path", ["endringslogg/", "versjon/2.0/endringer/", "hjelpesenter/2.0/"])
def test_lists_begin_with_the_number_typed_on_pages(out, path):
    page = (out / "site" / path / "index.html").read_text("utf-8")
    assert '<ol start="3"><li>sletter <em>alt</em></li>' in page


def test_the_feed_has_every_word(out):
    text = extract_text(unescape((out / "site" / "endringslogg" / "feed.xml").read_text("utf-8")))
    assert [words for words in _WORDS if words not in text] == []
    assert "20. juli 2018 trådte loven i kraft." in text


def test_the_data_for_notices_have_every_word_and_number(out):
    data = json.loads((out / "site" / "api" / "announcements.json").read_bytes())
    texts = data["announcements"][0]["languages"]["nb"]
    text = f"{texts['summary']}\n{texts['action']}"
    assert [words for words in (*_WORDS, *_NUMBERED) if words not in text] == []


def test_the_letter_has_every_word_and_number(letter):
    plain = letter.get_body(("plain",)).get_content()
    assert [words for words in (*_WORDS, *_NUMBERED) if words not in plain] == []
    assert "20. juli 2018 trådte loven i kraft." in plain
    html = letter.get_body(("html",)).get_content()
    assert [words for words in _WORDS if words not in extract_text(html)] == []
    assert re.search(r'<ol [^>]*start="3"', html)


def test_the_text_of_the_version_has_dates_and_numbers(out):
    text = (out / "site" / "versjon" / "2.0" / "policy.txt").read_text("utf-8")
    assert "20. juli 2018 trådte loven i kraft." in text
    assert "7. Navn\n8. Adresse" in text


def test_invisible_characters_reach_no_header_feed_or_data(tmp_path):
    history = """
start 2026-01-05 nb
settings nb "mail: {from: post@example.no}" "announce: {major: [help_centre, login, email]}"
sed -i $'s/Eksempel AS/Eksem\\u00adpel\\u202e AS/; s/Personvern/Person\\u200bvern/' content/policy.yaml
words nb/02-deling "Vi deler."
note ny major 2026-02-20 $'Vi de\\u00adler.'
commit 2026-01-10
"""
    build(create_history(tmp_path / "source", history), tmp_path / "out", today="2026-01-15")
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.suffix != ""]
    assert files
    found = [
        path.name
        for path in files
        for sign in ("\u00ad", "\u202e", "\u200b", "=C2=AD", "=E2=80=AE")
        if path.suffix in {".html", ".xml", ".json", ".txt", ".eml"} and sign.encode() in path.read_bytes()
    ]
    assert found == []
    letter = (tmp_path / "out" / "letters" / "2.0" / "nb.eml").read_bytes()
    headers = email.message_from_bytes(letter, policy=email.policy.default)
    assert headers["From"].addresses[0].display_name == "Eksem[U+00AD]pel[U+202E] AS"
