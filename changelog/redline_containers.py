"""Which containers of two texts belong together: lists, items, tables, quotations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from changelog.redline_forms import FormChange
from changelog.redline_merge import Column, align_cells
from changelog.redline_units import Container, Unit, UnitKind, create_multiset, list_keys

_LISTS = {"ul", "ol"}


@dataclass(frozen=True)
class ContainerPairs:
    """Containers of the old text and the ones that they have become, and how these differ.

    `other_form` are new containers whose kind, numbering or very existence changes the form of words that
    stayed, and how. `columns` are those of tables with more or fewer of them than before.
    """

    new_of_old: Mapping[Container, Container]
    other_form: Mapping[Container, FormChange]
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
    return ContainerPairs(new_of_old, dict(_find_other_forms(pairs, new_of_old)), _align_columns(pairs))


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
) -> Iterator[tuple[Container, FormChange]]:
    """Yield the new containers that change the form of words that stayed; the outermost one of each unit."""
    old_of_new: dict[Container, Container] = {}
    for before, after in new_of_old.items():
        old_of_new.setdefault(after, before)
    for old, new in pairs:
        for container in new.path:
            former = old_of_new.get(container)
            if former is None and container.block.tag != "li":
                yield container, _find_form_of_new(container, old)
                break
            if former is not None and (form := _find_form_of_kept(former, container)):
                yield container, form


_NEW_FORMS = {
    "ul": FormChange.LIST,
    "ol": FormChange.NUMBERED_LIST,
    "blockquote": FormChange.QUOTATION,
    "table": FormChange.TABLE,
}


def _find_form_of_new(container: Container, old: Unit) -> FormChange:
    """Return what a unit has become by standing in a container without a counterpart."""
    if find_kind(container) == "list" and any(find_kind(outer) == "list" for outer in old.path):
        return FormChange.FURTHER_IN
    return (
        FormChange.OTHER if container.is_footnotes else _NEW_FORMS.get(container.block.tag, FormChange.OTHER)
    )


def _find_form_of_kept(old: Container, new: Container) -> FormChange | None:
    """Return how a container differs from what it was; None if it does not."""
    if old.block.tag != new.block.tag:
        return {"ol": FormChange.NUMBERS, "ul": FormChange.BULLETS}.get(new.block.tag, FormChange.OTHER)
    starts = [dict(container.block.attrs).get("start", "1") for container in (old, new)]
    return FormChange.NUMBERING if starts[0] != starts[1] else None


def find_other_place(old: Unit, new: Unit, pairs: ContainerPairs) -> FormChange | None:
    """Return how the containers of a unit are of other kinds than before, unless one of them says so."""
    before, after = ([find_kind(container) for container in unit.path] for unit in (old, new))
    if before == after or any(container in pairs.other_form for container in new.path):
        return None
    old_depth, new_depth = before.count("list"), after.count("list")
    if old_depth < new_depth:
        return FormChange.FURTHER_IN if old_depth else FormChange.IN_LIST
    if old_depth > new_depth:
        return FormChange.FURTHER_OUT if new_depth else FormChange.NOT_IN_LIST
    if ("blockquote" in before) != ("blockquote" in after):
        return FormChange.QUOTATION if "blockquote" in after else FormChange.NOT_QUOTATION
    return FormChange.OTHER


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
