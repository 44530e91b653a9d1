"""Units that belong together, merged into blocks with their words marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice, takewhile
from typing import TypeAlias

from changelog.redline_changes import CONTINUES, FORM
from changelog.redline_forms import FormChange, combine_word_forms, join_forms
from changelog.redline_plain import merge_plain_texts
from changelog.redline_units import (
    HEADINGS,
    Multiset,
    Unit,
    UnitKind,
    compute_dice,
    create_multiset,
    list_keys,
)
from changelog.redline_words import (
    DELETED,
    INSERTED,
    Mark,
    MarkedWord,
    compare_words,
    join_words,
    split_words,
)
from policy.blocks import Block, Blocks, TextRun
from policy.canonical import build_canonical_section

BlockMerger: TypeAlias = Callable[[Blocks, Blocks], Blocks]
# A column of a merged table: its position in the old rows and in the new ones.
Column: TypeAlias = tuple[int | None, int | None]


def merge_units(old: Sequence[Unit], new: Sequence[Unit], merge_blocks: BlockMerger) -> list[Blocks]:
    """Return the blocks of each new unit with the changes from the old ones marked.

    `merge_blocks` compares the blocks inside a cell or a definition.
    """
    if [unit.blocks for unit in old] == [unit.blocks for unit in new]:
        return [unit.blocks for unit in new]
    if new[0].kind is UnitKind.ENTRY:
        return [_merge_entry(old[0].blocks, new[0].blocks, merge_blocks)]
    return [(block,) for block in _merge_leaves(_list_leaves(old), _list_leaves(new))]


def _list_leaves(units: Sequence[Unit]) -> Blocks:
    return tuple(unit.blocks[0] for unit in units)


@lru_cache(maxsize=512)
def _merge_leaves(old: Blocks, new: Blocks) -> Blocks:
    """Return the new leaves with the words of the old ones deleted where they stood.

    Nothing invalidates the cache: blocks are immutable. Many versions have the same differences.
    """
    if len(old) == len(new) == 1 and old[0].tag == new[0].tag != "pre":
        plain = merge_plain_texts(old[0].runs, new[0].runs)
        if plain:
            return (replace(new[0], runs=plain),)
    before = [word for leaf in old for word in split_words(leaf.runs)]
    after = [split_words(leaf.runs) for leaf in new]
    marked = compare_words(before, list(chain.from_iterable(after)))
    merged: list[Block] = []
    for position, (leaf, words) in enumerate(zip(new, after, strict=True)):
        is_last = position == len(new) - 1
        count = len(marked) if is_last else _count_words_of_leaf(marked, len(words))
        runs = join_words(marked[:count])
        block = replace(leaf, runs=runs) if runs else leaf
        if position:
            block = replace(block, attrs=(*block.attrs, (CONTINUES, "true")))
        elif any(not item.mark for item in marked[:count]):  # what is new altogether has no other form
            block = add_form(block, *_find_forms(old, new, marked[:count]))
        merged.append(block)
        del marked[:count]
    return tuple(merged)


def _count_words_of_leaf(marked_words: Sequence[MarkedWord], new_words: int) -> int:
    """Count the marked words that go into a leaf with `new_words` new words.

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


def _find_forms(old: Sequence[Block], new: Sequence[Block], marked: Sequence[MarkedWord]) -> list[FormChange]:
    """Return what became of old leaves: their number, their element, the emphasis of words that stayed.

    `marked` are the words of the first new leaf.
    """
    if len(old) > 1 or len(new) > 1:
        return [
            FormChange.SPLIT if len(old) == 1 else FormChange.JOINED if len(new) == 1 else FormChange.DIVIDED
        ]
    before, after = old[0], new[0]
    if _get_tag(before) != _get_tag(after):
        return [_find_form_of_element(before.tag, after.tag)]
    if after.tag != "pre":
        return combine_word_forms(item.forms for item in marked if not item.mark)
    # Readers see the blanks and lines of code.
    is_same = any(item.mark for item in marked) or build_canonical_section(
        "", (before,)
    ) == build_canonical_section("", (after,))
    return [] if is_same else [FormChange.LINE_BREAKS]


def _find_form_of_element(old: str, new: str) -> FormChange:
    """Return what became of a leaf whose element is another one."""
    if old in HEADINGS and new in HEADINGS:
        return FormChange.HEADING_LEVEL
    if new == "pre" or old == "pre":
        return FormChange.CODE if new == "pre" else FormChange.NOT_CODE
    if new in HEADINGS or old in HEADINGS:
        return FormChange.HEADING if new in HEADINGS else FormChange.NOT_HEADING
    return FormChange.OTHER


def _get_tag(block: Block) -> str:
    return "p" if block.tag == "text" else block.tag


def add_form(block: Block, *forms: FormChange) -> Block:
    """Return a block that says how its form changed, besides what it says already."""
    if not forms:
        return block
    attrs = dict(block.attrs)
    attrs[FORM] = join_forms(attrs.get(FORM, ""), " ".join(forms))
    return replace(block, attrs=tuple(attrs.items()))


def remove_form(block: Block, form: FormChange) -> Block:
    """Return a block that does not say that its form changed in one way."""
    attrs = dict(block.attrs)
    rest = [own for own in attrs.pop(FORM, "").split() if own != form]
    return replace(block, attrs=(*attrs.items(), *[(FORM, " ".join(rest))] * bool(rest)))


def remove_continuation(block: Block) -> Block:
    """Return a block that does not say that it continues the one before."""
    return replace(block, attrs=tuple(pair for pair in block.attrs if pair[0] != CONTINUES))


def mark_blocks(blocks: Blocks, mark: Mark) -> Blocks:
    """Return blocks with every word marked; deleted ones lose their ids and the signs of their footnotes."""
    return tuple(_mark_block(block, mark) for block in blocks)


def _mark_block(block: Block, mark: Mark) -> Block:
    # An id must be unique on a page, and belongs to what is still there.
    attrs = tuple(pair for pair in block.attrs if mark != DELETED or pair[0] != "id")
    runs = tuple(
        replace(run, marks=(mark, *run.marks))
        for run in block.runs
        if mark != DELETED or "footnote" not in run.marks
    )
    return replace(block, attrs=attrs, runs=runs, children=mark_blocks(block.children, mark))


def merge_title(old: str, new: str) -> tuple[TextRun, ...]:
    """Return the runs of a title."""
    old_runs, new_runs = (TextRun(old),), (TextRun(new),)
    plain = merge_plain_texts(old_runs, new_runs)
    return plain or join_words(compare_words(split_words(old_runs), split_words(new_runs)))


def _merge_entry(old: Blocks, new: Blocks, merge_blocks: BlockMerger) -> Blocks:
    """Merge a term and its definitions: terms with terms, definitions with definitions."""
    merged: list[Block] = []
    for tag in ("dt", "dd"):
        before, after = ([block for block in side if block.tag == tag] for side in (old, new))
        for i, j in align_cells(
            *([create_multiset(list_keys(cell)) for cell in side] for side in (before, after))
        ):
            merged += merge_cell(
                None if i is None else before[i], None if j is None else after[j], merge_blocks
            )
    return tuple(merged)


def merge_cell(old: Block | None, new: Block | None, merge_blocks: BlockMerger) -> Blocks:
    """Merge a cell or definition with its counterpart, if it has one."""
    if new is None:
        return mark_blocks((old,), DELETED) if old else ()
    if old is None:
        return mark_blocks((new,), INSERTED)
    if old.is_leaf and new.is_leaf:
        return _merge_leaves((old,), (new,))
    before, after = (block.children or (Block("text", runs=block.runs),) for block in (old, new))
    return (replace(new, runs=(), children=merge_blocks(before, after)),)


def align_cells(old: Sequence[Multiset], new: Sequence[Multiset]) -> list[Column]:
    """Return which cells belong together: by position, or, if there are more or fewer now, by their words."""
    if len(old) == len(new):
        return [(number, number) for number in range(len(old))]
    likeness = [[compute_dice(a, b) + 0.01 for b in new] for a in old]  # rather a wrong partner than none
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j + 1] + likeness[i][j], best[i + 1][j], best[i][j + 1])
    columns: list[Column] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            columns.append((i, None))
            i += 1
        elif best[i][j] == best[i][j + 1]:
            columns.append((None, j))
            j += 1
        else:
            columns.append((i, j))
            i, j = i + 1, j + 1
    columns += [(position, None) for position in range(i, len(old))]
    columns += [(None, position) for position in range(j, len(new))]
    return columns
