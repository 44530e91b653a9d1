"""Blocks of a redline: equal blocks are matched first, then the most similar ones, then words."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain, islice, takewhile
from typing import NamedTuple, TypeAlias

from changelog.redline_words import (
    DELETED,
    INSERTED,
    Mark,
    Multiset,
    Word,
    compare_words,
    compute_dice_similarity,
    create_multiset,
    extract_word_keys,
    find_matching_stretches,
    join_words,
    split_words,
)
from policy.blocks import Block, extract_words, iter_leaves

Blocks: TypeAlias = tuple[Block, ...]

_MIN_SIMILARITY = 0.4  # below it two blocks are one deleted and one inserted, not one changed
# The share of common words that pairs of blocks must keep; if they keep fewer, only words are compared.
_MIN_KEPT_SHARE = 0.8
_MAX_PAIRS = 2_500  # of blocks whose similarity is computed
_CACHE_SIZE = 2048  # most blocks stay the same from version to version, and are compared with the same ones
_MIN_MOVED_WORDS = 4  # a shorter block that is elsewhere too is a coincidence, not a move


class _MarkedWord(NamedTuple):
    """A word with its mark; `ends_old_leaf` tells the last word of each leaf of the old text."""

    mark: Mark
    word: Word
    ends_old_leaf: bool


@dataclass(frozen=True)
class _ComparableText:
    """The text of leaves as words, in order; as keys, which are equal for equal words; and as a multiset."""

    leaves: tuple[Block, ...]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(chain.from_iterable(split_words(leaf.runs) for leaf in self.leaves))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(extract_word_keys(leaf.runs) for leaf in self.leaves))

    @cached_property
    def multiset(self) -> Multiset:
        return create_multiset(self.keys)


def merge_blocks(old: Blocks, new: Blocks) -> Blocks:
    """Return the new blocks with everything deleted and inserted marked in them."""
    old_keys = [_extract_text(block).keys for block in old]
    new_keys = [_extract_text(block).keys for block in new]
    merged: list[Block] = []
    old_start = new_start = 0
    for old_match, new_match, size in find_matching_stretches(old_keys, new_keys):
        merged += _merge_unequal_blocks(old[old_start:old_match], new[new_start:new_match])
        merged += new[new_match : new_match + size]
        old_start, new_start = old_match + size, new_match + size
    return tuple(merged)


@lru_cache(maxsize=_CACHE_SIZE)
def _extract_text(block: Block) -> _ComparableText:
    """Return the text of one block. Nothing invalidates the cache: blocks are immutable."""
    return _ComparableText(tuple(iter_leaves((block,))))


def _extract_joined_text(blocks: Blocks) -> _ComparableText:
    """Return the text of several blocks."""
    if len(blocks) == 1:
        return _extract_text(blocks[0])
    return _ComparableText(tuple(iter_leaves(blocks)))


def _merge_unequal_blocks(old: Blocks, new: Blocks) -> Iterable[Block]:
    """Merge the blocks between two equal ones, by pairs of blocks or by words alone."""
    if not old or not new:
        return (*mark_blocks(old, DELETED), *mark_blocks(new, INSERTED))
    pairs = _find_best_pairs(old, new)
    before, after = _extract_joined_text(old), _extract_joined_text(new)
    common_word_count = sum(
        len(_extract_text(old[i]).multiset & _extract_text(new[j]).multiset) for i, j in pairs
    )
    if common_word_count >= _MIN_KEPT_SHARE * min(len(before.keys), len(after.keys)):
        return _merge_pairs(old, new, pairs)
    # A paragraph that became a list makes bad pairs although most words are still there.
    if (
        common_word_count < _MIN_KEPT_SHARE * len(before.multiset & after.multiset)
        and compute_dice_similarity(before.multiset, after.multiset) > _MIN_SIMILARITY
    ):
        return _merge_words(before.words, new)
    return _merge_pairs(old, new, pairs)


def _merge_pairs(old: Blocks, new: Blocks, pairs: Sequence[tuple[int, int]]) -> Iterator[Block]:
    """Yield merged pairs in order, and between them the blocks without a partner, deleted ones first."""
    old_start = new_start = 0
    for i, j in (*pairs, (len(old), len(new))):
        yield from mark_blocks(old[old_start:i], DELETED)
        yield from mark_blocks(new[new_start:j], INSERTED)
        if i < len(old):
            yield from _merge_pair(old[i], new[j])
        old_start, new_start = i + 1, j + 1


@lru_cache(maxsize=_CACHE_SIZE)
def _merge_pair(old: Block, new: Block) -> Blocks:
    """Merge two blocks, by children if their structure allows it, else by words.

    Nothing invalidates the cache: blocks are immutable.
    """
    if old.is_leaf or new.is_leaf or old.tag != new.tag:
        return _merge_words(_extract_text(old).words, (new,))
    if new.tag == "tr" and len(old.children) == len(new.children):
        cells = [cell for pair in zip(old.children, new.children, strict=True) for cell in _merge_pair(*pair)]
        return (replace(new, children=tuple(cells)),)
    if new.tag == "tr":  # with a deleted cell in it, a row would no longer fit its table
        return _merge_words(_extract_text(old).words, (new,))
    return (replace(new, children=merge_blocks(old.children, new.children)),)


def _find_best_pairs(old: Blocks, new: Blocks) -> list[tuple[int, int]]:
    """Return pairs of positions of similar blocks, in order, with the greatest sum of similarities.

    The dynamic program of global sequence alignment with free gaps. Return no pairs if there are so many
    blocks that it would take seconds.
    """
    if len(old) * len(new) > _MAX_PAIRS:
        return []
    similarity = [[_compute_similarity(before, after) for after in new] for before in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]  # best[i][j]: sum for old[i:] and new[j:]
    # Filled from the end, so that the pairs can be read off from the start.
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = best[i + 1][j + 1] + similarity[i][j] if similarity[i][j] >= _MIN_SIMILARITY else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
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


def _compute_similarity(old: Block, new: Block) -> float:
    """Return the similarity of two blocks; those of one kind win if words are alike."""
    similarity = compute_dice_similarity(_extract_text(old).multiset, _extract_text(new).multiset)
    return similarity if old.tag == new.tag else similarity * 0.9


def _merge_words(old: Sequence[Word], new: Blocks) -> Blocks:
    """Return the new blocks with deleted words in their old positions, whatever blocks they were in."""
    old_words = iter(old)
    # Only the last word of a leaf has no white space after it.
    marked_words = [
        _MarkedWord(mark, word, mark != INSERTED and not next(old_words).gap)
        for mark, word in compare_words(old, _extract_joined_text(new).words)
    ]
    last_leaf = next((leaf for leaf in reversed(list(iter_leaves(new))) if leaf.tag != "hr"), None)
    return tuple(_fill_block(block, marked_words, last_leaf) for block in new)


def _fill_block(block: Block, marked_words: list[_MarkedWord], last_leaf: Block | None) -> Block:
    """Return a block with its words marked, and remove them from `marked`; the last leaf takes the rest."""
    if not block.is_leaf:
        children = tuple(_fill_block(child, marked_words, last_leaf) for child in block.children)
        return replace(block, children=children)
    is_last = block is last_leaf
    count = len(marked_words) if is_last else _count_words_of_leaf(marked_words, len(split_words(block.runs)))
    words = [(item.mark, item.word) for item in marked_words[:count]]
    del marked_words[:count]
    return replace(block, runs=join_words(words)) if words else block


def _count_words_of_leaf(marked_words: Sequence[_MarkedWord], new_words: int) -> int:
    """Count the words at the start of `marked` that go into a leaf with `new_words` new words.

    They are these words, the deleted ones among them, and then the rest of the old leaf if it is deleted.
    """
    if not new_words:
        return 0
    ends = (number for number, item in enumerate(marked_words, start=1) if item.mark != DELETED)
    count = next(islice(ends, new_words - 1, None))
    old_leaf_is_complete = next(
        (item.ends_old_leaf for item in reversed(marked_words[:count]) if item.mark != INSERTED), True
    )
    if old_leaf_is_complete:
        return count
    # Otherwise the deleted end of a sentence would be at the start of the next paragraph.
    deleted = takewhile(lambda item: item.mark == DELETED, islice(marked_words, count, None))
    return next((number for number, item in enumerate(deleted, start=count + 1) if item.ends_old_leaf), count)


def mark_blocks(blocks: Blocks, mark: Mark) -> Blocks:
    """Return blocks with every word marked; deleted ones lose their ids and the signs of their footnotes."""
    return tuple(_mark_block(block, mark) for block in blocks)


def _mark_block(block: Block, mark: Mark) -> Block:
    """Mark a block and its children."""
    # An id must be unique on a page, and belongs to what is still there.
    attrs = tuple(pair for pair in block.attrs if mark != DELETED or pair[0] != "id")
    runs = tuple(
        replace(run, marks=(mark, *run.marks))
        for run in block.runs
        if mark != DELETED or "footnote" not in run.marks
    )
    return replace(block, attrs=attrs, runs=runs, children=mark_blocks(block.children, mark))


def find_fully_marked_texts(blocks: Blocks, mark: Mark) -> frozenset[str]:
    """Return the text of each block that has this one mark throughout and is long enough for a move."""
    texts = (extract_words([block]) for block in _find_fully_marked_blocks(blocks, mark))
    return frozenset(" ".join(words) for words in texts if len(words) >= _MIN_MOVED_WORDS)


def mark_moved_blocks(blocks: Blocks, moved_texts: Container[str]) -> Blocks:
    """Label the blocks with one of these texts as moved; return the same object if there is none."""
    labelled = tuple(_label_moved_block(block, moved_texts) for block in blocks)
    return blocks if labelled == blocks else labelled


def _find_fully_marked_blocks(blocks: Blocks, mark: Mark) -> Iterator[Block]:
    """Yield the blocks, of any depth, that have this one mark throughout."""
    for block in blocks:
        if _find_common_mark(block) == mark:
            yield block
        yield from _find_fully_marked_blocks(block.children, mark)


def _find_common_mark(block: Block) -> str:
    """Return the mark that all words of a block have, or an empty string."""
    marks = {run.marks[0] if run.marks else "" for leaf in iter_leaves((block,)) for run in leaf.runs}
    return marks.pop() if len(marks) == 1 and marks <= {INSERTED, DELETED} else ""


def _label_moved_block(block: Block, moved_texts: Container[str]) -> Block:
    """Label a block, or the ones inside it, whose text has moved."""
    mark = _find_common_mark(block)
    if mark and " ".join(extract_words([block])) in moved_texts:
        label = "moved-away" if mark == DELETED else "moved-here"
        return replace(block, attrs=(*block.attrs, ("moved", label)))
    return replace(block, children=tuple(_label_moved_block(child, moved_texts) for child in block.children))
