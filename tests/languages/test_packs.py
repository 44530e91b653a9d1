"""Every key of every language: words are there and well formed, patterns find what they are for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale

from languages.loader import FOLDER, get_language, list_language_codes
from languages.models import LanguageModel, PluralForms

# A language may borrow words from another one, and lack `checks.toml` or `edits.toml` (docs/languages.md).
CODES = [code for code in list_language_codes() if get_language(code).words.fallback is None]
CHECKED = [code for code in CODES if (FOLDER / code / "checks.toml").is_file()]
EDITED = [code for code in CODES if (FOLDER / code / "edits.toml").is_file()]
PHRASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "phrases.tsv").read_text(encoding="utf-8").splitlines()
]
_PLACEHOLDER = re.compile(r"\{\w*\}")
# Of other words many are the same in languages that are close, such as Bokmål and Nynorsk.
_MUST_DIFFER = ("cldr", "wordpress", "units.week", "units.month", "terms.cell", "terms.section", "notice")


def walk(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Yield the key and the value of every field that is not itself a model, also of fields left out."""
    if isinstance(value, LanguageModel):
        for name, field in type(value).model_fields.items():
            yield from walk(getattr(value, name), f"{key}.{field.alias or name}".lstrip("."))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from walk(item, f"{key}.{name}")
    else:
        yield key, value


def list_words(code: str) -> dict[str, object]:
    """Return every word of `words.toml` by its key, without the plural forms that are left out."""
    optional = {"fallback"} | {
        f"units.{unit}.{category}"
        for unit in ("year", "month", "week", "day", "hour", "minute", "second")
        for category in PluralForms.model_fields
        if category != "other"
    }
    words = dict(walk(get_language(code).words))
    return {key: value for key, value in words.items() if not (key in optional and value is None)}


def list_patterns(code: str) -> dict[str, re.Pattern[str]]:
    """Return every pattern of `checks.toml` and `edits.toml` by its key."""
    language = get_language(code)
    fields = {**dict(walk(language.checks)), **dict(walk(language.edits))}
    texts = {"phrases.section_number", "import.controller", "import.former_name"} & fields.keys()
    patterns = {key: value for key, value in fields.items() if isinstance(value, re.Pattern)}
    return patterns | {key: re.compile(str(fields[key]), re.IGNORECASE) for key in texts if fields[key]}


@pytest.mark.parametrize("code", CODES)
def test_every_word_is_there_without_blanks_around_it(code):
    for key, value in list_words(code).items():
        for word in value if isinstance(value, tuple) else (value,):
            assert isinstance(word, str), key
            assert word, key
            assert word == word.strip(), key
            assert "  " not in word, key


@pytest.mark.parametrize("code", CODES)
def test_every_plural_form_of_the_cldr_is_there(code):
    words = get_language(code).words
    for number in (0, 1, 2, 3, 5, 11, 21, 100):
        category = Locale.parse(words.cldr).plural_form(number)
        for unit in type(words.units).model_fields:
            assert getattr(getattr(words.units, unit), category), (unit, category)


@pytest.mark.parametrize("code", CODES)
def test_texts_have_the_same_placeholders_in_every_language(code):
    english = list_words("en")
    for key, value in list_words(code).items():
        if key in english and isinstance(value, str):
            assert set(_PLACEHOLDER.findall(value)) == set(_PLACEHOLDER.findall(str(english[key]))), key


@pytest.mark.parametrize("code", CHECKED)
def test_no_pattern_of_a_language_with_patterns_is_left_out(code):
    assert [key for key, value in walk(get_language(code).checks) if value is None] == []


def test_the_languages_that_we_publish_in_are_complete():
    assert {"en", "nb", "nn"} <= set(CHECKED) & set(EDITED)


@pytest.mark.parametrize("key", _MUST_DIFFER)
def test_words_that_are_different_in_every_language_are_not_copies(key):
    values = [
        tuple((name, value) for name, value in list_words(code).items() if f"{name}.".startswith(f"{key}."))
        for code in CODES
    ]
    for same_key in zip(*values, strict=True):
        # A dash is one in every language.
        assert len(set(same_key)) == (len(CODES) if has_letters(same_key) else 1), same_key


def has_letters(same_key: tuple[tuple[str, object], ...]) -> bool:
    return any(map(str.isalpha, str(same_key[0][1])))


def test_folders_of_a_language_are_different_from_one_another():
    for code in CODES:
        folders = [value for key, value in list_words(code).items() if key.startswith("urls.")]
        assert len(set(folders)) == len(folders)


@pytest.mark.parametrize("code", CODES)
def test_every_pattern_has_a_phrase_that_it_finds(code):
    expected = {key for language, key, _ in PHRASES if language == code}
    assert set(list_patterns(code)) == expected


@pytest.mark.parametrize(("code", "key", "phrase"), PHRASES, ids=lambda text: text[:40])
def test_a_pattern_finds_its_phrase(code, key, phrase):
    assert list_patterns(code)[key].search(phrase)


# What they find is tested in test_quantities.py.
def test_every_part_of_a_quantity_is_a_pattern_that_compiles():
    for code in CHECKED:
        for key, value in walk(get_language(code).checks.quantities):
            for pattern in value if isinstance(value, tuple) else (value,):
                if isinstance(pattern, str):
                    assert re.compile(pattern), key


@pytest.mark.parametrize("code", EDITED)
def test_words_of_edits_are_lower_case_words(code):
    edits = get_language(code).edits
    assert edits
    for key, value in walk(edits):
        for word in value if isinstance(value, frozenset) else ():
            assert word == word.casefold(), key
