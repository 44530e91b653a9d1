"""How a summary is cut: between sentences, never inside of one, and never inside of a list."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.note_leads import find_room, find_sentence_starts, split_summary
from generator.notice_lines import list_notice_lines
from policy.blocks import Block, TextRun, extract_words, render_prose


def paragraph(text: str) -> Block:
    return Block("p", runs=(TextRun(text),))


def bullets(*texts: str) -> Block:
    return Block("ul", tuple(Block("li", (Block("text", runs=(TextRun(text),)),)) for text in texts))


def split_sentences(text: str, locale: str = "nb") -> list[str]:
    starts = [0, *find_sentence_starts(text, locale), len(text)]
    return [text[start:end].strip() for start, end in pairwise(starts)]


@pytest.mark.parametrize(
    ("locale", "sentences"),
    [
        (
            "nb",
            ["Fra 20. februar 2026 deler vi f.eks. navn.", "Vi sletter dem i 2027.", "Ja!", "Nei?", "OK."],
        ),
        ("nb", ["Se art. 13 nr. 1 og kl. 1230.", "Ring tlf. 22 00 00 00 til A. Hansen i Bl.a. AS."]),
        ("nb", ["Vi deler med USA.", "«Det er nytt.»", "Ærlig talt (se § 3).", "3 år er lenge …", "Slutt"]),
        ("nn", ["Gjeld frå 1. Mai 2026.", "Vi lagrar m.a. Namn."]),
        ("en", ["We use Acme Inc. of the U.S. now, e.g. Their cloud.", "See approx. 5 pages.", "Thanks"]),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(locale, sentences):
    assert split_sentences(" ".join(sentences), locale) == sentences


def test_the_first_sentences_are_those_that_the_limits_allow():
    summary = [paragraph("One two. Three four five."), paragraph("Six seven.")]
    lead, rest = split_summary(summary, "en", word_limit=6)
    assert (render_prose(lead), render_prose(rest)) == ("One two. Three four five.", "Six seven.")
    lead, rest = split_summary(summary, "en", sentence_limit=1)
    assert (render_prose(lead), render_prose(rest)) == ("One two.", "Three four five.\nSix seven.")
    lead, rest = split_summary(summary, "en", word_limit=0, least=0)
    assert (lead, render_prose(rest)) == ((), render_prose(summary))
    lead, rest = split_summary(summary, "en")
    assert (render_prose(lead), rest) == (render_prose(summary), ())


def test_a_list_goes_with_the_sentence_that_leads_to_it():
    summary = [paragraph("One. We share:"), bullets("your name", "your address"), paragraph("Three. Four.")]
    lead, _ = split_summary(summary, "en", sentence_limit=3)
    assert render_prose(lead) == "One. We share:\nyour name\nyour address\nThree."
    lead, _ = split_summary(summary, "en", sentence_limit=1)
    assert render_prose(lead) == "One."
    sentences = [paragraph("One. We share:"), bullets("It is new.", "It is old.", "It is gone.")]
    lead, _ = split_summary(sentences, "en", sentence_limit=3)
    assert render_prose(lead) == "One."


def test_there_is_room_for_what_a_listener_hears_before_the_first_thing_to_do():
    action = [paragraph("What you can do"), paragraph("Object. Or leave.")]
    assert find_room(("one two", "three"), action, "en") == 60 - 3 - 4 - 1
    assert find_room(("word " * 80,), action, "en") == 0


_TEXTS = st.text("ab.!?: «»1\n", min_size=1, max_size=60)


@given(
    st.lists(
        st.one_of(_TEXTS.map(paragraph), st.lists(_TEXTS, min_size=1, max_size=3).map(lambda t: bullets(*t)))
    ),
    st.integers(0, 12),
    st.integers(0, 4),
)
def test_no_word_is_lost_or_added(summary, word_limit, sentence_limit):
    lead, rest = split_summary(summary, "nb", word_limit=word_limit, sentence_limit=sentence_limit)
    assert extract_words((*lead, *rest)) == extract_words(summary)


def test_lines_keep_numbers_nesting_and_rows():
    inner = Block("ol", tuple(Block("li", runs=(TextRun(text),)) for text in "xy"), attrs=(("start", "4"),))
    item = Block("li", (paragraph("two"), inner, paragraph("more of two")))
    cells = tuple(Block("td", runs=(TextRun(text),)) for text in ("left", "right"))
    blocks = [
        paragraph("Intro"),
        Block("ul", (Block("li", runs=(TextRun("one"),)), item)),
        Block("table", (Block("tbody", (Block("tr", cells),)),)),
        Block("hr"),
    ]
    assert [(line["text"], line["item"], line["depth"]) for line in list_notice_lines(blocks)] == [
        ("Intro", None, 0),
        ("one", "-", 1),
        ("two", "-", 1),
        ("x", "4.", 2),
        ("y", "5.", 2),
        ("more of two", None, 1),
        ("left | right", None, 0),
    ]
