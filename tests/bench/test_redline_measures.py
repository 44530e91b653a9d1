"""Each measure of a redline page can be wrong: it changes with what it measures, and with nothing else."""

from __future__ import annotations

import math

import pytest

from bench.redline_measures import measure_redline
from bench.redline_pages import read_redline, read_version


def _measure(redline, old, new):
    article = f'<article class="redline" data-from="1.0" data-to="1.1">{redline}</article>'
    versions = (f'<article data-version="1.{n}">{html}</article>' for n, html in enumerate((old, new)))
    return measure_redline(read_redline(article), *map(read_version, versions))


def _wrap(*blocks, kind="changed", name="pets"):
    classes = f' class="{kind}"' if kind else ""
    return f'<section id="{name}"{classes}>{"".join(f"<p>{block}</p>" for block in blocks)}</section>'


OLD = _wrap("Dogs may sleep here.", "Cats stay outside.", kind="")
NEW = _wrap("Dogs may eat here.", "Cats stay outside.", kind="")
REDLINE = _wrap("Dogs may <del>sleep</del> <ins>eat</ins> here.", "Cats stay outside.")


def test_a_true_redline_in_numbers():
    found = _measure(REDLINE, OLD, NEW)
    assert (found.old_version, found.new_version, found.words) == ("1.0", "1.1", 14)
    assert (found.marked, found.fewest, found.ratio, found.untruth) == (2, 2, 1.0, "")
    assert (found.islands, found.marks, found.empty_marks, found.adjacent_marks) == (0, 2, 0, 0)
    assert (found.unchanged_words_seen, found.helper_words) == (6, 0)


@pytest.mark.parametrize(
    ("redline", "side"),
    [
        (REDLINE.replace("<ins>eat</ins>", "<ins>drink</ins>"), "without deletions"),
        (REDLINE.replace("<del>sleep</del>", "<del>sit</del>"), "without insertions"),
        (REDLINE.replace("<p>Cats stay outside.</p>", ""), "without deletions"),
        (REDLINE.replace("Cats", "<ins>Cats</ins>"), "without insertions"),
        (REDLINE.replace("Cats", "<del>Cats</del>"), "without deletions"),
        (REDLINE + "<p>Goodbye.</p>", "without deletions"),
    ],
)
def test_a_redline_with_other_words_than_its_versions_is_untrue(redline, side):
    assert _measure(redline, OLD, NEW).untruth.startswith(side)


def test_helpers_are_no_untruth():
    redline = REDLINE.replace("Cats", '<span class="helper">moved</span> Cats')
    found = _measure(redline, OLD, NEW)
    assert (found.untruth, found.helper_words, found.unchanged_words_seen) == ("", 1, 6)


_HOME = _wrap("We live by the sea.", kind="", name="home")
_NAMED_HOME = '<section class="same"><a href="../#home">Home</a></section>'


def test_a_named_section_stands_for_its_words():
    found = _measure(_NAMED_HOME + REDLINE, _HOME + OLD, _HOME + NEW)
    assert (found.untruth, found.marked, found.unchanged_words_seen) == ("", 2, 6)


def test_a_named_section_that_did_change_is_untrue():
    changed = _HOME.replace("sea", "lake")
    assert _measure(_NAMED_HOME + REDLINE, changed + OLD, _HOME + NEW).untruth.startswith(
        "without insertions"
    )
    assert "home" in _measure(_NAMED_HOME + REDLINE, OLD, NEW).untruth


def test_a_section_that_is_not_even_named_is_untrue():
    assert _measure(REDLINE, _HOME + OLD, _HOME + NEW).untruth.startswith("without deletions")


_MOVING, _STAYING = "Birds sing in the garden at dawn.", "Fish swim in the pond behind the house."
_MOVED_TO = '<p class="moved">Birds sing in the garden at <del>dawn.</del> <ins>dusk.</ins></p>'
_MOVED_FROM = f'<p class="moved"><del>{_MOVING}</del></p>'


def _move(redline):
    old, new = _wrap(_MOVING, _STAYING), _wrap(_STAYING, _MOVING.replace("dawn", "dusk"))
    return _measure(redline, old, new)


def test_a_moved_block_counts_once_with_the_words_inserted_in_it():
    found = _move(f'<section class="changed">{_MOVED_FROM}<p>{_STAYING}</p>{_MOVED_TO}</section>')
    assert (found.untruth, found.marked, found.fewest) == ("", 7 + 1, 7 + 1)


def test_a_block_that_is_deleted_and_inserted_without_being_moved_counts_twice():
    inserted = f"<p><ins>{_MOVING.replace('dawn', 'dusk')}</ins></p>"
    deleted = f"<p><del>{_MOVING}</del></p>"
    assert _move(f"<section>{deleted}<p>{_STAYING}</p>{inserted}</section>").marked == 14
    moved = inserted.replace("<p>", '<p class="moved">')
    assert _move(f"<section>{_MOVED_FROM}<p>{_STAYING}</p>{moved}</section>").marked == 7


def test_a_move_without_its_old_place_is_untrue():
    assert _move(f"<section><p>{_STAYING}</p>{_MOVED_TO}</section>").untruth.startswith("without insertions")


def test_a_move_that_hides_a_change_is_untrue():
    hidden = _MOVED_TO.replace("<del>dawn.</del> <ins>dusk.</ins>", "dawn.")
    redline = f"<section>{_MOVED_FROM}<p>{_STAYING}</p>{hidden}</section>"
    assert _move(redline).untruth.startswith("without deletions")


def test_marks_where_nothing_changed_have_no_ratio():
    found = _measure(REDLINE, OLD, OLD)
    assert (found.fewest, found.ratio) == (0, math.inf)
    assert _measure(OLD, OLD, OLD).ratio == 1.0


def test_another_text_is_one_that_shares_little():
    other = _wrap("Rain and wind tomorrow.", "Sun and snow today.")
    redline = _wrap(
        "<del>Dogs may sleep here.</del><ins>Rain and wind tomorrow.</ins>",
        "<del>Cats stay outside.</del> <ins>Sun and snow today.</ins>",
    )
    assert _measure(redline, OLD, other).is_other_text
    all_marked = _wrap(
        "<del>Dogs may sleep here. Cats stay outside.</del><ins>Dogs may eat here. Cats stay outside.</ins>"
    )
    assert not _measure(all_marked, OLD, NEW).is_other_text
    assert not _measure(REDLINE, OLD, NEW).is_other_text


@pytest.mark.parametrize(
    ("block", "islands"),
    [
        ("<del>a b c d</del> of the <ins>e f g h</ins>", 1),
        ("<del>a b</del> <ins>c d</ins> of <ins>e f g h</ins>", 1),
        ("<del>a b c d</del> of <ins>e f g h</ins> of <del>i j k l</del>", 2),
        ("<del>a b c d</del> of the one <ins>e f g h</ins>", 0),
        ("<del>a b c d</del> of the <ins>e f g</ins>", 0),
        ("of <del>a b c d</del>", 0),
        ("<del>a b c d</del></p><p>of</p><p><ins>e f g h</ins>", 0),
    ],
)
def test_an_island_is_a_word_or_two_between_longer_changes_of_a_block(block, islands):
    assert _measure(_wrap(block), OLD, NEW).islands == islands


def test_a_mark_is_empty_unless_it_has_a_word_or_a_footnote_number():
    hidden = '<span class="visually-hidden">added</span>'
    note = '<sup><a href="#note" data-number="1"></a></sup>'
    found = _measure(_wrap(f"<ins>{hidden} </ins><del></del><ins>a</ins><del>{note}</del>"), OLD, NEW)
    assert (found.empty_marks, found.marks) == (2, 2)


@pytest.mark.parametrize(
    ("block", "adjacent"),
    [
        ("<ins>a</ins> <ins>b</ins>", 1),
        ("<ins>a</ins><strong><ins>b</ins></strong><em><ins>c</ins></em>", 2),
        ('<del>a</del><span class="helper">gone</span> <del>b</del>', 1),
        ("<ins>a <em>b</em></ins>", 0),
        ("<ins>a</ins> and <ins>b</ins>", 0),
        ("<ins>a</ins> <del>b</del> <ins>c</ins>", 0),
        ("<ins>a</ins></p><p><ins>b</ins>", 0),
    ],
)
def test_adjacent_marks_are_two_of_a_kind_without_a_word_between_them(block, adjacent):
    assert _measure(_wrap(block), OLD, NEW).adjacent_marks == adjacent


def test_unchanged_words_are_seen_unless_they_are_collapsed_or_only_named():
    redline = (
        _wrap("Quiet words.", kind="same", name="a")
        + _wrap("Another form.", kind="form-changed", name="b")
        + _wrap(
            "One <ins>new</ins> word.", "<details><summary></summary><i>Two three.</i></details>", name="c"
        )
    )
    assert _measure(redline, OLD, NEW).unchanged_words_seen == 4


def test_a_page_without_anything_but_named_sections_has_no_change():
    assert not _measure(_wrap("Quiet words.", kind="same"), OLD, OLD).is_changed
    assert _measure(_wrap("Other form.", kind="form-changed"), OLD, OLD).is_changed


def test_helper_words_are_counted_seen_or_not():
    redline = _wrap(
        '<span class="helper">1 of 2</span> Dogs <i class="visually-hidden">added:</i> <ins>bark</ins>'
    )
    assert _measure(redline, OLD, NEW).helper_words == 4


def _write_change(number, total=3, *, more=""):
    links = "".join(
        f'<a href="#_change-{n}">{arrow}</a>'
        for n, arrow in ((number - 1, "←"), (number + 1, "→"))
        if 0 < n <= total
    )
    counter = f'<span class="helper">{number} of {total} {links}</span>'
    return f'<p id="_change-{number}">{counter} Dogs <ins>bark</ins> {more}</p><p>Silence.</p>'


def _find_lost(*parts):
    return _measure(f"<section>{''.join(parts)}</section>", OLD, NEW).lost_changes


THREE = [_write_change(n) for n in (1, 2, 3)]


def test_changes_with_counter_anchor_and_links_are_not_lost():
    assert _find_lost(*THREE) == ""
    assert _measure(_wrap("Nothing changed.", kind="same"), OLD, OLD).lost_changes == ""


def test_a_change_may_have_its_counter_after_its_words():
    after = [
        part.replace(" Dogs <ins>bark</ins> ", "").replace('"><span', '">Dogs <ins>bark</ins> <span')
        for part in THREE
    ]
    assert after != THREE
    assert _find_lost(*after) == ""


def test_deleted_and_inserted_neighbours_are_one_change():
    neighbours = "<p><del>Dogs bark.</del></p><p><ins>Cats purr.</ins></p>"
    first = _write_change(1).replace("<p>Silence.</p>", neighbours)
    assert _find_lost(first, *THREE[1:]) == ""
    assert _find_lost(first + "<p>Silence.</p>" + neighbours, *THREE[1:]) == "no counter before: Dogs bark."


def test_a_row_or_a_moved_list_has_one_counter():
    row = (
        _write_change(1)
        .replace("<p", "<table><tr><td", 1)
        .replace("</p>", "</td><td>Same</td><td><del>a</del></td></tr></table>", 1)
    )
    assert "<del>" in row
    assert _find_lost(row, *THREE[1:]) == ""
    items = '<ul><li class="moved">Same</li><li class="moved">More <ins>bark</ins></li></ul>'
    first = _write_change(1).replace("<p>Silence.</p>", items)
    assert _find_lost(first, *THREE[1:]) == ""
    assert _find_lost(first.replace("moved", "x"), *THREE[1:]) == "no counter before: More bark"


def test_changes_of_a_link_or_of_the_form_have_no_mark():
    unmarked = [_write_change(n).replace("<ins>bark</ins>", "bark") for n in (1, 3)]
    redline = f"<section>{unmarked[0]}{THREE[1]}{unmarked[1]}</section>"
    assert _measure(redline, OLD, NEW).unmarked_changes == 2
    assert _measure(f"<section>{''.join(THREE)}</section>", OLD, NEW).unmarked_changes == 0


@pytest.mark.parametrize(
    "parts",
    [
        ["<p>Dogs <ins>bark</ins></p>"],
        ["<p>Only the form changed.</p>"],
        [THREE[0], THREE[2]],
        [THREE[0], THREE[1], THREE[1]],
        [THREE[0].replace("_change-2", "_elsewhere"), *THREE[1:]],
        [THREE[0], THREE[1].replace('id="_change-2"', ""), THREE[2]],
        [THREE[0], THREE[1].replace("of 3", "of 4"), THREE[2]],
        [THREE[0], THREE[1].replace('href="#_change-1"', 'href="#_change-3"'), THREE[2]],
        ["<p><del>Before</del> all.</p>", *THREE],
        [*THREE, "<p>And <ins>after</ins>.</p>"],
    ],
)
def test_a_change_without_counter_anchor_or_links_is_lost(parts):
    assert _find_lost(*parts)
