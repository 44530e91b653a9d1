"""Which units of two texts belong together (docs/decisions/readable-redlines.md).

Units find their partners in the section with the same id first, in order; then between those that stayed in
order, across sections; then anywhere. A unit that was split or joined has several partners.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from changelog.redline_likeness import (
    MIN_LIKENESS,
    count_common_words,
    find_candidates,
    get_least_likeness_of_move,
)
from changelog.redline_partners import Partners
from changelog.redline_splits import MAX_COMPARISONS, Match, add_parts, join_neighbours
from changelog.redline_units import Unit, UnitKind, compute_dice
from changelog.redline_words import find_matching_stretches, match_words

_MIN_MOVED_WORDS = 4  # a shorter unit that is elsewhere too is a coincidence, not a move
_MIN_GAIN = 0.2  # by which a partner elsewhere must be more alike than the one in place
_WHOLE_SHARE = 0.9  # of the words of a unit that moved into a longer one
_MIN_MOVED_DICE = 0.5  # of all others that moved
_MIN_KEPT_SHARE = 0.25  # of the shorter of two blocks, or they are no counterparts


def match_units(
    old: Sequence[Unit], new: Sequence[Unit], sections: Iterable[tuple[range, range]]
) -> list[Match]:
    """Return the units that belong together, ordered by their new positions.

    `sections` are the positions of the units of each section that is in both texts, its title first.
    """
    partners = Partners(old, new)
    for before, after in sections:
        partners.add([(before[0], after[0])])
        partners.add(list(_match_in_order(partners, before[1:], after[1:])))
    if partners.are_complete():  # nothing is left to find a partner, and no pair would part
        return join_neighbours(partners, [Match((n,), (n,), moved=False) for n in range(len(new))])
    _match_in_gaps(partners)
    _match_anywhere(partners)
    _match_in_gaps(partners)
    _release_unlike(partners)
    _match_titles(partners)
    chain = partners.find_chain()
    _release_titles(partners, chain)
    matches = add_parts(partners, {new for _, new in chain})
    return sorted(_move_with_sections(partners, matches), key=lambda match: match.new)


def _match_in_order(
    partners: Partners, before: Sequence[int], after: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions in order: equal units first, then between them those most alike.

    Most often one of each is left between two that are equal.
    """
    if not before or not after:
        return
    old, new = partners.old, partners.new
    if len(before) == len(after) == 1 and old[before[0]].identity != new[after[0]].identity:
        yield from _match_alike(partners, before, after)
        return
    old_start = new_start = 0
    stretches = find_matching_stretches([old[i].identity for i in before], [new[j].identity for j in after])
    for old_match, new_match, size in stretches:
        yield from _match_alike(partners, before[old_start:old_match], after[new_start:new_match])
        old_start, new_start = old_match + size, new_match + size
        yield from zip(before[old_match:old_start], after[new_match:new_start], strict=True)


def _match_alike(
    partners: Partners, before: Sequence[int], after: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of units that are alike, in order, with the greatest sum of likeness."""
    if not before or not after:
        return
    if len(before) == len(after) == 1 and partners.is_strong(before[0], after[0]):
        yield before[0], after[0]
        return
    if len(before) * len(after) > MAX_COMPARISONS:
        yield from _match_candidates(partners.old, partners.new, before, after)
        return
    likeness = [[partners.compute_likeness(i, j) for j in after] for i in before]
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
    partners = Partners(old, new)
    found = find_candidates([old[i] for i in before], [new[j] for j in after])
    for _, i, j in sorted(found, key=lambda item: (-item[0], item[2], item[1])):
        if before[i] not in partners.of_old and after[j] not in partners.of_new:
            partners.add([(before[i], after[j])])
    yield from partners.find_chain()


def _match_in_gaps(partners: Partners) -> None:
    """Match what is left between two pairs that stay in order, whatever its sections."""
    chain = [*partners.find_chain(), (len(partners.old), len(partners.new))]
    old_start = new_start = 0
    for old_end, new_end in chain:
        before = [i for i in range(old_start, old_end) if i not in partners.of_old]
        after = [j for j in range(new_start, new_end) if j not in partners.of_new]
        partners.add(list(_match_in_order(partners, before, after)))
        old_start, new_start = old_end + 1, new_end + 1


def _match_anywhere(partners: Partners) -> None:
    """Match units of at least four words with those that are like them anywhere in the other text.

    Units leave partners in place that are much less alike.
    """
    before = [i for i in range(len(partners.old)) if _may_have_moved(partners, i, partners.of_old.get(i))]
    after = [j for j in range(len(partners.new)) if _may_have_moved(partners, partners.of_new.get(j), j)]
    if not before or not after:
        return
    if len(before) == len(after) == 1 and partners.are_unlike(before[0], after[0]):
        return  # they were in one gap already, and are all that is left
    for likeness, i, j in _list_likely_moves(partners, before, after):
        if all(likeness - current >= _MIN_GAIN for current in _list_current_likeness(partners, i, j)):
            if i in partners.of_old:
                partners.remove(i)
            if j in partners.of_new:
                partners.remove(partners.of_new[j])
            partners.add([(i, j)])


def _may_have_moved(partners: Partners, old: int | None, new: int | None) -> bool:
    """Whether a unit has no partner, or one that is hardly like it, and is long enough."""
    unit = partners.old[old] if old is not None else partners.new[new or 0]
    if unit.has_title or len(unit.keys) < _MIN_MOVED_WORDS:
        return False
    return old is None or new is None or partners.is_weak(old, new)


def _list_likely_moves(
    partners: Partners, before: Sequence[int], after: Sequence[int]
) -> list[tuple[float, int, int]]:
    """Return likeness and positions of units that may have moved, the most alike first."""
    old, new = partners.old, partners.new
    equal: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in before:
        equal[old[i].identity].append(i)
    moves = [(2.0, found.pop(0), j) for j in after if (found := equal.get(new[j].identity))]
    for likeness, i, j in find_candidates([old[i] for i in before], [new[j] for j in after]):
        if likeness >= get_least_likeness_of_move(new[after[j]]) and _keeps_most(
            old[before[i]], new[after[j]]
        ):
            moves.append((likeness, before[i], after[j]))
    return sorted(moves, key=lambda move: (-move[0], move[2], move[1]))


def _keeps_most(old: Unit, new: Unit) -> bool:
    """Whether an old unit stands in a new one almost as a whole, or they are mostly the same text."""
    common = count_common_words(old.term_list, new.term_list)
    if common >= _WHOLE_SHARE * len(old.term_list):
        return True
    return 2 * common >= len(old.term_list) and compute_dice(old.terms, new.terms) >= _MIN_MOVED_DICE


def _list_current_likeness(partners: Partners, old: int, new: int) -> Iterator[float]:
    """Yield how alike two units are to the partners that they have."""
    if old in partners.of_old:
        yield partners.compute_likeness(old, partners.of_old[old])
    if new in partners.of_new:
        yield partners.compute_likeness(partners.of_new[new], new)


def _release_unlike(partners: Partners) -> None:
    """Separate blocks of which hardly a word would be kept: nothing is gained by comparing them."""
    for new, old in list(partners.of_new.items()):
        before, after = partners.old[old], partners.new[new]
        if after.kind is UnitKind.LEAF and partners.is_weak(old, new):
            kept = sum(size for _, _, size in match_words(before.keys, after.keys))
            if kept < _MIN_KEPT_SHARE * min(len(before.keys), len(after.keys)):
                partners.remove(old)


def _match_titles(partners: Partners) -> None:
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
        if unit.has_title:
            title = position
        titles.append(title)
    return titles


def _count_words(units: Sequence[Unit], titles: Sequence[int]) -> dict[int, int]:
    """Return the number of words of each section, without its title."""
    counts: dict[int, int] = defaultdict(int)
    for unit, title in zip(units, titles, strict=True):
        counts[title] += len(unit.keys) if unit.kind is not UnitKind.TITLE else 0
    return counts


def _release_titles(partners: Partners, chain: Sequence[tuple[int, int]]) -> None:
    """Separate titles that are not in order while other text of their sections is.

    Such a section stays where it is, and has its title deleted and inserted.
    """
    in_order = {new for _, new in chain}
    titles = _find_titles(partners.new)
    with_text_in_order = {titles[new] for new in in_order if titles[new] != new}
    for title in with_text_in_order - in_order:
        if title in partners.of_new:
            partners.remove(partners.of_new[title])


def _move_with_sections(partners: Partners, matches: Iterable[Match]) -> Iterator[Match]:
    """Yield the matches; what is in a section that moved has moved too, wherever it comes from."""
    titles = _find_titles(partners.new)
    found = list(matches)
    moved = {match.new[0] for match in found if match.moved} & {*titles}
    yield from (match._replace(moved=True) if titles[match.new[0]] in moved else match for match in found)
