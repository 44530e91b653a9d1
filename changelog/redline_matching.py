"""Which units of two texts belong together (docs/decisions/readable-redlines.md).

Units find their partners in the section with the same id first, in order; then between those that stayed in
order, across sections; then anywhere. A unit that was split or joined has several partners.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from changelog.redline_likeness import MIN_LIKENESS, compute_likeness, find_candidates
from changelog.redline_units import Unit, UnitKind
from changelog.redline_words import find_matching_stretches

_MAX_COMPARISONS = 2_500  # of each unit with each; of longer lists only those with rare words in common
_MIN_MOVED_WORDS = 4  # a shorter unit that is elsewhere too is a coincidence, not a move
_MIN_MOVED_LIKENESS = 0.6  # of a unit that moved and changed
_MIN_SHORT_LIKENESS = 0.75  # of one that has few words, or that its first cell names
_MIN_GAIN = 0.2  # by which a partner elsewhere must be more alike than the one in place
_MIN_SHARE_OF_PART = 0.6  # of the words of a block that must come from the block it was split off
_FEW_WORDS = 4  # all words of a shorter part must come from there
_MANY_WORDS = 8  # so many that passed from one block to the one beside it are shown as such
_MAX_STEP = 3  # parts that are looked at together, since one between two others may be new
_SECTION_WEIGHT = 2  # words: of two sections that changed places, the shorter one moved


class Match(NamedTuple):
    """Positions of units that belong together: one old and one or more new ones, or the reverse."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    moved: bool


@dataclass(eq=False)
class _Partners:
    """The pairs found so far, by old and by new position."""

    old: Sequence[Unit]
    new: Sequence[Unit]
    of_old: dict[int, int] = field(default_factory=dict)
    of_new: dict[int, int] = field(default_factory=dict)

    def add(self, pairs: Iterable[tuple[int, int]]) -> None:
        for old, new in pairs:
            self.of_old[old], self.of_new[new] = new, old

    def remove(self, old: int) -> None:
        del self.of_new[self.of_old.pop(old)]

    def weigh(self, old: int, new: int) -> int:
        """Return how many words would be marked if a pair were not in order."""
        unit = self.new[new]
        if unit.kind in {UnitKind.TITLE, UnitKind.SECTION}:
            return len(unit.keys) + _SECTION_WEIGHT
        return 1 + min(len(self.old[old].keys), len(unit.keys))

    def find_chain(self) -> list[tuple[int, int]]:
        """Return the pairs that stay in order, so that as few words as possible have moved.

        It is the increasing subsequence of old positions with the greatest weight, in O(n log n): `best` maps
        old positions, ascending, to the greatest weight of a chain that ends there or before.
        """
        ends: list[int] = []  # old positions; the weights of the best chains that end there ascend with them
        chains: dict[int, tuple[int, int | None]] = {}  # by new position: weight and the pair before
        at_end: dict[int, int] = {}  # the new position of each end
        for new in sorted(self.of_new):
            old = self.of_new[new]
            place = bisect_left(ends, old)
            before = at_end[ends[place - 1]] if place else None
            weight = self.weigh(old, new) + (chains[before][0] if before is not None else 0)
            chains[new] = weight, before
            while place < len(ends) and chains[at_end[ends[place]]][0] <= weight:
                del at_end[ends.pop(place)]
            ends.insert(place, old)
            at_end[old] = new
        chain: list[tuple[int, int]] = []
        last = at_end[ends[-1]] if ends else None
        while last is not None:
            chain.append((self.of_new[last], last))
            last = chains[last][1]
        return chain[::-1]


def match_units(
    old: Sequence[Unit], new: Sequence[Unit], sections: Iterable[tuple[range, range]]
) -> list[Match]:
    """Return the units that belong together, ordered by their new positions.

    `sections` are the positions of the units of each section that is in both texts, its title first.
    """
    partners = _Partners(old, new)
    for before, after in sections:
        partners.add([(before[0], after[0])])
        partners.add(_match_in_order(old, new, before[1:], after[1:]))
    _match_in_gaps(partners)
    _match_anywhere(partners)
    _match_titles(partners)
    chain = partners.find_chain()
    _release_titles(partners, chain)
    matches = _add_parts(partners, {new for _, new in chain})
    return sorted(_move_with_sections(partners, matches), key=lambda match: match.new)


def _match_in_order(
    old: Sequence[Unit], new: Sequence[Unit], before: Sequence[int], after: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions in order: equal units first, then between them those most alike."""
    old_start = new_start = 0
    stretches = find_matching_stretches([old[i].identity for i in before], [new[j].identity for j in after])
    for old_match, new_match, size in stretches:
        yield from _match_alike(old, new, before[old_start:old_match], after[new_start:new_match])
        old_start, new_start = old_match + size, new_match + size
        yield from zip(before[old_match:old_start], after[new_match:new_start], strict=True)


def _match_alike(
    old: Sequence[Unit], new: Sequence[Unit], before: Sequence[int], after: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of units that are alike, in order, with the greatest sum of likeness."""
    if not before or not after:
        return
    if len(before) * len(after) > _MAX_COMPARISONS:
        yield from _match_candidates(old, new, before, after)
        return
    likeness = [[compute_likeness(old[i], new[j]) for j in after] for i in before]
    # The dynamic program of global alignment with free gaps; best[i][j] is the sum for before[i:], after[j:].
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in range(len(before) - 1, -1, -1):
        for j in range(len(after) - 1, -1, -1):
            paired = best[i + 1][j + 1] + likeness[i][j] if likeness[i][j] >= MIN_LIKENESS else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(before) and j < len(after):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield before[i], after[j]
            i, j = i + 1, j + 1


def _match_candidates(
    old: Sequence[Unit], new: Sequence[Unit], before: Sequence[int], after: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs in order, found by the rarer words that they share."""
    partners = _Partners(old, new)
    found = find_candidates([old[i] for i in before], [new[j] for j in after])
    for _, i, j in sorted(found, key=lambda item: (-item[0], item[2], item[1])):
        if before[i] not in partners.of_old and after[j] not in partners.of_new:
            partners.add([(before[i], after[j])])
    yield from partners.find_chain()


def _match_in_gaps(partners: _Partners) -> None:
    """Match what is left between two pairs that stay in order, whatever its sections."""
    chain = [*partners.find_chain(), (len(partners.old), len(partners.new))]
    old_start = new_start = 0
    for old_end, new_end in chain:
        before = [i for i in range(old_start, old_end) if i not in partners.of_old]
        after = [j for j in range(new_start, new_end) if j not in partners.of_new]
        partners.add(list(_match_in_order(partners.old, partners.new, before, after)))
        old_start, new_start = old_end + 1, new_end + 1


def _match_anywhere(partners: _Partners) -> None:
    """Match what is left with a unit of at least four words anywhere in the other text.

    An old unit whose partner in place is much less alike than another one has moved there.
    """
    old, new = partners.old, partners.new
    after = [j for j in range(len(new)) if j not in partners.of_new and _can_move(new[j])]
    if not after:
        return
    before = [i for i in range(len(old)) if _can_move(old[i]) and _is_free(partners, i)]
    equal: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in before:
        if i not in partners.of_old:
            equal[old[i].identity].append(i)
    for j in after:
        if found := equal.get(new[j].identity):
            partners.add([(found.pop(0), j)])
    after = [j for j in after if j not in partners.of_new]
    candidates = find_candidates([old[i] for i in before], [new[j] for j in after])
    for likeness, i, j in sorted(candidates, key=lambda item: (-item[0], item[2], item[1])):
        is_short = new[after[j]].kind is not UnitKind.LEAF or len(new[after[j]].keys) < _MANY_WORDS
        least = _MIN_SHORT_LIKENESS if is_short else _MIN_MOVED_LIKENESS
        if likeness < least or after[j] in partners.of_new:
            continue
        current = partners.of_old.get(before[i])
        if current is not None:
            if compute_likeness(old[before[i]], new[current]) > likeness - _MIN_GAIN:
                continue
            partners.remove(before[i])
        partners.add([(before[i], after[j])])


def _can_move(unit: Unit) -> bool:
    return unit.kind in {UnitKind.LEAF, UnitKind.ROW, UnitKind.ENTRY} and len(unit.keys) >= _MIN_MOVED_WORDS


def _is_free(partners: _Partners, old: int) -> bool:
    """Whether an old unit has no partner with the same words."""
    partner = partners.of_old.get(old)
    return partner is None or partners.old[old].identity != partners.new[partner].identity


def _match_titles(partners: _Partners) -> None:
    """Match the titles of sections that have another id but mostly the same words: they were renamed."""
    old_titles, new_titles = _find_titles(partners.old), _find_titles(partners.new)
    common: dict[tuple[int, int], int] = defaultdict(int)
    for new, old in partners.of_new.items():
        pair = old_titles[old], new_titles[new]
        if -1 not in pair and pair[0] not in partners.of_old and pair[1] not in partners.of_new:
            common[pair] += min(len(partners.old[old].keys), len(partners.new[new].keys))
    if not common:
        return
    old_sizes, new_sizes = _count_words(partners.old, old_titles), _count_words(partners.new, new_titles)
    for (old, new), words in sorted(common.items(), key=lambda item: (-item[1], item[0])):
        is_most = 2 * words >= max(old_sizes[old], new_sizes[new])
        if is_most and old not in partners.of_old and new not in partners.of_new:
            partners.add([(old, new)])


def _find_titles(units: Sequence[Unit]) -> list[int]:
    """Return for each unit the position of the title of its section, or -1."""
    titles: list[int] = []
    title = -1
    for position, unit in enumerate(units):
        if unit.kind in {UnitKind.TITLE, UnitKind.SECTION}:
            title = position
        titles.append(title)
    return titles


def _count_words(units: Sequence[Unit], titles: Sequence[int]) -> dict[int, int]:
    """Return the number of words of each section, without its title."""
    counts: dict[int, int] = defaultdict(int)
    for unit, title in zip(units, titles, strict=True):
        counts[title] += len(unit.keys) if unit.kind is not UnitKind.TITLE else 0
    return counts


def _release_titles(partners: _Partners, chain: Sequence[tuple[int, int]]) -> None:
    """Separate titles that are not in order while other text of their sections is.

    Such a section stays where it is, and has its title deleted and inserted.
    """
    in_order = {new for _, new in chain}
    titles = _find_titles(partners.new)
    with_text_in_order = {titles[new] for new in in_order if titles[new] != new}
    for title in with_text_in_order - in_order:
        if title in partners.of_new:
            partners.remove(partners.of_new[title])


def _move_with_sections(partners: _Partners, matches: Iterable[Match]) -> Iterator[Match]:
    """Yield the matches; what is in a section that moved has moved too, wherever it comes from."""
    titles = _find_titles(partners.new)
    found = list(matches)
    moved = {match.new[0] for match in found if match.moved} & {*titles}
    yield from (match._replace(moved=True) if titles[match.new[0]] in moved else match for match in found)


def _add_parts(partners: _Partners, in_order: set[int]) -> list[Match]:
    """Return the pairs as matches, with the units that were split off or joined."""
    old, new = partners.old, partners.new
    pairs = sorted((j, i) for j, i in partners.of_new.items())
    free_new = {j for j in range(len(new)) if j not in partners.of_new and new[j].kind is UnitKind.LEAF}
    free_old = {i for i in range(len(old)) if i not in partners.of_old and old[i].kind is UnitKind.LEAF}
    matches: list[Match] = []
    for j, i in pairs:
        after = find_parts(old[i], new, (j,), free_new)
        before = find_parts(new[j], old, (i,), free_old) if len(after) == 1 else (i,)
        free_new.difference_update(after)
        free_old.difference_update(before)
        matches.append(Match(before, after, j not in in_order))
    matches = _join_neighbours(partners, matches)
    ends = [*(match for match in matches if not match.moved), Match((len(old),), (len(new),), moved=False)]
    old_start = new_start = 0
    for end in ends:
        lost, found = range(old_start, end.old[0]), range(new_start, end.new[0])
        matches += _match_with_several(partners, free_old.intersection(lost), free_new.intersection(found))
        old_start, new_start = end.old[-1] + 1, end.new[-1] + 1
    return matches


def _join_neighbours(partners: _Partners, matches: Sequence[Match]) -> list[Match]:
    """Return the matches, neighbours as one if words passed from one to the other, such as a sentence."""
    joined: list[Match] = []
    for match in matches:
        if joined and _have_exchanged_words(partners, joined[-1], match):
            last = joined.pop()
            match = Match(last.old + match.old, last.new + match.new, moved=match.moved)  # noqa: PLW2901 - one
        joined.append(match)
    return joined


def _have_exchanged_words(partners: _Partners, one: Match, other: Match) -> bool:
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
    if max(len(passed_on), len(passed_back)) < _MANY_WORDS:
        return False
    apart = sum(LCSseq.similarity(a.term_list, b.term_list) for a, b in zip(old, new, strict=True))
    together = LCSseq.similarity(*([term for unit in side for term in unit.term_list] for side in (old, new)))
    return together - apart >= _MANY_WORDS


def _match_with_several(
    partners: _Partners, free_old: Collection[int], free_new: Collection[int]
) -> list[Match]:
    """Match blocks between two pairs that are like several others together, but like none alone."""
    old, new = partners.old, partners.new
    if not 0 < len(free_old) * len(free_new) <= _MAX_COMPARISONS:
        return []
    matches: list[Match] = []
    left = set(free_new)
    for i in sorted(free_old):
        if after := find_parts(old[i], new, (), left):
            matches.append(Match((i,), after, moved=False))
            left = {j for j in left if j > after[-1]}
    if matches:
        return matches
    left = set(free_old)
    for j in sorted(free_new):
        if before := find_parts(new[j], old, (), left):
            matches.append(Match(before, (j,), moved=False))
            left = {i for i in left if i > before[-1]}
    return matches


def find_parts(
    whole: Unit, units: Sequence[Unit], known: tuple[int, ...], free: Collection[int]
) -> tuple[int, ...]:
    """Return the positions of neighbouring units that a block was split into, or joined from.

    `known` is the unit that it is paired with, if there is one; parts are among the `free` ones beside it.
    """
    if not free or whole.kind is not UnitKind.LEAF or not whole.term_list:
        return known
    runs = [_find_run_around(known[0], free)] if known else _list_runs(free)
    found = (_find_parts_in_run(whole, units, known, run) for run in runs)
    return max((parts for parts in found if len(parts) > 1), key=len, default=known)


def _find_run_around(position: int, free: Collection[int]) -> range:
    first = last = position
    while first - 1 in free:
        first -= 1
    while last + 1 in free:
        last += 1
    return range(first, last + 1)


def _list_runs(free: Collection[int]) -> list[range]:
    runs: list[range] = []
    for position in sorted(free):
        if runs and position == runs[-1].stop:
            runs[-1] = range(runs[-1].start, position + 1)
        else:
            runs.append(range(position, position + 1))
    return runs


def _find_parts_in_run(
    whole: Unit, units: Sequence[Unit], known: tuple[int, ...], run: range
) -> tuple[int, ...]:
    """Return neighbours in a run, around a known one, that share words with a block that no other has."""
    if len(run) == 1:
        return known
    if known:
        first = known[0]
    else:
        counts = _count_shared_words(whole, [units[position] for position in run])
        first = run[counts.index(max(counts))]
    parts = range(first, first + 1)
    common = _count_common_words(whole, units, parts)
    for step in (1, -1):
        while True:
            larger, gain = _find_larger_range(whole, units, run, parts, common, step)
            if larger is None:
                break
            parts, common = larger, common + gain
    terms = sum(len(units[position].term_list) for position in parts)
    is_alike = 2 * common >= MIN_LIKENESS * (len(whole.term_list) + terms)
    return tuple(parts) if known or is_alike else ()


def _find_larger_range(
    whole: Unit, units: Sequence[Unit], run: range, parts: range, common: int, step: int
) -> tuple[range | None, int]:
    """Return a range with one to three more parts on one side, and how many common words they add.

    Most of their words must come from the block, or most of what is left of the block must be in them: a part
    may have grown.
    """
    for count in range(1, _MAX_STEP + 1):
        larger = (
            range(parts.start, parts.stop + count) if step > 0 else range(parts.start - count, parts.stop)
        )
        if larger.start < run.start or larger.stop > run.stop:
            break
        gain = _count_common_words(whole, units, larger) - common
        words = sum(len(units[position].term_list) for position in larger if position not in parts)
        is_from_here = gain >= max(1, words if words < _FEW_WORDS else words * _MIN_SHARE_OF_PART)
        left = len(whole.term_list) - common
        if is_from_here or (gain >= _MANY_WORDS and gain >= left * _MIN_SHARE_OF_PART):
            return larger, gain
    return None, 0


def _count_common_words(whole: Unit, units: Sequence[Unit], parts: Iterable[int]) -> int:
    terms = [term for position in parts for term in units[position].term_list]
    return LCSseq.similarity(whole.term_list, terms)


def _count_shared_words(whole: Unit, parts: Sequence[Unit]) -> list[int]:
    """Return how many words of each part stand in a block, in order."""
    owners = [number for number, part in enumerate(parts) for _ in part.term_list]
    terms = [term for part in parts for term in part.term_list]
    counts = [0] * len(parts)
    for _, start, size in find_matching_stretches(whole.term_list, terms):
        for owner in owners[start : start + size]:
            counts[owner] += 1
    return counts
