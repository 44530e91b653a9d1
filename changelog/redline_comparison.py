"""Two lists of units compared: each new one with its changes, and between them the old ones that are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from changelog.redline_changes import AWAY, HERE, MOVE_KEY, MOVED
from changelog.redline_containers import ContainerPairs, find_other_place, find_table, pair_containers
from changelog.redline_forms import FormChange
from changelog.redline_matching import match_units
from changelog.redline_merge import (
    add_form,
    mark_blocks,
    merge_cell,
    merge_units,
    remove_continuation,
    remove_form,
)
from changelog.redline_splits import Match
from changelog.redline_tree import Path, TreeBuilder
from changelog.redline_units import Unit, UnitKind, list_units
from changelog.redline_words import DELETED, INSERTED
from policy.blocks import Block, Blocks, TextRun


class Step(NamedTuple):
    """One unit of a redline in order: a new one, or an old one that is not at this place any more."""

    unit: Unit
    blocks: Blocks
    is_old: bool
    is_moved: bool = False
    partner: Unit | None = None


class UnmatchedUnits(NamedTuple):
    """Units of the old and of the new text without a counterpart, and pairs that are hardly alike."""

    lost: tuple[Unit, ...]
    found: tuple[Unit, ...]
    weak: tuple[tuple[Unit, Unit], ...]


@dataclass(frozen=True)
class Comparison:
    """All steps of a redline, and the containers that they are put into."""

    steps: Sequence[Step]
    containers: ContainerPairs

    unmatched: UnmatchedUnits | None


def compare_units(
    old: Sequence[Unit], new: Sequence[Unit], sections: Sequence[tuple[range, range]]
) -> Comparison:
    """Compare the units of two texts; `sections` are the positions of those that are in both."""
    matches = match_units(old, new, sections)
    pairs = [(old[i], new[j]) for match in matches for i in match.old for j in match.new]
    containers = pair_containers(pairs, old, new)
    steps = tuple(_Comparer(old, new, matches, containers).iter_steps())
    return Comparison(steps, containers, _list_unmatched(old, new, matches))


def _list_unmatched(
    old: Sequence[Unit], new: Sequence[Unit], matches: Sequence[Match]
) -> UnmatchedUnits | None:
    """Return the units that may have a better counterpart in another section; titles have none."""
    of_old = {n for match in matches for n in match.old}
    of_new = {n for match in matches for n in match.new}
    lost, found = (
        tuple(unit for n, unit in enumerate(units) if n not in matched and unit.kind is not UnitKind.TITLE)
        for units, matched in ((old, of_old), (new, of_new))
    )
    weak = tuple((old[match.old[0]], new[match.new[0]]) for match in matches if match.is_weak)
    return UnmatchedUnits(lost, found, weak) if lost or found or weak else None


def merge_blocks(old: Blocks, new: Blocks) -> Blocks:
    """Return the new blocks with everything deleted and inserted marked in them; nothing counts as moved."""
    before, after = list_units(old), list_units(new)
    matches = [match for match in match_units(before, after, []) if not match.moved]
    pairs = [(before[i], after[j]) for match in matches for i in match.old for j in match.new]
    containers = pair_containers(pairs, before, after)
    steps = list(_Comparer(before, after, matches, containers).iter_steps())
    return build_blocks(steps, containers)


def build_blocks(steps: Sequence[Step], containers: ContainerPairs) -> Blocks:
    """Put the units of one section together."""
    builder = TreeBuilder(containers)
    next_paths: list[Path] = [()] * len(steps)
    path: Path = ()
    for number in range(len(steps) - 1, -1, -1):
        next_paths[number] = path
        if not steps[number].is_old:
            path = steps[number].unit.path
    for step, next_path in zip(steps, next_paths, strict=True):
        if step.is_old:
            builder.add_old(step.blocks, step.unit.path, next_path)
        else:
            builder.add_new(step.blocks, step.unit.path)
    return builder.finish()


class _Comparer:
    """Orders and marks the units of two texts."""

    def __init__(
        self, old: Sequence[Unit], new: Sequence[Unit], matches: Sequence[Match], containers: ContainerPairs
    ) -> None:
        self._old, self._new = old, new
        self._in_order = [match for match in matches if not match.moved]
        self._by_new = {j: match for match in matches for j in match.new}
        self._by_old = {i: match for match in matches for i in match.old}
        self._containers = containers
        self._moved_sections = {
            (old[match.old[0]].section, new[match.new[0]].section)
            for match in matches
            if match.moved and new[match.new[0]].has_title
        }
        self._keys = _create_move_keys(new, matches, self._moves_with_section)

    def iter_steps(self) -> Iterator[Step]:
        """Yield the units in the order of a redline: between two that stay, first what is gone."""
        old_start = new_start = 0
        for match in (*self._in_order, Match((len(self._old),), (len(self._new),), moved=False)):
            yield from (self._create_old_step(i) for i in range(old_start, match.old[0]))
            for j in range(new_start, match.new[0]):
                yield self._create_new_step(j)
            old_start, new_start = match.old[-1] + 1, match.new[-1] + 1
            if match.new[0] < len(self._new):
                # New blocks may stand between the parts of one that was split.
                merged = dict(zip(match.new, self._create_merged_steps(match), strict=True))
                for j in range(match.new[0], match.new[-1] + 1):
                    yield merged.get(j) or self._create_new_step(j)

    def _create_old_step(self, position: int) -> Step:
        unit, match = self._old[position], self._by_old.get(position)
        blocks = self._fill_columns(unit, mark_blocks(unit.blocks, DELETED), is_old=True)
        if unit.kind is UnitKind.SECTION and unit.section:  # its title is part of the unit
            heading = Block("h2", runs=(TextRun(unit.section.title),))
            blocks = (*mark_blocks((heading,), DELETED), *blocks)
        if match is None:
            return Step(unit, blocks, is_old=True)
        blocks = self._add_move(blocks, match, AWAY)
        return Step(unit, blocks, is_old=True, is_moved=True, partner=self._new[match.new[0]])

    def _create_new_step(self, position: int) -> Step:
        unit, match = self._new[position], self._by_new.get(position)
        if match is None:
            blocks = self._fill_columns(unit, mark_blocks(unit.blocks, INSERTED), is_old=False)
            return Step(unit, blocks, is_old=False)
        step = self._create_merged_steps(match)[match.new.index(position)]
        return step._replace(blocks=self._add_move(step.blocks, match, HERE), is_moved=True)

    def _create_merged_steps(self, match: Match) -> list[Step]:
        old, new = (
            [units[n] for n in numbers] for units, numbers in ((self._old, match.old), (self._new, match.new))
        )
        if new[0].kind is UnitKind.ROW:
            merged = [self._merge_row(old[0], new[0])]
        else:
            merged = merge_units(old, new, merge_blocks)
        if any(container in self._containers.other_form for unit in new[1:] for container in unit.path):
            merged[0] = (remove_form(merged[0][0], FormChange.SPLIT),)  # the list of its parts says so
        if form := find_other_place(old[0], new[0], self._containers):
            merged[0] = (add_form(merged[0][0], form), *merged[0][1:])
        for number, (before, after) in enumerate(pairwise(match.new), start=1):
            if before + 1 != after:  # a part that stands elsewhere says so itself
                merged[number] = (add_form(remove_continuation(merged[number][0]), FormChange.CUT_OFF),)
        return [
            Step(unit, blocks, is_old=False, partner=old[0]) for unit, blocks in zip(new, merged, strict=True)
        ]

    def _moves_with_section(self, match: Match) -> bool:
        """Whether a unit moved together with its section, which says so."""
        return (self._old[match.old[0]].section, self._new[match.new[0]].section) in self._moved_sections

    def _add_move(self, blocks: Blocks, match: Match, place: str) -> Blocks:
        key = self._keys.get(match.new[0])
        if (
            key is None
            and place == AWAY
            and self._moves_with_section(match)
            and (section := self._new[match.new[0]].section)
        ):
            key = section.id  # it moved with its section; what is deleted beside it did not
        if key is None:
            return blocks
        return tuple(replace(b, attrs=(*b.attrs, (MOVED, place), (MOVE_KEY, key))) for b in blocks)

    def _merge_row(self, old: Unit, new: Unit) -> Blocks:
        """Merge the cells of a row with their counterparts."""
        columns = self._containers.columns.get(find_table(new))
        if columns is None:
            columns = [(number, number) for number in range(len(new.cells))]
        cells: list[Block] = []
        for i, j in columns:
            before = old.cells[i] if i is not None and i < len(old.cells) else None
            after = new.cells[j] if j is not None and j < len(new.cells) else None
            cells += merge_cell(before, after, merge_blocks)
        return (replace(new.blocks[0], children=tuple(cells)),)

    def _fill_columns(self, unit: Unit, blocks: Blocks, *, is_old: bool) -> Blocks:
        """Give a row that is only in one text an empty cell for each column that is only in the other."""
        if unit.kind is not UnitKind.ROW:
            return blocks
        table = find_table(unit)
        columns = self._containers.columns.get(
            self._containers.new_of_old.get(table, table) if is_old else table
        )
        if columns is None:
            return blocks
        row = blocks[0]
        positions = [pair[0 if is_old else 1] for pair in columns]
        cells = (
            row.children[position] if position is not None and position < len(row.children) else Block("td")
            for position in positions
        )
        return (replace(row, children=tuple(cells)),)


def _create_move_keys(
    new: Sequence[Unit], matches: Sequence[Match], moves_with_section: Callable[[Match], bool]
) -> Mapping[int, str]:
    """Return a key for each unit that moved by itself; neighbours that moved together share one."""
    keys: dict[int, str] = {}
    last: Match | None = None
    for match in matches:
        if not match.moved or moves_with_section(match):
            last = None
            continue
        first = match.new[0]
        section = new[first].section
        key = f"{section.id if section else ''}.{first}"
        if last and last.new[-1] + 1 == first and last.old[-1] + 1 == match.old[0]:
            key = keys[last.new[0]] if new[last.new[0]].section is section else key
        keys[first] = key
        last = match
    # A rule alone did not move: readers would look for what did.
    of_words = {key for first, key in keys.items() if new[first].keys}
    return {first: key for first, key in keys.items() if key in of_words}
