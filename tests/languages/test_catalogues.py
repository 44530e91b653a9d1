"""The gettext catalogues of the languages: complete, with the same messages and placeholders in each."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from languages.loader import FOLDER, get_language, list_language_codes

_LINES = re.MULTILINE | re.DOTALL
_PLACEHOLDER = re.compile(r"\{\w*\}|%\d*\$?[sd]")
CATALOGUES = sorted(FOLDER.glob("*/*.po"))
# The messages in the code are English, so English needs no catalogue.
TRANSLATED = [
    code for code in list_language_codes() if code != "en" and not get_language(code).words.fallback
]


def load(path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def list_messages(path) -> set[tuple[str, str]]:
    return {(message.context or "", str(message.id)) for message in load(path) if message.id}


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize("name", ["interface", "wordpress"])
def test_readers_see_every_message_in_their_language(code, name):
    assert (FOLDER / code / f"{name}.po").is_file()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_catalogue_has_the_messages_of_the_others_of_its_name(path):
    for other in FOLDER.glob(f"*/{path.name}"):
        assert list_messages(path) == list_messages(other)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_no_message_is_translated_twice_and_a_blank_line_is_between_two(path):
    entries = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    sources = [re.findall(r"^(?:msgctxt|msgid) .*?(?=\nmsgstr )", entry, _LINES) for entry in entries]
    assert [found for found in sources if len(found) != 1] == []
    assert len({found[0] for found in sources}) == len(sources)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_every_message_is_translated_with_its_placeholders_and_outer_blanks(path):
    for message in load(path):
        if message.id:
            source, words = str(message.id), str(message.string)
            assert words
            assert not message.fuzzy
            assert sorted(_PLACEHOLDER.findall(words)) == sorted(_PLACEHOLDER.findall(source))
            assert (words[:1].isspace(), words[-1:].isspace()) == (
                source[:1].isspace(),
                source[-1:].isspace(),
            )


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_catalogue_says_which_language_it_is_in(path):
    words = get_language(path.parent.name).words
    assert str(load(path).locale) in (words.cldr, words.wordpress)


def test_the_catalogues_of_two_languages_are_not_copies():
    for name in {path.name for path in CATALOGUES}:
        texts = [
            "\n".join(str(message.string) for message in load(path) if message.id)
            for path in FOLDER.glob(f"*/{name}")
        ]
        assert len(set(texts)) == len(texts)
