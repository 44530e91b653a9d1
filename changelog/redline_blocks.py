"""Blocks × blocks → blocks with runs marked ins and del: equal blocks first, then the likest, then words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING

from changelog.redline_words import (
    Mark,
    Multiset,
    Word,
    build_multiset,
    compare_words,
    dice_similarity,
    extract_word_keys,
    find_matching_runs,
    join_words,
    split_words,
)
from policy.blocks import Block, extract_words, iter_leaves

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    Blocks = tuple[Block, ...]
    Laid = tuple[Mark, Word, bool]  # and whether it ended a leaf of the old text

_ALIKE = 0.4  # blocks with less in common than this are one deleted and one inserted, not one changed
_MOST_KEPT = (
    0.8  # of the words that two stretches share: where pairs of blocks keep fewer, words are compared
)
_MOST_PAIRS = 2_500
_REMEMBERED = 2048  # blocks stay the same from version to version: each pair of them is compared once
_SHORTEST_MOVE = 4  # words: a shorter block that stands elsewhere too is chance, not a move


@dataclass(frozen=True)
class _Said:
    """What blocks say: their words in order, what makes them the same words, and these in a bag."""

    leaves: tuple[Block, ...]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(chain.from_iterable(split_words(leaf.runs) for leaf in self.leaves))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(extract_word_keys(leaf.runs) for leaf in self.leaves))

    @cached_property
    def bag(self) -> Multiset:
        return build_multiset(self.keys)


def merge_blocks(old: Blocks, new: Blocks) -> Blocks:
    """Give the new blocks with what was deleted and inserted marked in them."""
    before, after = [_said(block).keys for block in old], [_said(block).keys for block in new]
    merged: list[Block] = []
    at = there = 0
    for start, begin, size in find_matching_runs(before, after):
        merged += _gap(old[at:start], new[there:begin])
        merged += new[begin : begin + size]
        at, there = start + size, begin + size
    return tuple(merged)


@lru_cache(maxsize=_REMEMBERED)
def _said(block: Block) -> _Said:
    return _Said(tuple(iter_leaves((block,))))


def _all(blocks: Blocks) -> _Said:
    if len(blocks) == 1:
        return _said(blocks[0])
    return _Said(tuple(iter_leaves(blocks)))


def _gap(old: Blocks, new: Blocks) -> Iterable[Block]:
    """Merge what stands between two equal blocks."""
    if not old or not new:
        return (*mark_blocks(old, "del"), *mark_blocks(new, "ins"))
    pairs = _pairs(old, new)
    before, after = _all(old), _all(new)
    by_pairs = sum(len(_said(old[i]).bag & _said(new[j]).bag) for i, j in pairs)
    if by_pairs >= _MOST_KEPT * min(len(before.keys), len(after.keys)):
        return _in_order(old, new, pairs)
    # A paragraph that became a list pairs badly, though most of its words stayed: compare the words of all.
    if (
        by_pairs < _MOST_KEPT * len(before.bag & after.bag)
        and dice_similarity(before.bag, after.bag) > _ALIKE
    ):
        return _laid_on(before.words, new)
    return _in_order(old, new, pairs)


def _in_order(old: Blocks, new: Blocks, pairs: Sequence[tuple[int, int]]) -> Iterator[Block]:
    at = there = 0
    for i, j in (*pairs, (len(old), len(new))):
        yield from mark_blocks(old[at:i], "del")
        yield from mark_blocks(new[there:j], "ins")
        if i < len(old):
            yield from _pair(old[i], new[j])
        at, there = i + 1, j + 1


@lru_cache(maxsize=_REMEMBERED)
def _pair(old: Block, new: Block) -> Blocks:
    if old.is_leaf or new.is_leaf or old.tag != new.tag:
        return _laid_on(_said(old).words, (new,))
    if new.tag == "tr" and len(old.children) == len(new.children):
        cells = [cell for pair in zip(old.children, new.children, strict=True) for cell in _pair(*pair)]
        return (replace(new, children=tuple(cells)),)
    if new.tag == "tr":
        return _laid_on(_said(old).words, (new,))
    return (replace(new, children=merge_blocks(old.children, new.children)),)


def _pairs(old: Blocks, new: Blocks) -> list[tuple[int, int]]:
    """Pair blocks that are alike, in order, so that the sum of their likeness is greatest."""
    if len(old) * len(new) > _MOST_PAIRS:
        return []
    alike = [[_fit(before, after) for after in new] for before in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            taken = best[i + 1][j + 1] + alike[i][j] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(taken, best[i + 1][j], best[i][j + 1])
    pairs = []
    i = j = 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _fit(old: Block, new: Block) -> float:
    alike = dice_similarity(_said(old).bag, _said(new).bag)
    return alike if old.tag == new.tag else alike * 0.9


def _laid_on(old: Sequence[Word], new: Blocks) -> Blocks:
    """Compare words alone and lay them on the new blocks, a deleted word where it stood."""
    olds = iter(old)
    marked = [
        (mark, word, mark != "ins" and not next(olds).gap)
        for mark, word in compare_words(old, _all(new).words)
    ]
    end = next((leaf for leaf in reversed(list(iter_leaves(new))) if leaf.tag != "hr"), None)
    return tuple(_dressed(block, marked, end) for block in new)


def _dressed(block: Block, marked: list[Laid], end: Block | None) -> Block:
    """Take from `marked` the words of one block; what is left at the `end` of all is deleted there."""
    if not block.is_leaf:
        return replace(block, children=tuple(_dressed(child, marked, end) for child in block.children))
    count = len(marked) if block is end else _taken(marked, len(split_words(block.runs)))
    own = [(mark, word) for mark, word, _ in marked[:count]]
    del marked[:count]
    return replace(block, runs=join_words(own)) if own else block


def _taken(marked: Sequence[Laid], wanted: int) -> int:
    """Count what a leaf of so many words takes: them, what is deleted among them, what ended the old leaf."""
    if not wanted:
        return 0
    places = (number for number, (mark, _, _) in enumerate(marked, start=1) if mark != "del")
    count = next(islice(places, wanted - 1, None))
    before = next((ends for mark, _, ends in reversed(marked[:count]) if mark != "ins"), True)
    if before:
        return count
    behind = enumerate(takewhile(lambda one: one[0] == "del", islice(marked, count, None)), start=count + 1)
    # The rest of a sentence must not head the next paragraph.
    return next((number for number, (_, _, ends) in behind if ends), count)


def mark_blocks(blocks: Blocks, mark: str) -> Blocks:
    """Mark blocks as a whole; what is deleted gives up its ids and the signs of its footnotes."""
    return tuple(_marked(block, mark) for block in blocks)


def _marked(block: Block, mark: str) -> Block:
    attrs = tuple(pair for pair in block.attrs if mark != "del" or pair[0] != "id")
    own = tuple(
        replace(run, marks=(mark, *run.marks))
        for run in block.runs
        if mark != "del" or "note" not in run.marks
    )
    return replace(block, attrs=attrs, runs=own, children=mark_blocks(block.children, mark))


def find_wholly_marked_texts(blocks: Blocks, mark: str) -> frozenset[str]:
    """Give the words of each block that is deleted or inserted as a whole and could be a move."""
    said = (extract_words([block]) for block in _wholly(blocks, mark))
    return frozenset(" ".join(words) for words in said if len(words) >= _SHORTEST_MOVE)


def mark_moved_blocks(blocks: Blocks, moved: Container[str]) -> Blocks:
    """Mark the blocks whose words are `moved` as such; where none is, they are the same ones."""
    new = tuple(_labelled(block, moved) for block in blocks)
    return blocks if new == blocks else new


def _wholly(blocks: Blocks, mark: str) -> Iterator[Block]:
    for block in blocks:
        if _only(block) == mark:
            yield block
        yield from _wholly(block.children, mark)


def _only(block: Block) -> str:
    """Give the one mark that all words of a block bear, or nothing."""
    marks = {run.marks[0] if run.marks else "" for leaf in iter_leaves((block,)) for run in leaf.runs}
    return marks.pop() if len(marks) == 1 and marks <= {"ins", "del"} else ""


def _labelled(block: Block, moved: Container[str]) -> Block:
    mark = _only(block)
    if mark and " ".join(extract_words([block])) in moved:
        return replace(
            block, attrs=(*block.attrs, ("moved", "moved-away" if mark == "del" else "moved-here"))
        )
    return replace(block, children=tuple(_labelled(child, moved) for child in block.children))
