"""Matches of several units: blocks that were split or joined, and neighbours that exchanged words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from changelog.redline_likeness import count_common_words
from changelog.redline_partners import Partners
from changelog.redline_parts import MANY_WORDS, find_parts, find_several_parts, list_run_around
from changelog.redline_units import UnitKind

MAX_COMPARISONS = 2_500  # of each unit with each; of longer lists only those with rare words in common
_MAX_DISTANCE = 60  # units between a block and a part of it


class Match(NamedTuple):
    """Positions of units that belong together; weak ones are hardly alike."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    moved: bool
    is_weak: bool = False


def add_parts(partners: Partners, in_order: set[int]) -> list[Match]:
    """Return the pairs as matches, with the units that were split off or joined."""
    old, new = partners.old, partners.new
    pairs = sorted((j, i) for j, i in partners.of_new.items())
    free_new = {j for j in range(len(new)) if j not in partners.of_new and new[j].kind is UnitKind.LEAF}
    free_old = {i for i in range(len(old)) if i not in partners.of_old and old[i].kind is UnitKind.LEAF}
    matches: list[Match] = []
    for j, i in pairs:
        after = find_parts(old[i], new, j, _list_free_around(j, free_new, partners))
        before = find_parts(new[j], old, i, list_run_around(i, free_old)) if len(after) == 1 else (i,)
        free_new.difference_update(after)
        free_old.difference_update(before)
        matches.append(Match(before, after, j not in in_order, partners.is_weak(i, j)))
    matches = join_neighbours(partners, matches)
    ends = [*(match for match in matches if not match.moved), Match((len(old),), (len(new),), moved=False)]
    old_start = new_start = 0
    for end in ends:
        lost, found = range(old_start, end.old[0]), range(new_start, end.new[0])
        matches += _match_with_several(partners, free_old.intersection(lost), free_new.intersection(found))
        old_start, new_start = end.old[-1] + 1, end.new[-1] + 1
    return matches


def _list_free_around(position: int, free: Collection[int], partners: Partners) -> list[int]:
    """Return a new unit and those before and after it up to the next ones that have a partner.

    Titles and blocks may have been put between the parts of a block that was split.
    """
    around = [position]
    for step in (-1, 1):
        other = position + step
        while 0 <= other < len(partners.new) and abs(other - position) <= _MAX_DISTANCE:
            is_taken = partners.new[other].kind is UnitKind.LEAF and other not in free
            if is_taken or other in partners.of_new:
                break
            if other in free:
                around.append(other)
            other += step
    return sorted(around)


def join_neighbours(partners: Partners, matches: Sequence[Match]) -> list[Match]:
    """Return the matches, neighbours as one if words passed from one to the other, such as a sentence."""
    joined: list[Match] = []
    for match in matches:
        if joined and _have_exchanged_words(partners, joined[-1], match):
            last = joined.pop()
            match = Match(last.old + match.old, last.new + match.new, moved=match.moved)  # noqa: PLW2901 - one
        joined.append(match)
    return joined


def _have_exchanged_words(partners: Partners, one: Match, other: Match) -> bool:
    """Whether words that are gone from one block are new in the block beside it."""
    if one.moved != other.moved or one.old[-1] + 1 != other.old[0] or one.new[-1] + 1 != other.new[0]:
        return False
    old, new = (
        [units[n] for n in numbers]
        for units, numbers in (
            (partners.old, (one.old[-1], other.old[0])),
            (partners.new, (one.new[-1], other.new[0])),
        )
    )
    if any(unit.kind is not UnitKind.LEAF for unit in (*old, *new)):
        return False
    if any(before.identity == after.identity for before, after in zip(old, new, strict=True)):
        return False
    passed_on = (old[0].terms - new[0].terms) & (new[1].terms - old[1].terms)
    passed_back = (old[1].terms - new[1].terms) & (new[0].terms - old[0].terms)
    if max(len(passed_on), len(passed_back)) < MANY_WORDS:
        return False
    apart = sum(count_common_words(a.term_list, b.term_list) for a, b in zip(old, new, strict=True))
    together = count_common_words(
        *([term for unit in side for term in unit.term_list] for side in (old, new))
    )
    return together - apart >= MANY_WORDS


def _match_with_several(
    partners: Partners, free_old: Collection[int], free_new: Collection[int]
) -> list[Match]:
    """Match blocks between two pairs that are like several others together, but like none alone."""
    old, new = partners.old, partners.new
    if not 0 < len(free_old) * len(free_new) <= MAX_COMPARISONS:
        return []
    matches: list[Match] = []
    left = set(free_new)
    for i in sorted(free_old):
        if after := find_several_parts(old[i], new, left):
            matches.append(Match((i,), after, moved=False))
            left = {j for j in left if j > after[-1]}
    if matches:
        return matches
    left = set(free_old)
    for j in sorted(free_new):
        if before := find_several_parts(new[j], old, left):
            matches.append(Match(before, (j,), moved=False))
            left = {i for i in left if i > before[-1]}
    return matches
