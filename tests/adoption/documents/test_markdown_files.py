"""Markdown is read as its author sees it on GitHub: nothing of it becomes text with backslashes."""

import pytest

from common.errors import InputError
from tests.helpers.imports import import_document

FILE = """---
title: "Privacy policy"
lang: en
date: 2024-03-01
layout: page
---

# Privacy policy

We are [Example Ltd](https://example.com/about "About us"), see
<https://example.com/x> or
<mail@example.com>. Also [the rules][1] and ![A map](map.png).

[[_TOC_]]

## What we collect {#collect}

- name[^a], or name[^a]
- address
    1. street
    2. town

[^a]: Only the *first* name.

    Nothing else.

[^b]: Nobody refers to this.

| Data | How long |
|------|---------:|
| Name | 2 years |
| Log  | {{ site.days }} ~~weeks~~ days |

### Details

Term
: Definition

## What we share[^a]

<div>Raw <b>html</b>.</div>

[1]: https://example.com/rules
"""


def test_markdown_becomes_sections(tmp_path):
    imported = import_document(tmp_path, FILE, "policy.md")
    assert imported.sections == {
        "en/01-privacy-policy.md": (
            "We are [Example Ltd](https://example.com/about), see\n"
            "[https://example.com/x](https://example.com/x) or\n"
            "[mail@example.com](mailto:mail@example.com). Also [the rules](https://example.com/rules)"
            " and A map."
        ),
        "en/02-what-we-collect.md": (
            "- name[^1], or name[^1]\n- address\n  1. street\n  2. town\n\n\\[^b\\]: "
            "Nobody refers to this.\n\n"
            "| Data | How long |\n| --- | --- |\n| Name | 2 years |\n| Log | { { site.days }} weeks days |\n"
            "\n"
            "## Details\n\nTerm\n:   Definition\n\n[^1]: Only the *first* name.\n\n    Nothing else."
        ),
        "en/03-what-we-share.md": "Only the *first* name.\n\nNothing else.\n\nRaw **html**.",
    }
    assert 'title: "Privacy policy"' in imported.files["policy.yaml"]


def test_what_the_content_cannot_have_is_reported(tmp_path):
    assert import_document(tmp_path, FILE, "policy.md").report[:-3] == [
        "not imported: front matter, 'layout: page'",
        "not imported: the mark of a contents list, '[[_TOC_]]'",
        "footnote without a mark in the text: '^b' became a paragraph",
        "to do: '{{ site.days }}' is a placeholder; write what it showed",
        "not imported: images (1); their alternative texts take their place",
        "lost structure: 'weeks' was struck out",
    ]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("# Om oss\n\nA.\n\n# Deg\n\nB.", ["Om oss", "Deg"]),
        ("Personvern\n==========\n\nOm oss\n------\n\nA.\n\nDeg\n---\n\nB.", ["Om oss", "Deg"]),
        ("+++\ntitle = 'Personvern'\n+++\n\n## 1. Om oss\n\nA.\n\n## 2. Deg\n\nB.", ["Om oss", "Deg"]),
        ("# Personvern\n\n## Om oss\n\n### Hvem\n\nA.\n\n## Deg\n\nB.", ["Om oss", "Deg"]),
    ],
    ids=["first-level", "underlined", "toml", "title"],
)
def test_headings_of_every_style_divide_the_text(tmp_path, text, titles):
    assert import_document(tmp_path, text, "policy.md").titles == titles


def test_markdown_without_a_telling_name_is_recognized(tmp_path):
    assert import_document(tmp_path, "# Om oss\n\nA.\n\n# Deg\n\nB.", "policy.txt").titles == [
        "Om oss",
        "Deg",
    ]


def test_what_looks_like_the_mark_of_a_footnote_stays_text(tmp_path):
    note = '<ol><li id="n">Note. <a href="#r">^</a></li></ol>'
    text = f'<p>A<sup><a href="#n" id="r">1</a></sup>, see [^1].</p>{note}'
    imported = import_document(tmp_path, text)
    assert imported.sections["nb/01-innledning.md"] == "A[^1], see \\[^1\\].\n\n[^1]: Note."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Om\n\n" + "ord\n\n" * 250_000, "longer than a policy"),
        ("> " * 5000 + "ord", "nested too deeply"),
        ("- " * 5000 + "ord", "nested too deeply"),
        ("ord\n\n" * 15_000, "more than 10000 paragraphs"),
        ("[" * 1000, "brackets"),
    ],
    ids=["long", "quotes", "lists", "paragraphs", "brackets"],
)
def test_markdown_that_would_take_minutes_or_lose_words_is_refused(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        import_document(tmp_path, text, "policy.md")
