"""Judges a page of changes: truth, what is collapsed, the way from change to change, before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from tests.redline.expectations import Expected
from tests.redline.judgements import describe_unit
from tests.redline.redline_html import RedlineHtml, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COUNTER = re.compile(r"\b(\d+) (?:of|av) (\d+)\b")
_HEADINGS = {"h3", "h4", "h5", "h6"}


@dataclass
class Pages:
    """The article of a page of changes, and those of the two versions."""

    redline: RedlineHtml
    old: RedlineHtml
    new: RedlineHtml
    html: str


def judge_truth(pages: Pages, *, keeps_units: bool) -> Iterator[str]:
    """Complain unless the redline is the new text without deletions, the old one without insertions."""
    printed = {unit.section for unit in pages.redline.units if not _is_named_only(pages.redline, unit)}
    old, new = _list_sections(pages.old), _list_sections(pages.new)
    for section in new:
        if section.id_ not in printed:
            # An id that changed silently is nothing that a reader sees.
            same = [each for each in old if each.texts == section.texts]
            if not same:
                yield f"section {section.id_} printed, as it changed"
                return
            old.remove(next((each for each in same if each.id_ == section.id_), same[0]))
    shown = [unit for unit in pages.redline.units if not _is_named_only(pages.redline, unit)]
    here = _find_new_places(shown)
    after = [unit.new for unit in shown if unit.new]
    before = [unit.old for unit in shown if unit.old and unit.moved not in here]
    wanted = [text for each in new if each.id_ in printed for text in each.texts]
    yield from _compare("new", wanted, after, keeps_units=True)
    wanted = [text for each in old for text in each.texts]
    yield from _compare("old", wanted, before, keeps_units=keeps_units)


@dataclass(frozen=True)
class _Section:
    id_: str
    texts: tuple[str, ...]


def _list_sections(page: RedlineHtml) -> list[_Section]:
    return [
        _Section(name, tuple(unit.text for unit in units))
        for name, units in groupby(page.units, key=lambda unit: unit.section)
    ]


def _is_named_only(redline: RedlineHtml, unit: Unit) -> bool:
    """Whether a unit belongs to a section that is unchanged, and perhaps only named."""
    return not unit.section or "same" in redline.sections.get(unit.section, "").split()


def _find_new_places(units: Sequence[Unit]) -> set[int]:
    """Return the elements of what moved that stand at the new place: not all of their words are deleted."""
    return {unit.moved for unit in units if unit.moved and unit.new}


def _compare(name: str, wanted: list[str], found: list[str], *, keeps_units: bool) -> Iterator[str]:
    if not keeps_units:
        wanted, found = " ".join(wanted).split(), " ".join(found).split()
    elif name == "old":
        # Of few words, one text may look like several others: then it is split or joined in the redline.
        found = list(_regroup(wanted, found))
    if wanted == found:
        return
    pairs = enumerate(zip(wanted, found, strict=False))
    place = next((n for n, (a, b) in pairs if a != b), min(len(wanted), len(found)))
    shown = [texts[place] if place < len(texts) else "" for texts in (wanted, found)]
    yield f"the {name} text: {shown[0][:90]!r}; found {shown[1][:90]!r} ({len(wanted)}, {len(found)} units)"


def _regroup(wanted: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    """Yield the texts found, those joined that are one wanted text, those divided that are several of them.

    No word may stand in part of one wanted text and in part of another.
    """
    waiting = list(wanted)
    texts = list(found)
    while texts:
        text = texts.pop(0)
        whole = waiting[0] if waiting else text
        while texts and text != whole and f"{whole} ".startswith(f"{text} {texts[0]} "):
            text = f"{text} {texts.pop(0)}"
        parts = [text]
        while len(waiting) > 1 and parts[-1] != waiting[0] and parts[-1].startswith(f"{waiting[0]} "):
            parts[-1:] = [waiting[0], parts[-1].removeprefix(f"{waiting[0]} ")]
            waiting.pop(0)
        if waiting:
            waiting.pop(0)
        yield from parts


def judge_cells(pages: Pages) -> Iterator[str]:
    """Complain unless each row is, cell by cell, new without deletions and old without insertions.

    Columns may come and go, so cells without words are no cells.
    """
    shown = [unit for unit in pages.redline.units if not _is_named_only(pages.redline, unit)]
    here = _find_new_places(shown)
    for name, page, without in (("new", pages.new, "del"), ("old", pages.old, "ins")):
        rows = [unit for unit in shown if unit.tag == "tr" and not (name == "old" and unit.moved in here)]
        known = [unit.list_cells() for unit in page.units if unit.tag == "tr"]
        for cells in filter(None, (row.list_cells(without) for row in rows)):
            if cells not in known:
                yield f"the {name} cells of a row; found {cells}"
                return
            known.remove(cells)


def judge_collapsing(pages: Pages) -> Iterator[str]:
    """Complain if a mark, or a heading above one, is collapsed."""
    heading: Unit | None = None
    for unit in pages.redline.units:
        if unit.tag in _HEADINGS:
            heading = unit
        elif unit.tag == "h2":
            heading = None
        if not (unit.is_marked or (unit.moved and not unit.is_carried)):
            continue
        if unit.is_collapsed:
            yield f"no mark collapsed; found {describe_unit(unit)}"
        if heading and heading.is_collapsed:
            yield f"no heading above a mark collapsed; found {heading.text} above {describe_unit(unit)}"


def judge_empty_marks(pages: Pages) -> Iterator[str]:
    """Complain about marks without a word, and hidden text that stands more than once a change."""
    if pages.redline.empty_marks:
        yield f"no empty marks; found {len(pages.redline.empty_marks)} {pages.redline.empty_marks[0]}"
    for unit in pages.redline.units:
        hidden = sum(helper.is_hidden for helper in unit.helpers)
        changes = count_marked_places(unit)
        if hidden > changes + bool(unit.moved):
            yield f"hidden text {changes} times; found {hidden} in {describe_unit(unit)}"
            return


def count_marked_places(unit: Unit) -> int:
    """Return how many places of a unit are marked; deleted and inserted words beside each other are one."""
    return sum(
        marked
        for cell in unit.split_cells()
        for marked, _ in groupby(bool(piece.mark) for piece in cell if piece.text.strip())
    )


def judge_counters(pages: Pages, expected: Sequence[Expected]) -> Iterator[str]:
    """Complain unless each change has its number of all, an anchor, and links to its neighbours."""
    found = [
        (helper, *map(int, match.groups()))
        for helper in pages.redline.helpers
        if (match := _COUNTER.search(helper.text))
    ]
    if not found:
        if sum(unit.is_marked for unit in pages.redline.units) > 1 or expected:
            yield "a counter such as “1 of 2” at each change; found none"
        return
    numbers = [number for _, number, _ in found]
    totals = {total for _, _, total in found}
    if numbers != list(range(1, len(found) + 1)) or totals != {len(found)}:
        yield f"counters 1 to {len(found)} of {len(found)}; found {numbers} of {totals}"
        return
    yield from _find_changes_without_counter(pages.redline.units)
    ids = set(pages.redline.ids)
    for helper, number, total in found:
        targets = [address[1:] for address in helper.addresses if address.startswith("#")]
        wanted = (number > 1) + (number < total)
        if len(targets) < wanted or any(target not in ids for target in targets):
            yield f"links to {wanted} neighbours at change {number} of {total}; found {helper.addresses}"
            return


def _find_changes_without_counter(units: Sequence[Unit]) -> Iterator[str]:
    """Complain about a change without a counter: a unit, a run of new and deleted ones, a place of a move."""
    places: set[int] = set()
    is_run = False
    for unit in units:
        is_whole = unit.is_marked and all(mark for mark, _ in unit.list_stretches())
        is_first_of_move = bool(unit.moved) and unit.moved not in places
        places.add(unit.moved)
        inside = unit.moved and not is_first_of_move
        starts = is_first_of_move or (not inside and is_whole and not is_run)
        is_run = is_whole and not unit.moved
        changed = unit.is_marked and not is_whole and not (unit.moved and not unit.is_carried)
        if (starts or changed) and not any(_COUNTER.search(helper.text) for helper in unit.helpers):
            yield f"a counter at {describe_unit(unit)}"
            return
