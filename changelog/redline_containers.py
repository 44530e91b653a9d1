"""Which containers of two texts belong together: lists, items, tables, quotations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from changelog.redline_merge import Column, align_cells
from changelog.redline_units import Container, Unit, UnitKind, create_multiset, list_keys

_LISTS = {"ul", "ol"}


@dataclass(frozen=True)
class ContainerPairs:
    """Containers of the old text and the ones that they have become, and how these differ.

    `other_form` are new containers whose kind, numbering or very existence changes the form of words that
    stayed. `columns` are those of tables with more or fewer of them than before.
    """

    new_of_old: Mapping[Container, Container]
    other_form: frozenset[Container]
    columns: Mapping[Container, Sequence[Column]]


def pair_containers(
    pairs: Sequence[tuple[Unit, Unit]], old_units: Iterable[Unit], new_units: Iterable[Unit]
) -> ContainerPairs:
    """Return the containers that belong together because the units in them do."""
    votes: dict[Container, dict[Container, int]] = defaultdict(lambda: defaultdict(int))
    for old, new in pairs:
        for before, after in _align_paths(old.path, new.path):
            votes[before][after] += 1 + len(new.keys)
    new_of_old = {before: max(found, key=lambda after: found[after]) for before, found in votes.items()}
    _pair_parts_of_tables(old_units, new_units, new_of_old)
    return ContainerPairs(new_of_old, frozenset(_find_other_forms(pairs, new_of_old)), _align_columns(pairs))


def _pair_parts_of_tables(
    old_units: Iterable[Unit], new_units: Iterable[Unit], new_of_old: dict[Container, Container]
) -> None:
    """Pair the head and the body of a table whose rows have no counterpart: it has only one of each."""
    parts = {
        (table, part.block.tag): part
        for unit in new_units
        for table, part in pairwise(unit.path)
        if table.block.tag == "table"
    }
    for unit in old_units:
        for table, part in pairwise(unit.path):
            new_table = new_of_old.get(table)
            if new_table and part not in new_of_old and (new_table, part.block.tag) in parts:
                new_of_old[part] = parts[new_table, part.block.tag]


def _align_paths(old: Sequence[Container], new: Sequence[Container]) -> Iterator[tuple[Container, Container]]:
    """Yield the containers of one kind around two units, from the innermost out."""
    rest = list(new)
    for before in reversed(old):
        kind = find_kind(before)
        place = next((n for n in range(len(rest) - 1, -1, -1) if find_kind(rest[n]) == kind), None)
        if place is not None:
            yield before, rest[place]
            del rest[place:]


def find_kind(container: Container) -> str:
    """Return the kind of a container; lists are of one kind, whether numbered or not, save for footnotes."""
    if container.is_footnotes:
        return "footnotes"
    return "list" if container.block.tag in _LISTS else container.block.tag


def _find_other_forms(
    pairs: Iterable[tuple[Unit, Unit]], new_of_old: Mapping[Container, Container]
) -> Iterator[Container]:
    """Yield the new containers that change the form of words that stayed; the outermost one of each unit."""
    old_of_new: dict[Container, Container] = {}
    for before, after in new_of_old.items():
        old_of_new.setdefault(after, before)
    for _, new in pairs:
        for container in new.path:
            former = old_of_new.get(container)
            if former is None and container.block.tag != "li":
                yield container
                break
            if former is not None and _describe(former) != _describe(container):
                yield container


def _describe(container: Container) -> tuple[str, str]:
    return container.block.tag, dict(container.block.attrs).get("start", "1")


def has_other_place(old: Unit, new: Unit, pairs: ContainerPairs) -> bool:
    """Whether a unit is in other kinds of containers than before, and none of them says so itself."""
    before, after = ([find_kind(container) for container in unit.path] for unit in (old, new))
    return before != after and pairs.other_form.isdisjoint(new.path)


def find_table(row: Unit) -> Container:
    """Return the table of a row."""
    return next(container for container in reversed(row.path) if container.block.tag == "table")


def _align_columns(pairs: Iterable[tuple[Unit, Unit]]) -> dict[Container, Sequence[Column]]:
    """Return the columns of tables that have more or fewer of them than before, by their new container."""
    rows: dict[Container, list[tuple[Unit, Unit]]] = defaultdict(list)
    for old, new in pairs:
        if new.kind is UnitKind.ROW:
            rows[find_table(new)].append((old, new))
    return {
        table: align_cells(*(_list_columns([pair[side] for pair in found]) for side in (0, 1)))
        for table, found in rows.items()
        if any(len(old.cells) != len(new.cells) for old, new in found)
    }


def _list_columns(rows: Sequence[Unit]) -> list[frozenset[tuple[str, int]]]:
    """Return the words of each column."""
    count = max(len(row.cells) for row in rows)
    return [
        create_multiset(
            tuple(key for row in rows for cell in row.cells[number : number + 1] for key in list_keys(cell))
        )
        for number in range(count)
    ]
