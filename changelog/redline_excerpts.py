"""What changed of a section, for letters and feeds: its title, the changed blocks, and what they stand in.

A changed block keeps the headings above it, a definition its term, a row the heading of its table, and a
nested item the item that it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from changelog.before_after import CELL_SEPARATOR
from changelog.redline_changes import (
    AWAY,
    FORM,
    HERE,
    MOVE_KEY,
    MOVED,
    Change,
    RedlineUnit,
    UnitState,
    is_unit,
)
from changelog.redline_helpers import number_kept_items
from changelog.redline_sections import RedlineKind, SectionRedline
from changelog.redline_words import DELETED
from policy.blocks import Block, TextRun, iter_leaves

SEPARATOR = TextRun(
    CELL_SEPARATOR
)  # stands between the cells of a row on one line; it is never marked itself
_FIRST_WORDS = 8  # of a block, at the place that it moved away from
_HEADINGS = ("h3", "h4", "h5", "h6")


class SectionExcerpt(NamedTuple):
    """The title of a section and the blocks in which something changed, annotated like those of a redline."""

    title: Block
    blocks: tuple[Block, ...]


def select_changes(redline: SectionRedline) -> SectionExcerpt:
    """Return the title of a section and what changed in it."""
    kept = {
        change.first + offset: annotate_unit(unit, is_first=offset == 0)
        for change in redline.changes
        for offset, unit in enumerate(change.units)
    }
    return _select(redline, kept)


def select_short_changes(redline: SectionRedline) -> SectionExcerpt:
    """Return the same with only the first words of what moved away; of a section, the title."""
    if redline.kind is RedlineKind.MOVED_AWAY:
        return SectionExcerpt(Block("h2", runs=redline.title, attrs=((MOVED, AWAY),)), ())
    kept = {
        change.first + offset: annotate_unit(unit, is_first=offset == 0)
        for change in redline.changes
        for offset, unit in enumerate(shorten_old_place(change))
    }
    return _select(redline, kept)


def _select(redline: SectionRedline, kept: Mapping[int, Block]) -> SectionExcerpt:
    """Return the units of a section at some positions, with what they stand in."""
    whole = Block("section", _number_items(number_kept_items(redline.blocks)))
    title = kept.get(0, Block("h2", runs=redline.title))
    return SectionExcerpt(title, _select_children(whole, kept, count(1)))


def _number_items(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return blocks in which every item of a numbered list has its number, so that others may be left out."""
    return tuple(
        replace(block, children=_number_items(_iter_numbered(block) if block.tag == "ol" else block.children))
        for block in blocks
    )


def _iter_numbered(block: Block) -> Iterator[Block]:
    attrs = dict(block.attrs)
    if "class" in attrs:  # footnotes have no numbers of their own
        yield from block.children
        return
    number = int(attrs.get("start", 1))
    for item in block.children:
        own = dict(item.attrs)
        number = int(own.get("value", number))
        yield replace(item, attrs=tuple({**own, "value": str(number)}.items()))
        number += own.get("class") != "gone"


def shorten_old_place(change: Change) -> tuple[RedlineUnit, ...]:
    """Return the units of a change; of what moved away, one with its first words."""
    first, *rest = change.units
    if first.state is not UnitState.MOVED_AWAY:
        return change.units
    words = [run.text for run in join_cells(first.block) if "footnote" not in run.marks]
    shown = "".join(words).split()
    is_cut = bool(rest) or len(shown) > _FIRST_WORDS
    text = " ".join(shown[:_FIRST_WORDS]) + (" …" if is_cut else "")
    block = replace(first.block, children=(), runs=(TextRun(text, marks=(DELETED,)),))
    if block.tag == "tr":
        block = replace(block, children=(replace(block, tag="td", attrs=()),), runs=())
    return (first._replace(block=block),)


def annotate_unit(unit: RedlineUnit, *, is_first: bool = True) -> Block:
    """Return the block of a unit, annotated also with what its container says of it.

    Only the first unit of a move has its key, since both places have one anchor each.
    """
    attrs = {name: value for name, value in unit.block.attrs if name != MOVE_KEY}
    if unit.is_moved:
        attrs[MOVED] = HERE if unit.state is UnitState.MOVED_HERE else AWAY
        attrs |= {MOVE_KEY: unit.move_key} if is_first and unit.move_key else {}
    if unit.form:
        attrs[FORM] = unit.form
    return replace(unit.block, attrs=tuple(attrs.items()))


def join_cells(block: Block) -> list[TextRun]:
    """Return the runs of a leaf, or those of a row with `SEPARATOR` between its cells."""
    if block.is_leaf:
        return list(block.runs)
    runs: list[TextRun] = []
    for number, cell in enumerate(block.children):
        runs += [SEPARATOR] * bool(number)
        for position, leaf in enumerate(iter_leaves((cell,))):
            runs += [*[TextRun(" ")] * bool(position), *leaf.runs]
    return runs


def _select_children(parent: Block, kept: Mapping[int, Block], positions: Iterator[int]) -> tuple[Block, ...]:
    """Return the children of a container that are kept or have something kept in them, with their context."""
    children = [(child, _select_block(child, kept, positions)) for child in parent.children]
    if not any(selected for _, selected in children):
        return ()
    if parent.tag == "table":
        return tuple(selected or child for child, selected in children if selected or child.tag == "thead")
    if parent.tag == "li":
        (first, selected), *rest = children
        own = selected or (first if first.is_leaf else None)
        return tuple(block for block in (own, *(selected for _, selected in rest)) if block)
    return tuple(_add_context(children))


def _select_block(block: Block, kept: Mapping[int, Block], positions: Iterator[int]) -> Block | None:
    if is_unit(block):
        unit = kept.get(next(positions))
        # Items have been numbered since `kept` was made.
        own = {name: value for name, value in block.attrs if name in {"class", "value"}}
        return unit and replace(unit, attrs=tuple({**dict(unit.attrs), **own}.items()))
    children = _select_children(block, kept, positions)
    if not children:
        return None
    attrs = tuple((name, value) for name, value in block.attrs if name not in {MOVED, MOVE_KEY, FORM})
    return replace(block, children=children, attrs=attrs)


def _add_context(children: Sequence[tuple[Block, Block | None]]) -> Iterable[Block]:
    """Yield what is kept, with the headings above it and the terms of definitions."""
    context: list[Block] = []  # that is not printed yet
    last_tag = ""
    for child, selected in children:
        if child.tag in _HEADINGS:
            context = [block for block in context if block.tag < child.tag]
        elif child.tag == "dt" and last_tag != "dt":
            context = []
        last_tag = child.tag
        if selected:
            yield from context
            context = []
            yield selected
        elif child.tag in _HEADINGS or child.tag == "dt":
            context.append(child)
