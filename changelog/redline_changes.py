"""The changes of a redline as readers count them: each has an anchor, a number, and a before and an after.

One change is a block or table row in which something is marked, with the blocks that it was split into; or
neighbours that are deleted and inserted as a whole; or one place of a move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from itertools import groupby
from typing import NamedTuple

from changelog.redline_forms import join_forms
from policy.blocks import Block, TextRun, iter_leaves

# Reserved names in `Block.attrs` of a redline. They are no attributes of an element.
MOVED = "moved"  # "here" or "away"
MOVE_KEY = "move"  # the same at both places of a move, and unique in a redline
FORM = "form"  # how the form of the block changed: values of FormChange, separated by spaces
CONTINUES = "continues"  # "true": its words were part of the block before it
HERE, AWAY = "here", "away"


class UnitState(Enum):
    """How a block or row of a redline differs from the old text."""

    UNCHANGED = auto()
    CHANGED = auto()  # some words, a link or the form
    INSERTED = auto()
    DELETED = auto()
    MOVED_HERE = auto()
    MOVED_AWAY = auto()


class RedlineUnit(NamedTuple):
    """A leaf block or a table row of a redline.

    `move_key` and `form` may come from a container, such as a list that moved as a whole; a form counts for
    the first unit of its container.
    """

    block: Block
    state: UnitState
    move_key: str
    form: str
    continues: bool

    @property
    def is_moved(self) -> bool:
        """Whether it is one place of a move."""
        return self.state is UnitState.MOVED_HERE or self.state is UnitState.MOVED_AWAY

    @property
    def is_whole(self) -> bool:
        """Whether it is inserted or deleted as a whole."""
        return self.state is UnitState.INSERTED or self.state is UnitState.DELETED

    @property
    def all_forms(self) -> str:
        """Its forms and those of its cells."""
        return _join_forms_inside(self.form, self.block)

    @property
    def has_other_form(self) -> bool:
        """Whether its form, or that of a cell, is another one."""
        return bool(self.all_forms)


class Change(NamedTuple):
    """One change: its units, and the position of the first among those of its section; the title is 0."""

    first: int
    units: tuple[RedlineUnit, ...]


def list_units(title: tuple[TextRun, ...], blocks: Iterable[Block]) -> tuple[RedlineUnit, ...]:
    """Return the title and every leaf block and table row of a section of a redline, in order."""
    heading = Block("h2", runs=title)
    return (_create_unit(heading, "", "", ""), *_iter_units(blocks, "", ""))


def _iter_units(blocks: Iterable[Block], place: str, key: str) -> Iterator[RedlineUnit]:
    for block in blocks:
        attrs = dict(block.attrs)
        own_place, own_key = attrs.get(MOVED, place), attrs.get(MOVE_KEY, key)
        form = attrs.get(FORM, "")
        if is_unit(block):
            yield _create_unit(block, own_place, own_key, form)
            continue
        for number, unit in enumerate(_iter_units(block.children, own_place, own_key)):
            if form and number == 0:
                state = UnitState.CHANGED if unit.state is UnitState.UNCHANGED else unit.state
                yield unit._replace(form=join_forms(form, unit.form), state=state)
            else:
                yield unit


def is_unit(block: Block) -> bool:
    """Whether a block of a redline is one unit: a leaf, or a table row."""
    return block.is_leaf or block.tag == "tr"


def _create_unit(block: Block, place: str, key: str, form: str) -> RedlineUnit:
    return RedlineUnit(
        block,
        _find_state(block, place),
        key,
        form,
        CONTINUES in dict(block.attrs),
    )


def _find_state(block: Block, place: str) -> UnitState:
    if place:
        return UnitState.MOVED_HERE if place == HERE else UnitState.MOVED_AWAY
    runs = [run for leaf in iter_leaves((block,)) for run in leaf.runs if run.text.strip()]
    marks = {find_mark(run) for run in runs}
    if marks == {"ins"}:
        return UnitState.INSERTED
    if marks == {"del"}:
        return UnitState.DELETED
    is_changed = (
        bool(_join_forms_inside("", block))
        or bool(marks - {""})
        or any(run.former_href is not None for run in runs)
    )
    return UnitState.CHANGED if is_changed else UnitState.UNCHANGED


def _join_forms_inside(form: str, block: Block) -> str:
    """Return a form after which come those of a block and of what is in it."""
    form = join_forms(form, dict(block.attrs).get(FORM, ""))
    for child in block.children:
        form = _join_forms_inside(form, child)
    return form


def find_mark(run: TextRun) -> str:
    """Return the redline mark of a run, `ins` or `del`, or an empty string."""
    return run.marks[0] if run.marks and run.marks[0] in {"ins", "del"} else ""


def list_changes(units: Sequence[RedlineUnit]) -> tuple[Change, ...]:
    """Return the changes among the units of a section, in order."""
    changes: list[list[tuple[int, RedlineUnit]]] = []
    last: RedlineUnit | None = None  # the unit before, if it is part of a change
    for position, unit in enumerate(units):
        if unit.state is UnitState.UNCHANGED and not (unit.continues and last):
            last = None
            continue
        if last and _belong_together(last, unit):
            changes[-1].append((position, unit))
        else:
            changes.append([(position, unit)])
        last = unit
    return tuple(Change(change[0][0], tuple(unit for _, unit in change)) for change in changes)


def _belong_together(before: RedlineUnit, after: RedlineUnit) -> bool:
    """Whether two neighbours are part of one change."""
    if before.is_moved or after.is_moved:
        return before.state is after.state and before.move_key == after.move_key
    if after.continues:  # what changed further down, after parts without a change, is found by itself
        return before.state is not UnitState.UNCHANGED or after.state is UnitState.UNCHANGED
    return before.is_whole and after.is_whole


class BlockPair(NamedTuple):
    """Units of a redline before and after a change; both hold all marks, and one of them may be empty."""

    before: tuple[Block, ...]
    after: tuple[Block, ...]
    is_moved: bool = False
    forms: str = ""


def list_pairs(change: Change) -> Iterator[BlockPair]:
    """Yield what stood before and what stands after, block by block; a move is one pair, at its new place.

    Where as many blocks are deleted as inserted, each pairs with the one in its place. Otherwise all of one
    gap are one pair: nobody is told that nothing stood where something did, nor told it again and again.
    """
    first = change.units[0]
    if first.state is UnitState.MOVED_AWAY:
        return
    if first.state is UnitState.MOVED_HERE:
        blocks = tuple(unit.block for unit in change.units)
        yield BlockPair(blocks, blocks, is_moved=True, forms=_join_forms_of_units(change.units))
        return
    for is_gap, group in groupby(change.units, lambda unit: unit.is_whole and not unit.continues):
        units = list(group)
        if not is_gap:
            blocks = tuple(unit.block for unit in units)
            yield BlockPair(blocks, blocks, forms=_join_forms_of_units(units))
            continue
        deleted = [unit.block for unit in units if unit.state is UnitState.DELETED]
        inserted = [unit.block for unit in units if unit.state is UnitState.INSERTED]
        if len(deleted) == len(inserted):
            pairs = zip(deleted, inserted, strict=True)
            yield from (BlockPair((old,), (new,)) for old, new in pairs)
        else:
            yield BlockPair(tuple(deleted), tuple(inserted))


def _join_forms_of_units(units: Iterable[RedlineUnit]) -> str:
    forms = ""
    for unit in units:
        forms = join_forms(forms, unit.all_forms)
    return forms
