"""Every word typed is printed or reported, in every language."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from languages.loader import list_language_codes
from policy.blocks import render_text
from policy.checks.markup import MarkdownSource, find_problems
from policy.findings import Location
from policy.markdown import parse_markdown

_LOCALES = list_language_codes()
_MONTHS = ("januar", "mai", "desember", "January", "May")
_BLOCK_STARTS = (
    "",
    "- ",
    "* ",
    "> ",
    "## ",
    "1. ",
    "2. ",
    "7) ",
    "20. ",
    ": ",
    "    ",
    "[^1]: ",
    "[a]: ",
    "| ",
)
_INLINE_MARKS = (
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    "*",
    "**",
    "_",
    "`",
    "|",
    "[",
    "]",
    "](",
    ")",
    "[^1]",
    "[a]",
    "<",
    ">",
)
_INLINE_MARKS += (
    "\\",
    "\\\n",
    "  \n",
    "!",
    "#",
    "~",
    '"',
    "&amp;",
    "{{ x }}",
    "\n---\n",
    "\n|---|---|\n",
    "^[",
    "\t",
)


@st.composite
def _markdown(draw) -> tuple[str, list[str]]:
    """Return a Markdown text and the words in it, each of which is there once."""
    parts, words = [], []
    for number in range(draw(st.integers(1, 9))):
        word = f"ord{number}x"
        words.append(word)
        parts += [
            draw(st.sampled_from(("\n", "\n\n", ""))),
            draw(st.sampled_from(_BLOCK_STARTS)),
            draw(st.sampled_from(("", "", *_MONTHS))),
            draw(st.sampled_from(_INLINE_MARKS)),
            word,
            draw(st.sampled_from(_INLINE_MARKS)),
        ]
    return "".join(parts), words


def _find_problems(source: str, locale: str) -> list[str]:
    found = find_problems(MarkdownSource(Location("a.md"), locale, source))
    return [f"{problem.line}: {problem.message}" for problem in found]


@settings(max_examples=300, deadline=None)
@given(_markdown(), st.sampled_from(_LOCALES))
def test_every_word_is_printed_or_reported(example, locale):
    source, words = example
    printed = render_text(parse_markdown(source, "s", locale))
    if not _find_problems(source, locale):
        assert [word for word in words if word not in printed] == []


@settings(max_examples=300, deadline=None)
@given(_markdown(), st.sampled_from(_LOCALES), st.data())
def test_a_changed_word_or_digit_changes_the_text_or_is_reported(example, locale, data):
    source, words = example
    digits = [match.start() for match in re.finditer(r"\d(?=[.)] )", source)]
    if digits and data.draw(st.booleans()):
        at = data.draw(st.sampled_from(digits))
        changed = f"{source[:at]}{(int(source[at]) + 1) % 10}{source[at + 1 :]}"
    else:
        changed = source.replace(data.draw(st.sampled_from(words)), "nytt")
    before, after = (render_text(parse_markdown(text, "s", locale)) for text in (source, changed))
    assert before != after or _find_problems(source, locale) or _find_problems(changed, locale)


@pytest.mark.parametrize(
    ("source", "html_text"),
    [
        ("20. juli 2018 trådte loven i kraft.", "20. juli 2018 trådte loven i kraft."),
        ("Vi venter til\n1. januar 2026 med det.", "Vi venter til 1. januar 2026 med det."),
        ("- 20. juli er\n- fri", "20. juli er\nfri"),
        ("> 1. mai er fri", "1. mai er fri"),
        ("Dag\n: 1. mai", "Dag\n1. mai"),
        ("Se[^a].\n\n[^a]: 1. mai er fri", "Se.\n\n1. mai er fri"),
        ("Først\\\n1. mai er fri", "Først 1. mai er fri"),
        ("innen\n1. kvartal neste år", "innen 1. kvartal neste år"),
        ("5. Vi deler ingenting.", "5. Vi deler ingenting."),
        ("1. Navn\n2. Adresse", "1. Navn\n2. Adresse"),
        ("0. Navn\n1. Adresse", "0. Navn\n1. Adresse"),
        ("3) Navn\n4) Adresse", "3. Navn\n4. Adresse"),
        ("Vi lagrer\n\n3. Navn\n4. Adresse\n\ni to år", "Vi lagrer\n\n3. Navn\n4. Adresse\n\ni to år"),
        ("20. juli er fri.\n\n7. Navn\n8. Adresse", "20. juli er fri.\n\n7. Navn\n8. Adresse"),
        ("Vi lagrer\n1. Navn\n2. Adresse", "Vi lagrer\n\n1. Navn\n2. Adresse"),
        ("- a\n\n  3. b\n  4. c", "a\n3. b\n4. c"),
        ("> a\n>\n> 3. b\n> 4. c", "a\n3. b\n4. c"),
    ],
)
def test_dates_and_single_numbers_are_text_and_lists_have_their_numbers(source, html_text):
    assert _find_problems(source, "nb") == []
    assert render_text(parse_markdown(source, "s", "nb")) == html_text


def test_english_dates_need_no_rule():
    assert render_text(parse_markdown("20. july\n21. august", "", "en")) == "20. july\n21. august"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "| Data | Tid |\n|---|---|\n| E-post | 2 år | deles med Google |",
            "3: readers do not see 'deles med Google'",
        ),
        ("[Siden](https://a.no 'hemmelig tittel')", "1: readers do not see 'hemmelig tittel'"),
        ("```python\nx\n```", "1: readers do not see 'python'"),
        ("Vi deler ikke\n---\nmer", "1: the line below makes a heading of 'Vi deler ikke'"),
        (
            "Du må være\n> 18 år gammel",
            "2: '> 18 år gammel' becomes a quotation, and readers do not see the >",
        ),
        ("2*3*4 kroner", "1: readers do not see the * in '2*3*4 kroner'"),
        ("## Programmet C #", "1: readers do not see the last # of '## Programmet C #'"),
        ("Se merknaden[^2].", "1: '[^2]' refers to nothing, and readers see it as it is"),
        ("[siden][mangler] her", "1: '[siden][mangler]' refers to nothing, and readers see it as it is"),
        (
            "Tekst\n\n[^a]: Vi deler alt.",
            "3: no text refers to the footnote '[^a]', so readers do not see it",
        ),
        (
            "A[^a]\n\n[^a]: En\n\n[^a]: To",
            "5: the footnote '[^a]' is defined twice; readers see only one",
        ),
        ("[NB]: viktig", "1: this line defines the link 'nb', which no text uses, so readers do not see it"),
        (
            "[a]\n\n[a]: https://a.no\n[a]: https://b.no",
            "4: the link 'a' is defined twice, and only the first counts",
        ),
        ("[a]\n\n[a]: https://a.no 'Tittel'", "3: readers do not see the title 'Tittel' of a link"),
        ("1. A\n3. B", "2: the number 3 is typed, and readers see 2"),
        ("1. A\n1. B", "2: the number 1 is typed, and readers see 2"),
        ("20. Juli er fri\n21. August er fri", "1: '20. Juli er fri' may be a date or an item of a list"),
    ],
)
def test_what_readers_would_not_see_is_reported_with_its_line(source, problem):
    assert problem in _find_problems(source, "nb")


def test_a_list_is_reported_once():
    assert _find_problems("1. A\n1. B\n1. C\n\ntekst\n\n1. D\n1. E", "nb") == [
        "2: the number 1 is typed, and readers see 2",
        "8: the number 1 is typed, and readers see 2",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "person**opplysninger** og `kode` og [lenke](https://a.no/å?b=c&d)",
        "Se[^a] og ^[en merknad].\n\n[^a]: Merknaden.",
        "[siden][a] og [a]\n\n[a]: https://a.no",
        "<https://a.no> og <a@b.no> og &aring; og \\*stjerne\\*",
        "![logo *fin*](https://a.no/x.png) [![x](a.png)](https://a.no)",
        "{{ controller.name }}\n\n{{ table: retention }}",
        "## Tittel ##\n\n> Et sitat\n\n- a\n  - b\n\n| A | B |\n|---|---|\n| x | |",
        "A\n: b\n\n---\n\nmer\n\n```\nkode\n```",
        "<b>fet</b> <!-- kommentar -->",
    ],
)
def test_ordinary_markdown_has_no_problem(source):
    assert _find_problems(source, "nb") == []
