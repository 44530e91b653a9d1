"""Blocks as HTML: where hidden words go, and what leads to a footnote and back."""

from __future__ import annotations

import re

from policy.blocks import LABEL_KEYS, Block, TextRun, render_html
from policy.markdown import parse_markdown

_LABELS = dict.fromkeys(LABEL_KEYS, "x") | {"moved-here": "moved here"}


def test_a_moved_list_says_so_in_its_first_item_and_not_beside_its_items():
    moved = Block(
        "ul",
        (Block("li", runs=(TextRun("one"),)), Block("li", runs=(TextRun("two"),))),
        (),
        (("moved", "moved-here"),),
    )
    assert render_html((moved,), _LABELS) == (
        '<ul class="moved"><li><span class="visually-hidden">[moved here] </span>one</li><li>two</li></ul>'
    )


def test_a_moved_row_says_so_in_its_first_cell():
    row = Block("tr", (Block("td", runs=(TextRun("one"),)),), (), (("moved", "moved-here"),))
    assert "<td><span" in render_html((row,), _LABELS)


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
