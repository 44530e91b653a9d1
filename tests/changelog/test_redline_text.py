"""Redlines as lines of text, as `diff` prints them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changelog.redline_forms import FormChange
from changelog.redline_helpers import HelperWords
from changelog.redline_sections import RedlineKind
from changelog.redline_text import MarkSigns, format_changed_lines
from policy.blocks import Block, TextRun
from tests.changelog.test_before_after import create_redline, leaf, row, run

WORDS = HelperWords(
    moved_here="[hit]",
    moved_away="[herfra]",
    link_changed="[går til {new} (før: {old})]",
    link_added="[ny lenke: {new}]",
    link_removed="[fjernet: {old}]",
    forms=dict.fromkeys(FormChange, "form"),
)


def list_lines(*blocks, **more) -> list[str]:
    return list(format_changed_lines(create_redline(*blocks, **more), WORDS))


@pytest.mark.parametrize(
    ("runs", "line"),
    [
        (
            (run("Vi "), run("tar", "del"), run(" "), run("får", "ins"), run(" navn.")),
            "Vi [-tar-] {+får+} navn.",
        ),
        (
            (run("Les "), run("vilkårene", href="https://b.no/", former_href="https://a.no/"), run(".")),
            "Les vilkårene [går til https://b.no/ (før: https://a.no/)].",
        ),
        ((run("Les "), run("vilkårene", href="#b", former_href="")), "Les vilkårene [ny lenke: #b]"),
        ((run("Les "), run("vilkårene", former_href="#a")), "Les vilkårene [fjernet: #a]"),
        ((run("Les "), run("alt", "ins", href="https://b.no/")), "Les {+alt <https://b.no/>+}"),
        (
            (run("Vi "), run("ja", "ins"), run("1", "footnote", href="#n"), run(" "), run("nei", "ins")),
            "Vi {+ja nei+}",
        ),
    ],
)
def test_a_line_has_the_words_and_what_no_word_tells(runs, line):
    assert list_lines(leaf("p", *runs)) == [line]


def test_one_insertion_is_one_mark_across_emphasis():
    words = (TextRun("Vi", marks=("ins", "strong")), run(" "), run("lagrer", "ins"))
    assert list_lines(leaf("p", *words)) == ["{+Vi lagrer+}"]


def test_a_row_is_one_line():
    changed = row((run("E-post"),), (run("1", "del"), run("2", "ins"), run(" år")), (run("Nei"),))
    gone = row(*((run(text, "del"),) for text in ("Bilde", "3 år", "Nei")))
    assert list_lines(gone, changed) == ["[-Bilde | 3 år | Nei-]", "E-post | [-1-]{+2+} år | Nei"]


def test_a_sign_of_the_policy_between_marks_keeps_no_mark():
    assert list_lines(leaf("p", run("a", "ins"), run(" | "), run("b", "ins"))) == ["{+a+} | {+b+}"]


def test_a_moved_block_says_so_at_both_places():
    text = "Vi lagrer opplysninger om deg i 2 år etter at du sluttet."
    away = leaf("p", run(text, "del"), moved="away", move="1")
    here = leaf(
        "p",
        run("Vi lagrer opplysninger om deg i "),
        run("2", "del"),
        run("9", "ins"),
        run(" år etter at du sluttet."),
        moved="here",
        move="1",
    )
    assert list_lines(away, leaf("p", run("Kontakt oss.")), here) == [
        "[herfra] [-Vi lagrer opplysninger om deg i 2 år …-]",
        "[hit] Vi lagrer opplysninger om deg i [-2-]{+9+} år etter at du sluttet.",
    ]


def test_a_list_that_moved_says_so_of_each_item():
    away, here = (
        Block(
            "ul",
            (leaf("li", run("Navn", mark)), leaf("li", run("Alder", mark))),
            attrs=(("moved", place), ("move", "1")),
        )
        for place, mark in (("away", "del"), ("here", ""))
    )
    assert list_lines(away, leaf("p", run("Kontakt oss.")), here) == [
        "[herfra] [-Navn …-]",
        "[hit] Navn",
        "[hit] Alder",
    ]


def test_another_form_says_so():
    assert list_lines(leaf("p", run("Navn"), form="bold")) == ["[form] Navn"]


def test_a_section_that_left_has_no_lines_here():
    redline = create_redline(leaf("p", run("Navn", "del")), title=(run("Lagring", "del"),))
    assert list(format_changed_lines(replace(redline, kind=RedlineKind.MOVED_AWAY), WORDS)) == []


def test_words_of_helpers_are_escaped_as_all_others():
    signs = MarkSigns(("~~", "~~"), ("**", "**"), lambda text: text.replace("[", "\\["))
    redline = create_redline(leaf("p", run("Navn"), form="bold"))
    assert list(format_changed_lines(redline, WORDS, signs)) == ["\\[form] Navn"]
