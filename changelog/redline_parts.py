"""Blocks that were split into several, or joined from several."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from changelog.redline_likeness import MIN_LIKENESS, count_common_words
from changelog.redline_units import HEADINGS, Unit, UnitKind
from changelog.redline_words import find_matching_stretches

MANY_WORDS = 8  # so many that passed from one block to another are no coincidence
_MIN_SHARE = (
    0.6  # of the words of a part must come from the block, or of what is left of the block must be in it
)
_FEW_WORDS = 4  # all words of a shorter part must come from the block
_MAX_STEP = 3  # parts that are looked at together, since one between two others may be new


def find_parts(whole: Unit, units: Sequence[Unit], known: int, run: Sequence[int]) -> tuple[int, ...]:
    """Return the positions of the units that a block was split into, or joined from.

    `known` is the one that it is paired with; others are among its neighbours in the `run`.
    """
    if len(run) == 1 or whole.kind is not UnitKind.LEAF or not whole.term_list:
        return (known,)
    return _find_parts_around(whole, units, run, run.index(known))[0]


def find_several_parts(whole: Unit, units: Sequence[Unit], free: Collection[int]) -> tuple[int, ...]:
    """Return the positions of neighbours that are like a block together, but none alone."""
    best: tuple[int, ...] = ()
    if whole.kind is not UnitKind.LEAF or not whole.term_list:
        return best
    for run in filter(_has_neighbours, _list_runs(free)):
        counts = _count_shared_words(whole, [units[position] for position in run])
        parts, common = _find_parts_around(whole, units, run, counts.index(max(counts)))
        words = len(whole.term_list) + sum(len(units[position].term_list) for position in parts)
        is_alike = common >= _FEW_WORDS and 2 * common >= MIN_LIKENESS * words
        if len(parts) > max(1, len(best)) and is_alike:
            best = parts
    return best


def list_run_around(position: int, free: Collection[int]) -> range:
    """Return a position and the free ones directly before and after it."""
    first = last = position
    while first - 1 in free:
        first -= 1
    while last + 1 in free:
        last += 1
    return range(first, last + 1)


def _has_neighbours(run: range) -> bool:
    return len(run) > 1


def _list_runs(free: Collection[int]) -> list[range]:
    """Return free positions in runs of neighbours."""
    runs: list[range] = []
    for position in sorted(free):
        if runs and position == runs[-1].stop:
            runs[-1] = range(runs[-1].start, position + 1)
        else:
            runs.append(range(position, position + 1))
    return runs


def _find_parts_around(
    whole: Unit, units: Sequence[Unit], run: Sequence[int], first: int
) -> tuple[tuple[int, ...], int]:
    """Return neighbours in a run, around its item `first`, and how many words they share with a block."""
    start, stop = first, first + 1
    common = _count_common_words(whole, units, run[start:stop])
    is_larger = True
    while is_larger:
        is_larger = False
        for count in range(1, _MAX_STEP + 1):
            for larger_start, larger_stop in ((start, stop + count), (start - count, stop)):
                if larger_start < 0 or larger_stop > len(run):
                    continue
                added = [*run[larger_start:start], *run[stop:larger_stop]]
                gain = _count_common_words(whole, units, run[larger_start:larger_stop]) - common
                if _is_worth_adding(whole, units, added, gain, common):
                    start, stop, common, is_larger = larger_start, larger_stop, common + gain, True
                    break
            if is_larger:
                break
    return tuple(run[start:stop]), common


def _is_worth_adding(
    whole: Unit, units: Sequence[Unit], added: Sequence[int], gain: int, common: int
) -> bool:
    """Whether most words of added parts come from a block, or most that is left of the block is in them.

    Words that a part shares with the block count only if no other part has them. A part may have grown.
    """
    if any(_find_kind(units[position]) != _find_kind(whole) for position in added):
        return False
    words = sum(len(units[position].term_list) for position in added)
    left = len(whole.term_list) - common
    if gain >= max(1, words if words < _FEW_WORDS else words * _MIN_SHARE):
        return True
    return gain >= MANY_WORDS and gain >= left * _MIN_SHARE


def _find_kind(unit: Unit) -> str:
    """Return what a leaf is: no text runs on from a paragraph into a heading or into code."""
    tag = unit.blocks[0].tag
    return tag if tag == "pre" else "heading" if tag in HEADINGS else "text"


def _count_common_words(whole: Unit, units: Sequence[Unit], parts: Iterable[int]) -> int:
    terms = [term for position in parts for term in units[position].term_list]
    return count_common_words(whole.term_list, terms)


def _count_shared_words(whole: Unit, parts: Sequence[Unit]) -> list[int]:
    """Return how many words of each part stand in a block, in order."""
    owners = [number for number, part in enumerate(parts) for _ in part.term_list]
    terms = [term for part in parts for term in part.term_list]
    counts = [0] * len(parts)
    for _, start, size in find_matching_stretches(whole.term_list, terms):
        for owner in owners[start : start + size]:
            counts[owner] += 1
    return counts
