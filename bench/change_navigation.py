"""How a reader goes from change to change on a page: a counter, an anchor and links for each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from bench.redline_pages import Page

_COUNTER = re.compile(r"(?<!\S)(\d+) \w+ (\d+)(?!\S)")  # "3 of 12", "3 av 12"


@dataclass(frozen=True, slots=True)
class _Counter:
    """The text "3 of 12" of a change; `first` and `last` number the pieces of the helper it stands in."""

    number: int
    total: int
    block: int
    first: int
    last: int


def count_unmarked_changes(redline: Page) -> int:
    """Return how many changes have a counter and no mark before the next one's."""
    starts = (counter.first for counter in _iter_counters(redline))
    return sum(
        not any(piece.mark and piece.text.strip() for piece in redline.pieces[start:end])
        for start, end in pairwise([*starts, len(redline.pieces)])
    )


def find_lost_changes(redline: Page) -> str:
    """Return why a reader cannot go from each change to its neighbours; nothing if they can."""
    counters = [*_iter_counters(redline)]
    if not counters:
        is_unchanged = all(section.is_named for section in redline.sections)
        return "" if is_unchanged else "no change has a counter"
    total = counters[-1].total
    if [(counter.number, counter.total) for counter in counters] != [(n, total) for n in range(1, total + 1)]:
        return f"counters {[(counter.number, counter.total) for counter in counters]}"
    changes_by_anchor = _map_anchors_to_changes(redline, counters)
    for counter in counters:
        linked = {
            changes_by_anchor.get(target.removeprefix("#"))
            for target, position in redline.helper_links
            if target.startswith("#") and counter.first <= position <= counter.last
        }
        neighbours = {counter.number - 1, counter.number + 1} - {0, total + 1}
        if missing := neighbours - linked:
            return f"change {counter.number} does not link to {sorted(missing)}"
    return _find_mark_without_change(redline, counters)


def _iter_counters(redline: Page) -> Iterator[_Counter]:
    numbered = [(n, piece) for n, piece in enumerate(redline.pieces) if piece.is_helper or piece.text.strip()]
    for (is_helper, block), group in groupby(numbered, key=lambda item: (item[1].is_helper, item[1].block)):
        pieces = [*group]
        text = " ".join(" ".join(piece.text for _, piece in pieces).split())
        for found in _COUNTER.finditer(text) if is_helper else ():
            yield _Counter(int(found[1]), int(found[2]), block, pieces[0][0], pieces[-1][0])


def _map_anchors_to_changes(redline: Page, counters: Sequence[_Counter]) -> Mapping[str, int]:
    """Return for each id the change that begins there: the first whose counter is not before the id."""
    return {
        anchor: counter.number
        for anchor, position in redline.anchors.items()
        for counter in counters
        if counter.last >= position and (counter.number == 1 or counters[counter.number - 2].last < position)
    }


def _find_mark_without_change(redline: Page, counters: Sequence[_Counter]) -> str:
    """Return the first marked words that do not belong to a change with a counter.

    A block or table row without a counter of its own continues the change before it, unless one that is
    neither marked nor moved is between them.
    """
    counted = {counter.block for counter in counters}
    is_counted = False
    for _, group in groupby(
        redline.pieces, key=lambda piece: ("row", piece.row) if piece.row >= 0 else ("block", piece.block)
    ):
        pieces = [*group]
        own = [piece for piece in pieces if piece.text.strip() and not piece.is_helper]
        if any(piece.block in counted for piece in pieces):
            is_counted = True
        elif own and not any(piece.mark or piece.moved >= 0 for piece in own):
            is_counted = False
        if not is_counted and any(piece.mark for piece in own):
            return f"no counter before: {' '.join(' '.join(piece.text for piece in own).split()[:8])}"
    return ""
