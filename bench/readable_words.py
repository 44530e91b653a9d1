"""The fewest words that a readable redline of two texts has to mark.

A longest common subsequence marks the fewest words of all, but keeps every "the" and "of" that two unlike
sentences share. A readable redline marks a kept run too if it is shorter than the changes on both sides, and
shows what moved as moved. Nothing here is code that the benchmarks judge.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

_FEWEST_MOVED_WORDS = 4
_LEAST_MOVED_LIKENESS = 0.6  # of Dice: the words that both share, in order, of all words of both


class PlacedWord(Protocol):
    """A word, and the number of the paragraph, item or cell that it stands in."""

    @property
    def word(self) -> str: ...
    @property
    def block(self) -> int: ...


@dataclass(frozen=True, slots=True)
class WordChange:
    """The range of old words that a range of new words replaces; one of them may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def deleted(self) -> int:
        """The number of words deleted."""
        return self.old_end - self.old_start

    @property
    def inserted(self) -> int:
        """The number of words inserted."""
        return self.new_end - self.new_start


def count_fewest_marks(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words are outside a longest common subsequence."""
    return sum(change.deleted + change.inserted for change in find_word_changes(old, new))


def count_fewest_readable_marks(old: Sequence[PlacedWord], new: Sequence[PlacedWord]) -> int:
    """Return how many words a readable redline has to mark, those of moved blocks at one of their places."""
    changes = absorb_short_runs(find_word_changes([item.word for item in old], [item.word for item in new]))
    gone = _list_marked_blocks(old, ((change.old_start, change.old_end) for change in changes))
    come = _list_marked_blocks(new, ((change.new_start, change.new_end) for change in changes))
    marked = sum(change.deleted + change.inserted for change in changes)
    return marked - sum(_iter_moved_words(gone, come))


def find_word_changes(old: Sequence[str], new: Sequence[str]) -> list[WordChange]:
    """Return what is outside a longest common subsequence, in order."""
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    tail = next((n for n in range(most - head) if old[-1 - n] != new[-1 - n]), most - head)
    old_end, new_end = len(old) - tail, len(new) - tail
    matches = _match_words(old[head:old_end], new[head:new_end])
    changes = []
    old_start = new_start = head
    for old_at, new_at in [*((head + i, head + j) for i, j in matches), (old_end, new_end)]:
        if (old_at, new_at) != (old_start, new_start):
            changes.append(WordChange(old_start, old_at, new_start, new_at))
        old_start, new_start = old_at + 1, new_at + 1
    return changes


def _match_words(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the positions of the words of a longest common subsequence, by bit vectors (Hyyrö 2004)."""
    positions: dict[str, int] = defaultdict(int)  # of each word in the old text, as a set of bits
    for index, word in enumerate(old):
        positions[word] |= 1 << index
    all_ones = (1 << len(old)) - 1
    rows = [all_ones]
    for word in new:
        row = rows[-1]
        matches = row & positions.get(word, 0)
        rows.append(((row + matches) | (row - matches)) & all_ones)
    found = []
    i, j = len(old), len(new)
    while i and j:
        # A bit that is not set says that old word i - 1 makes the subsequence longer.
        if rows[j] >> (i - 1) & 1:
            i -= 1
        elif not rows[j - 1] >> (i - 1) & 1:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]


def absorb_short_runs(changes: Iterable[WordChange]) -> list[WordChange]:
    """Join the changes around each kept run that is too short for its neighbours, until none is left."""
    joined: list[WordChange] = []
    for change in changes:
        joined.append(change)
        # A joined change is longer, and may absorb a run before it that was long enough until now.
        while len(joined) > 1 and _is_run_too_short(*joined[-2:]):
            after, before = joined.pop(), joined.pop()
            joined.append(WordChange(before.old_start, after.old_end, before.new_start, after.new_end))
    return joined


def _is_run_too_short(before: WordChange, after: WordChange) -> bool:
    """Whether the kept words between two changes are fewer than either replaces or inserts."""
    run = after.old_start - before.old_end
    longer_sides = (max(change.deleted, change.inserted) for change in (before, after))
    sizes = (change.deleted + change.inserted for change in (before, after))
    return run < min(longer_sides) or (run <= 2 and min(sizes) >= 4)


def _list_marked_blocks(words: Sequence[PlacedWord], ranges: Iterable[tuple[int, int]]) -> list[list[str]]:
    """Return the words of each block that is marked from its first word to its last and may have moved."""
    sizes = Counter(item.block for item in words)
    marked: dict[int, list[str]] = defaultdict(list)
    for start, end in ranges:
        for item in words[start:end]:
            marked[item.block].append(item.word)
    return [text for block, text in marked.items() if sizes[block] == len(text) >= _FEWEST_MOVED_WORDS]


def _iter_moved_words(gone: Sequence[list[str]], come: Sequence[list[str]]) -> Iterator[int]:
    """Yield how many words each moved block keeps; each block moves once, those that keep most first."""
    found = []
    for old_number, old in enumerate(gone):
        for new_number, new in enumerate(come):
            least = _LEAST_MOVED_LIKENESS * (len(old) + len(new)) / 2
            if (Counter(old) & Counter(new)).total() < least:
                continue  # they share too few words in any order
            changes = absorb_short_runs(find_word_changes(old, new))
            kept = len(old) - sum(change.deleted for change in changes)
            if kept >= least:
                found.append((kept, old_number, new_number))
    used_old: set[int] = set()
    used_new: set[int] = set()
    for kept, old_number, new_number in sorted(found, reverse=True):
        if old_number not in used_old and new_number not in used_new:
            used_old.add(old_number)
            used_new.add(new_number)
            yield kept
