"""How alike two units are, and which of many are alike enough to be compared word by word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from rapidfuzz.distance import LCSseq

from changelog.redline_units import Terms, Unit, UnitKind, compute_dice, create_multiset
from changelog.redline_words import MAX_CELLS
from policy.blocks import count_common_ends

MIN_LIKENESS = 0.4  # below it two units are one deleted and one inserted, not one changed
_MIN_CONTAINMENT = 0.75  # of the shorter text's words, in order, in the longer one
_MIN_WORDS_FOR_CONTAINMENT = 8  # a shorter text is in any long one by chance
_OTHER_TAG = 0.9  # of two that are as alike, the one of the same element is the counterpart
_MIN_MOVED_LIKENESS = 0.6  # of a unit that moved and changed
_MIN_SHORT_LIKENESS = 0.75  # of one that has few words, or that its first cell names
STRONG_LIKENESS = 0.75  # what is as alike as this stays together
_COMMON_WORD = 12  # units: a word that more of them have says nothing about which of them belong together
_CANDIDATES = 4  # per unit: those that share most of the rarer words with it


def compute_likeness(old: Unit, new: Unit) -> float:
    """Return how alike two units are, from 0 to 1; link targets, case and punctuation do not count.

    It is the larger of the Sørensen-Dice coefficient, whatever the order of the words, and the share of the
    shorter text that stands in the longer one in order, so that a text is recognised in which much was added;
    or in which much was added after its start.
    Rows and definitions are named by their first cell, which counts as much as all others.
    """
    if not _can_pair(old, new):
        return 0.0
    if old.has_name:
        dice = compute_dice(old.terms, new.terms)
        return (dice + compute_dice(old.name_terms, new.name_terms)) / 2
    likeness = _compute_likeness_of_texts(old.term_list, new.term_list)
    return likeness if old.blocks[0].tag == new.blocks[0].tag else likeness * _OTHER_TAG


@lru_cache(maxsize=4096)
def _compute_likeness_of_texts(old: Terms, new: Terms) -> float:
    """Return how alike two texts are. Nothing invalidates the cache; many versions have the same texts."""
    return max(
        compute_dice(create_multiset(old), create_multiset(new)),
        _compute_containment(old, new),
        MIN_LIKENESS if _have_same_start(old, new) else 0.0,
    )


def have_strong_ends(old: Unit, new: Unit) -> bool:
    """Whether the words that two texts share at both ends make them strongly alike, whatever is between.

    Almost every changed paragraph of a policy is such a text; nothing else of it needs to be counted.
    """
    if not _can_pair(old, new) or old.has_name or old.blocks[0].tag != new.blocks[0].tag:
        return False
    before, after = old.keys, new.keys
    start, end = count_common_ends(before, after)
    # A word of letters and digits alone is never punctuation only, which does not count.
    words = sum(map(str.isalnum, before[:start])) + sum(map(str.isalnum, before[len(before) - end :]))
    others = len(before) + len(after) - 2 * (start + end)  # at most; they may be alike too
    return words > 0 and 2 * words >= STRONG_LIKENESS * (2 * words + others)


def _can_pair(old: Unit, new: Unit) -> bool:
    """Whether two units may be counterparts by their words; titles are by those of their sections."""
    if old.kind is not new.kind or old.has_title:
        return False
    return any(c.is_footnotes for c in old.path) == any(c.is_footnotes for c in new.path)


def _have_same_start(old: Terms, new: Terms) -> bool:
    """Whether half of the shorter text, and eight words at least, is the start of both."""
    length = max(_MIN_WORDS_FOR_CONTAINMENT, min(len(old), len(new)) // 2)
    return len(old) >= length and old[:length] == new[:length]


def _compute_containment(old: Terms, new: Terms) -> float:
    """Return the share of the shorter text that stands in the longer one, or 0 if it is too small."""
    shorter = min(len(old), len(new))
    if shorter < _MIN_WORDS_FOR_CONTAINMENT:
        return 0.0
    if len(create_multiset(old) & create_multiset(new)) < _MIN_CONTAINMENT * shorter:
        return 0.0
    share = count_common_words(old, new) / shorter
    return share if share >= _MIN_CONTAINMENT else 0.0


def get_least_likeness_of_move(unit: Unit) -> float:
    """Return how alike a unit must be to one elsewhere to have moved from there."""
    is_short = unit.kind is not UnitKind.LEAF or len(unit.keys) < _MIN_WORDS_FOR_CONTAINMENT
    return _MIN_SHORT_LIKENESS if is_short else _MIN_MOVED_LIKENESS


def count_common_words(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words two texts have in common in order; none if counting would take seconds."""
    return 0 if len(old) * len(new) > MAX_CELLS else LCSseq.similarity(old, new)


def find_candidates(old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[tuple[float, int, int]]:
    """Yield likeness and positions of units that are alike, without comparing each with each.

    Units that belong together share words that few others have: each new unit is compared with the old ones
    that share most of those with it.
    """
    places: dict[tuple[str, int], list[int]] = {}
    for position, unit in enumerate(old):
        for term in unit.terms:
            places.setdefault(term, []).append(position)
    rare = {term: found for term, found in places.items() if len(found) <= _COMMON_WORD}
    for position, unit in enumerate(new):
        shared = Counter(chain.from_iterable(map(rare.__getitem__, rare.keys() & unit.terms)))
        for candidate in sorted(shared, key=lambda other: (-shared[other], other))[:_CANDIDATES]:
            likeness = compute_likeness(old[candidate], unit)
            if likeness >= MIN_LIKENESS:
                yield likeness, candidate, position
