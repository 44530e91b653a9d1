"""What stood before a change and what stands after it, in plain words."""

from __future__ import annotations

import pytest

from changelog.before_after import list_text_pairs
from changelog.redline_sections import RedlineKind, SectionRedline
from policy.blocks import Block, TextRun
from policy.document import RenderedSection


def run(text: str, mark: str = "", **more: str) -> TextRun:
    return TextRun(text, marks=(mark,) if mark else (), **more)


def leaf(tag: str, *runs: TextRun, **attrs: str) -> Block:
    return Block(tag, runs=runs, attrs=tuple(attrs.items()))


def row(*cells: tuple[TextRun, ...]) -> Block:
    return Block("tr", tuple(leaf("td", *cell) for cell in cells))


def create_redline(*blocks: Block, title: tuple[TextRun, ...] = (TextRun("Lagring"),)) -> SectionRedline:
    section = RenderedSection("lagring", 1, "Lagring", "nb", (), ())
    return SectionRedline(section, RedlineKind.CHANGED, title, blocks)


def list_sides(*blocks: Block) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(pair.before, pair.after) for pair in list_text_pairs(create_redline(*blocks))]


@pytest.mark.parametrize(
    ("runs", "before", "after"),
    [
        (
            (run("Vi lagrer i "), run("1", "del"), run("2", "ins"), run(" år.")),
            "Vi lagrer i 1 år.",
            "Vi lagrer i 2 år.",
        ),
        (
            (
                run("Les "),
                run("vilkårene", href="https://b.no/", former_href="https://a.no/"),
                run(" først."),
            ),
            "Les vilkårene <https://a.no/> først.",
            "Les vilkårene <https://b.no/> først.",
        ),
        (
            (run("Les "), run("vilkårene", href="https://b.no/", former_href=""), run(" først.")),
            "Les vilkårene først.",
            "Les vilkårene <https://b.no/> først.",
        ),
        (
            (run("Les "), run("vilkårene", former_href="https://a.no/"), run(" først.")),
            "Les vilkårene <https://a.no/> først.",
            "Les vilkårene først.",
        ),
        (
            (
                run("våre", "del", href="https://a.no/"),
                run("de nye", "ins", href="https://b.no/"),
                run(" vilkårene", href="https://b.no/", former_href="https://a.no/"),
            ),
            "våre vilkårene <https://a.no/>",
            "de nye vilkårene <https://b.no/>",
        ),
        (
            (run("Vi "), run("deler", "ins"), run("1", "footnote", href="#note-1"), run(" navn.")),
            "Vi navn.",
            "Vi deler navn.",
        ),
    ],
)
def test_each_side_has_its_own_words_and_the_targets_of_links_that_changed(runs, before, after):
    assert list_sides(leaf("p", *runs)) == [((before,), (after,))]


def test_a_table_row_is_one_pair():
    changed = row((run("E-post"),), (run("1", "del"), run("2", "ins"), run(" år")), (run("Nei"),))
    same = row((run("Navn"),), (run("3 år"),), (run("Ja"),))
    gone = row(*((run(text, "del"),) for text in ("Bilde", "3 år", "Nei")))
    table = Block("table", (Block("tbody", (same, gone, changed)),))
    assert list_sides(table) == [
        (("Bilde | 3 år | Nei",), ()),
        (("E-post | 1 år | Nei",), ("E-post | 2 år | Nei",)),
    ]


def test_a_column_that_is_gone_leaves_no_empty_cell():
    cells = ((run("Navn"),), (run("Ja", "del"),), (run("3 år"),))
    assert list_sides(row(*cells)) == [(("Navn | Ja | 3 år",), ("Navn | 3 år",))]


def test_nothing_stands_beside_additions_and_deletions_alone():
    old, new = leaf("p", run("Vi selger data.", "del")), leaf("p", run("Vi deler intet.", "ins"))
    kept = leaf("p", run("Skriv til oss."))
    assert list_sides(old, new) == [(("Vi selger data.",), ("Vi deler intet.",))]
    assert list_sides(old, kept, new) == [(("Vi selger data.",), ()), ((), ("Vi deler intet.",))]
    assert list_sides(old, old) == [(("Vi selger data.",) * 2, ())]
    assert list_sides(old, old, new) == [(("Vi selger data.",) * 2, ("Vi deler intet.",))]


def test_a_moved_block_pairs_with_itself():
    here = leaf(
        "p", run("Vi lagrer i "), run("2", "del"), run("9", "ins"), run(" år."), moved="here", move="1"
    )
    away = leaf("p", run("Vi lagrer i 2 år.", "del"), moved="away", move="1")
    redline = create_redline(away, leaf("p", run("Kontakt oss.")), here)
    (pair,) = list_text_pairs(redline)
    assert pair == (("Vi lagrer i 2 år.",), ("Vi lagrer i 9 år.",), True, False, "", False)


def test_a_block_that_was_split_was_one_line():
    first = leaf("p", run("Vi lagrer navn."), form="split")
    rest = leaf("p", run("Vi lagrer "), run("også", "ins"), run(" alder."), continues="true")
    (pair,) = list_text_pairs(create_redline(first, rest))
    assert pair.before == ("Vi lagrer navn. Vi lagrer alder.",)
    assert pair.after == ("Vi lagrer navn.", "Vi lagrer også alder.")
    assert pair.forms == "split"


def test_a_title_is_a_pair_of_its_own():
    title = (run("Lagring", "del"), run(" "), run("Sletting", "ins"))
    (pair,) = list_text_pairs(create_redline(title=title))
    assert (pair.before, pair.after) == (("Lagring",), ("Sletting",))
