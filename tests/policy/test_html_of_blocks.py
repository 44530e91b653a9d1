"""Blocks as HTML: what shares an element, where helper words go, and what leads to a footnote and back."""

from __future__ import annotations

import re

import pytest

from policy.blocks import LABEL_KEYS, Block, TextRun, render_html
from policy.markdown import parse_markdown

_LABELS = dict.fromkeys(LABEL_KEYS, "x")


def create_run(text: str, *marks: str, href: str = "") -> TextRun:
    return TextRun(text, href, marks)


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        (
            [create_run("x ", "ins"), create_run("y", "ins", "strong"), create_run(" z", "ins")],
            "<ins>x <strong>y</strong> z</ins>",
        ),
        (
            [create_run("see ", "del"), create_run("us", "del", href="/a"), create_run(".", "del")],
            '<del>see <a href="/a">us</a>.</del>',
        ),
        (
            [create_run("x", "ins"), create_run(" "), create_run("y", "ins", "em"), create_run(" z")],
            "<ins>x <em>y</em></ins> z",
        ),
        ([create_run("x", "del"), create_run(" "), create_run("y", "ins")], "<del>x</del> <ins>y</ins>"),
        ([create_run("x"), create_run(" ", "ins"), create_run("", "del"), create_run("y")], "x y"),
        ([create_run("x", "ins"), create_run("", "ins"), create_run(" ", "ins")], "<ins>x</ins> "),
        (
            [create_run("to", "helper", href="#a"), create_run(" ", "helper"), create_run(" x")],
            '<span class="helper"><a href="#a">to</a> </span> x',
        ),
        ([create_run("[new:] ", "visually-hidden")], '<span class="visually-hidden">[new:] </span>'),
    ],
)
def test_neighbours_with_one_mark_share_an_element_and_none_is_empty(runs, shown):
    assert render_html([Block("p", runs=tuple(runs))], _LABELS) == f"<p>{shown}</p>"


def test_a_footnote_that_is_inserted_alone_is_marked():
    (leaf, _) = parse_markdown("One[^a].\n\n[^a]: A note.\n", "deling")
    runs = tuple(TextRun(run.text, run.href, ("ins", *run.marks)) for run in leaf.runs if run.marks)
    assert render_html([Block("p", runs=runs)], _LABELS).startswith('<p><ins><sup id="deling-ref-1">')


def test_what_is_said_of_code_goes_before_it():
    code = Block("pre", runs=(create_run("moved", "helper"), create_run("a\n"), create_run("b", "ins")))
    assert '<pre><span class="helper">moved</span><code>a\n<ins>b</ins></code></pre>' in render_html(
        [code], _LABELS
    )


def test_a_bare_text_with_attributes_has_an_element():
    assert render_html([Block("text", runs=(TextRun("a"),), attrs=(("id", "x"),))], _LABELS) == (
        '<span id="x">a</span>'
    )


def test_only_a_footnote_has_a_link_back():
    items = (Block("li", runs=(TextRun("a"),), attrs=(("id", "_moved-a"),)),)
    assert render_html([Block("ul", items)], _LABELS) == '<ul><li id="_moved-a">a</li></ul>'


def test_a_footnote_referenced_twice_has_one_link_back():
    page = render_html(parse_markdown("One[^a] and two[^a].\n\n[^a]: A note.\n", "deling"), _LABELS)
    ids = re.findall(r'id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert page.count('href="#deling-note-1"') == 2
    assert 'href="#deling-ref-1"' in page
    assert "deling-ref-1" in ids


def test_code_is_reachable_by_keyboard_since_it_scrolls():
    assert render_html(parse_markdown("```\nx\n```\n"), _LABELS).startswith(
        '<div class="scroll" tabindex="0" role="group"'
    )
