"""What letters and feeds show of a section: what changed, and what it stands in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changelog.redline_excerpts import select_changes, select_short_changes
from changelog.redline_sections import RedlineKind
from policy.blocks import Block, render_text
from tests.changelog.test_before_after import create_redline, leaf, row, run


def box(tag: str, *children: Block, **attrs: str) -> Block:
    return Block(tag, children, attrs=tuple(attrs.items()))


def same(tag: str, text: str) -> Block:
    return leaf(tag, run(text))


def changed(tag: str, text: str) -> Block:
    return leaf(tag, run(text), run(" mer", "ins"))


def gone(tag: str, text: str) -> Block:
    return leaf(tag, run(text, "del"))


def list_lines(*blocks: Block) -> list[str]:
    return render_text(select_changes(create_redline(*blocks)).blocks).replace("\n\n", "\n").split("\n")


@pytest.mark.parametrize(
    ("blocks", "lines"),
    [
        ((same("p", "En"), changed("p", "To"), same("p", "Tre")), ["To mer"]),
        (
            (
                same("h3", "A"),
                same("h4", "B"),
                same("h3", "C"),
                same("h4", "D"),
                same("h5", "E"),
                same("h4", "F"),
                changed("p", "En"),
                changed("p", "To"),
            ),
            ["C", "F", "En mer", "To mer"],
        ),
        ((box("ul", same("li", "En"), changed("li", "To")),), ["To mer"]),
        (
            (box("ol", same("li", "En"), gone("li", "To"), same("li", "Tre"), changed("li", "Fire")),),
            ["2. To", "3. Fire mer"],
        ),
        ((box("ol", same("li", "En"), changed("li", "To"), start="5"),), ["6. To mer"]),
        (
            (
                box(
                    "ul",
                    box(
                        "li",
                        same("text", "Navn"),
                        box("ul", same("li", "Fornavn"), changed("li", "Etternavn")),
                    ),
                ),
            ),
            ["Navn", "Etternavn mer"],
        ),
        (
            (
                box(
                    "dl",
                    same("dt", "A"),
                    same("dd", "En"),
                    same("dt", "B"),
                    same("dd", "To"),
                    changed("dd", "Tre"),
                ),
            ),
            ["B", "Tre mer"],
        ),
    ],
)
def test_what_changed_keeps_what_it_stands_in(blocks, lines):
    assert list_lines(*blocks) == lines


def test_a_row_keeps_the_heading_of_its_table():
    head = box("thead", row((run("Hva"),), (run("Hvor lenge"),)))
    rows = (row((run("Navn"),), (run("1 år"),)), row((run("Alder"),), (run("2", "ins"), run(" år"))))
    assert list_lines(box("table", head, box("tbody", *rows))) == ["Hva\tHvor lenge", "Alder\t2 år"]


def test_an_old_place_may_be_cut_to_its_first_words():
    text = "Vi lagrer opplysninger om deg i 2 år etter at du sluttet."
    away = leaf("p", run(text, "del"), moved="away", move="1")
    assert render_text(select_changes(create_redline(away)).blocks) == text
    (block,) = select_short_changes(create_redline(away)).blocks
    assert render_text((block,)) == "Vi lagrer opplysninger om deg i 2 år …"
    assert block.attrs == (("moved", "away"), ("move", "1"))


def test_of_a_moved_list_each_item_moved():
    moved = box("ul", same("li", "Navn"), same("li", "Alder"), moved="here", move="1")
    (block,) = select_changes(create_redline(moved)).blocks
    assert block.attrs == ()
    assert [dict(item.attrs) for item in block.children] == [
        {"moved": "here", "move": "1"},
        {"moved": "here"},
    ]


def test_of_a_section_that_left_only_the_title_stands():
    redline = create_redline(gone("p", "Navn"), title=(run("Lagring", "del"),))
    title, blocks = select_short_changes(replace(redline, kind=RedlineKind.MOVED_AWAY))
    assert (render_text((title,)), title.attrs, blocks) == ("Lagring", (("moved", "away"),), ())
