"""Blocks × blocks → blocks with runs marked ins and del: equal blocks first, then the likest, then words."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from changelog.words import Mark, Word, compare, likeness, runs, shared, words
from policy.blocks import Block, bare, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Blocks = tuple[Block, ...]

_ALIKE = 0.4  # blocks with less in common than this are one deleted and one inserted, not one changed
_MOST_PAIRS = 2_500
_REMEMBERED = 16_384  # blocks stay the same from version to version: each pair of them is compared once
_SHORTEST_MOVE = 4  # words: a shorter block that stands elsewhere too is chance, not a move


def merge(old: Blocks, new: Blocks) -> Blocks:
    """Give the new blocks with what was deleted and inserted marked in them."""
    before, after = [_keys(block) for block in old], [_keys(block) for block in new]
    merged: list[Block] = []
    at = there = 0
    for start, begin, size in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        merged += _gap(old[at:start], new[there:begin])
        merged += new[begin : begin + size]
        at, there = start + size, begin + size
    return tuple(merged)


@lru_cache(maxsize=_REMEMBERED)
def _keys(block: Block) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(word.key for word in _said(block))


@lru_cache(maxsize=_REMEMBERED)
def _said(block: Block) -> tuple[Word, ...]:
    return tuple(chain.from_iterable(words(leaf.runs) for leaf in leaves((block,))))


def _all(blocks: Iterable[Block]) -> tuple[Word, ...]:
    return tuple(chain.from_iterable(map(_said, blocks)))


def _gap(old: Blocks, new: Blocks) -> Iterable[Block]:
    """Merge what stands between two equal blocks."""
    if not old or not new:
        return (*whole(old, "del"), *whole(new, "ins"))
    pairs = _pairs(old, new)
    before, after = _all(old), _all(new)
    by_pairs = sum(shared(_said(old[i]), _said(new[j])) for i, j in pairs)
    # A paragraph that became a list pairs badly, though most of its words stayed: compare the words of all.
    if by_pairs < 0.8 * shared(before, after) and likeness(before, after) > _ALIKE:
        return _laid_on(before, new)
    return _in_order(old, new, pairs)


def _in_order(old: Blocks, new: Blocks, pairs: Sequence[tuple[int, int]]) -> Iterator[Block]:
    at = there = 0
    for i, j in (*pairs, (len(old), len(new))):
        yield from whole(old[at:i], "del")
        yield from whole(new[there:j], "ins")
        if i < len(old):
            yield from _pair(old[i], new[j])
        at, there = i + 1, j + 1


@lru_cache(maxsize=_REMEMBERED)
def _pair(old: Block, new: Block) -> Blocks:
    if old.is_leaf or new.is_leaf or old.tag != new.tag:
        return _laid_on(_said(old), (new,))
    if new.tag == "tr" and len(old.children) == len(new.children):
        cells = [cell for pair in zip(old.children, new.children, strict=True) for cell in _pair(*pair)]
        return (replace(new, children=tuple(cells)),)
    if new.tag == "tr":
        return _laid_on(_said(old), (new,))
    return (replace(new, children=merge(old.children, new.children)),)


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


@lru_cache(maxsize=_REMEMBERED)
def _fit(old: Block, new: Block) -> float:
    alike = likeness(_said(old), _said(new))
    return alike if old.tag == new.tag else alike * 0.9


def _laid_on(old: Sequence[Word], new: Blocks) -> Blocks:
    """Compare words alone and lay them on the new blocks, a deleted word where the next one stands."""
    marked = list(compare(old, _all(new)))
    return tuple(_dressed(block, marked, last=block is new[-1]) for block in new)


def _dressed(block: Block, marked: list[tuple[Mark, Word]], *, last: bool) -> Block:
    """Take from `marked` the words of one block, with those deleted before and, at the end of all, behind."""
    if not block.is_leaf:
        children = block.children
        return replace(
            block,
            children=tuple(
                _dressed(child, marked, last=last and child is children[-1]) for child in children
            ),
        )
    wanted, taken = len(words(block.runs)), 0
    count = 0
    while count < len(marked) and (taken < wanted or (last and marked[count][0] == "del")):
        taken += marked[count][0] != "del"
        count += 1
    own = marked[:count] if last else _with_deleted_behind(marked, count)
    del marked[: len(own)]
    return replace(block, runs=runs(own)) if own else block


def _with_deleted_behind(marked: list[tuple[Mark, Word]], count: int) -> list[tuple[Mark, Word]]:
    """Take the deletions right behind a deletion along, lest they head the next block."""
    while 0 < count < len(marked) and marked[count][0] == "del" == marked[count - 1][0]:
        count += 1
    return marked[:count]


def whole(blocks: Blocks, mark: str) -> Blocks:
    """Mark blocks as a whole; what is deleted gives up its ids and the signs of its footnotes."""
    return tuple(_marked(block, mark) for block in blocks)


def _marked(block: Block, mark: str) -> Block:
    attrs = tuple(pair for pair in block.attrs if mark != "del" or pair[0] != "id")
    own = tuple(
        replace(run, marks=(mark, *run.marks))
        for run in block.runs
        if mark != "del" or "note" not in run.marks
    )
    return replace(block, attrs=attrs, runs=own, children=whole(block.children, mark))


def moves(every: Sequence[Blocks]) -> list[Blocks]:
    """Find blocks deleted in one place and inserted in another, and mark both as moved."""
    gone, come = (
        {tuple(bare([block])) for blocks in every for block in _wholly(blocks, mark)}
        for mark in ("del", "ins")
    )
    moved = {words for words in gone & come if len(words) >= _SHORTEST_MOVE}
    return [tuple(_labelled(block, moved) for block in blocks) for blocks in every] if moved else list(every)


def _wholly(blocks: Blocks, mark: str) -> Iterator[Block]:
    for block in blocks:
        if _only(block) == mark:
            yield block
        yield from _wholly(block.children, mark)


def _only(block: Block) -> str:
    """Give the one mark that all words of a block bear, or nothing."""
    marks = {run.marks[0] if run.marks else "" for leaf in leaves((block,)) for run in leaf.runs}
    return marks.pop() if len(marks) == 1 and marks <= {"ins", "del"} else ""


def _labelled(block: Block, moved: set[tuple[str, ...]]) -> Block:
    mark = _only(block)
    if mark and tuple(bare([block])) in moved:
        return _said_to_move(block, "moved-away" if mark == "del" else "moved-here", (("class", "moved"),))
    return replace(block, children=tuple(_labelled(child, moved) for child in block.children))


def _said_to_move(block: Block, kind: str, look: tuple[tuple[str, str], ...]) -> Block:
    """Draw the block as moved, and say so at the head of its first leaf, where words may stand."""
    if block.is_leaf:
        return replace(block, attrs=(*block.attrs, *look, ("moved", kind)))
    first, *rest = block.children
    return replace(block, attrs=(*block.attrs, *look), children=(_said_to_move(first, kind, ()), *rest))
