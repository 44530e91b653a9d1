"""Texts that would take minutes to parse are one finding with its line."""

from __future__ import annotations

import unicodedata

import pytest

from common.characters import normalize_text
from policy.blocks import render_prose
from policy.findings import ContentError, Location
from policy.loader import load_policy
from policy.markdown import parse_markdown
from policy.sources import MAX_TOTAL_BYTES
from policy.text_limits import find_excess

SETTINGS = b"""title: {nb: Erkl\xc3\xa6ring}
base_url: https://example.no/
languages: [nb]
controller: {name: Eksempel, email: post@example.no}
"""


def describe(location: Location) -> str:
    return ":".join(map(str, location))


def load(body: str, **more: bytes) -> list[str]:
    """Return the findings of a policy with one section, whose body begins on line 4."""
    files = {
        "content/nb/01-deling.md": f"---\ntitle: Deling\n---\n{body}".encode(),
        "content/nb/99-slutt.md": b"---\ntitle: Slutt\n---\n",
        "content/policy.yaml": SETTINGS,
        **{f"content/nb/{name}.md": data for name, data in more.items()},
    }
    try:
        load_policy(dict(sorted(files.items())))
    except ContentError as error:
        return [f"{describe(finding.location)} {finding.message}" for finding in error.findings]
    return []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[" * 51, 1),
        ("a\n\n> b\n" + "![[" * 26, 4),
        ("[a]: b\n\n" + "^[" * 60, 3),
        ("| a " * 100 + "\n" + "|-" * 100 + "\n" + "|\n" * 1000, 13),
        ("- a|b\n  " + "|-" * 500 + "\n  a\n  b\n  c\n", 5),
        ("- a\n" * 100_000, 10_001),
        ("# a\n" * 100_000, 10_001),
        ("1. a\n" * 60_000, 10_001),
        ("a\n\n" * 60_000, 20_001),
        ("- > " * 5 + "a\n" + "- * + 1) " * 3000, 2),
        ("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 20_000, 3336),
        ("> " + "a|" * 600 + "\n> " + ":-:|" * 600 + "\n> a\n> b", 4),
    ],
)
def test_markup_that_stands_for_much_work_is_found_on_its_line(text, line):
    excess = find_excess(text)
    assert excess is not None
    assert excess.line == line


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50,
        "[a](b) " * 5000,
        r"\[" * 500,
        ("[" * 40 + "\n\n") * 50,
        "| a | b |\n|---|---|\n" + "| 1 |\n" * 900,
        "|-" * 500 + "\n\n" + "a\n" * 5000,
        "a\n---\n" * 5000,
        "][" * 5000,
        "- a\n\n" * 9900,
        "a\n\n" * 9900,
        "a\n- b\n" * 3300,
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 2400,
        "1 - 2 > 3 # 4\n" * 50_000,
    ],
)
def test_other_texts_are_left_alone(text):
    assert find_excess(text) is None


def test_a_section_with_too_much_markup_is_one_finding():
    assert load("a\n\n" + "[^" * 30_000) == [
        "content/nb/01-deling.md:6:1 more than 50 brackets are not closed"
    ]


def test_a_note_with_too_much_markup_is_found_at_its_key():
    note = f"level: minor\nsummary: {{nb: '{'[' * 99}'}}\n".encode()
    files = {
        "content/changes/a.yaml": note,
        "content/nb/01-deling.md": b"---\ntitle: Deling\n---\na\n",
        "content/policy.yaml": SETTINGS,
    }
    with pytest.raises(ContentError) as caught:
        load_policy(files)
    assert [describe(finding.location) for finding in caught.value.findings] == [
        "content/changes/a.yaml:2:15"
    ]


def test_all_files_together_have_a_limit():
    half = b"---\ntitle: Del\n---\n" + b"ord\n" * (MAX_TOTAL_BYTES // 8)
    assert load("a", **{"02-a": half[: MAX_TOTAL_BYTES // 3], "03-b": half[: MAX_TOTAL_BYTES // 3]}) == []
    assert load("a", **{"02-a": half, "03-b": half}) == [
        "content/nb/02-a.md:1:1 this and the other files together are larger than 512 KiB"
    ]


def test_a_long_label_in_brackets_is_text():
    assert load(f"[^{'a' * 101}]\n\n[^{'a' * 101}]: b\n") == []


@pytest.mark.parametrize("mark", ["\u0301\u0316", "&#x301;&#x316;"])
def test_many_marks_on_one_letter_are_shown_as_code_points(mark):
    words = render_prose(parse_markdown("a" + mark * 50_000))
    assert words.startswith("á\u0316")
    assert words.endswith("[U+0301][U+0316]")


def test_letters_with_a_few_marks_are_normalized():
    assert normalize_text("a\u0316\u0301 e\u0301") == unicodedata.normalize("NFC", "a\u0316\u0301 é")
