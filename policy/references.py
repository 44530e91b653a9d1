"""What one part of the content says of another: placeholders, ids, twins."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from common.suggestions import suggest_name
from policy.blocks import iter_leaves as leaves_of
from policy.findings import Finding, Location
from policy.localization import is_country
from policy.markdown import LEFTOVER, PLACEHOLDER, TABLE_PLACEHOLDER, parse_markdown
from policy.placeholders import FACT_KINDS, list_placeholder_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.fact_models import Row
    from policy.models import ChangeNote, Policy
    from policy.yaml_reader import YamlTree

_LISTS = {"data": "categories", "retention": "retention"}


class Slot(NamedTuple):
    """A placeholder where it was typed; `alone` is that of a table on a line of its own."""

    line: int
    column: int
    name: str
    alone: bool


class Typed(NamedTuple):
    """What one text says of others: its placeholders, and what was left in it that is none."""

    slots: tuple[Slot, ...]
    leftovers: tuple[tuple[int, int, str], ...]


def references(
    policy: Policy, notes: Mapping[str, ChangeNote], trees: Mapping[str, YamlTree]
) -> Iterator[Finding]:
    """Find what a policy and the `notes` that are new to it name and what is not there.

    `trees` tell the place of each thing in a YAML file.
    """
    known = list_placeholder_values(policy.settings, policy.facts)
    for section in chain.from_iterable(policy.sections.values()):
        title, body = typed_in_line(section.title), typed(section.body, section.id)
        if any((*title, *body)):
            location = trees[section.path].locate(("title",))
            yield from _misplaced(location, title, known)
            yield from _misplaced(Location(section.path, section.line), body, known)
    for name, note in notes.items():
        path = f"content/{name}"
        for key, locale, source in note.texts:
            found = typed(source)
            if found.slots or found.leftovers:
                yield from _misplaced(trees[path].locate((key, locale)), found, known)
    yield from _rows(policy, trees)
    yield from _twins(policy)


@lru_cache(maxsize=1024)
def typed(source: str, anchor: str = "") -> Typed:
    """Find the placeholders of a Markdown text, parsed with that anchor, and template syntax left in it."""
    lines = source.split("\n")
    slots: list[Slot] = []
    leftovers: list[tuple[int, int, str]] = []
    for block in leaves_of(parse_markdown(source, anchor)):
        for run in block.runs:
            at = run.line or block.line
            names = [run.placeholder] if run.placeholder else PLACEHOLDER.findall(run.href)
            slots += [Slot(*_place(lines, at, name), name, block.tag == "table-slot") for name in names]
            if not run.placeholder and (left := LEFTOVER.search(run.text)):
                leftovers.append((*_place(lines, block.line, left[0]), left[0]))
    return Typed(tuple(slots), tuple(leftovers))


@lru_cache(maxsize=1024)
def typed_in_line(source: str) -> Typed:
    """Find the same in a line that is no Markdown, a title."""
    slots = tuple(Slot(1, 1, name, alone=False) for name in PLACEHOLDER.findall(source))
    left = LEFTOVER.search(PLACEHOLDER.sub("", source))
    return Typed(slots, ((1, 1, left[0]),) if left else ())


def _place(lines: list[str], first: int, text: str) -> tuple[int, int]:
    """Find a placeholder of that name, or else that text: from a line on, or else from the first."""
    for number in (*range(first, len(lines) + 1), *range(1, first)):
        row = lines[number - 1]
        for slot in PLACEHOLDER.finditer(row):
            if slot[1] == text:
                return number, slot.start() + 1
        if LEFTOVER.fullmatch(text) and text in row:
            between = PLACEHOLDER.sub(lambda slot: " " * len(slot[0]), row)
            return number, (between if text in between else row).index(text) + 1
    return first, 1


def _misplaced(start: Location, found: Typed, known: Mapping[str, object]) -> Iterator[Finding]:
    """Say what is wrong in a text that begins at `start`, the line and column of its first letter."""
    for slot in found.slots:
        if problem := _unknown(slot, known):
            yield Finding(_below(start, slot.line, slot.column), *problem)
    for line, column, left in found.leftovers:
        hint = "write it as a placeholder {{ name.of.fact }}, or remove it"
        message = f"'{left}' is left in the text"
        yield Finding(_below(start, line, column), message, hint, "leftover-markup")


def _below(start: Location, line: int, column: int) -> Location:
    return Location(start.path, start.line + line - 1, column + (start.column - 1 if line == 1 else 0))


def _unknown(slot: Slot, known: Mapping[str, object]) -> tuple[str, str] | None:
    if table := TABLE_PLACEHOLDER.fullmatch(slot.name):
        if not slot.alone:
            return f"the table '{table[1]}' stands inside a line", "put it on a line of its own"
        return (
            None
            if table[1] in FACT_KINDS
            else (f"there is no table '{table[1]}'", suggest_name(table[1], FACT_KINDS))
        )
    return (
        None if slot.name in known else (f"unknown placeholder '{slot.name}'", suggest_name(slot.name, known))
    )


def _rows(policy: Policy, trees: Mapping[str, YamlTree]) -> Iterator[Finding]:
    for kind in FACT_KINDS:
        rows = getattr(policy.facts, kind)
        if not isinstance(rows, tuple):
            continue
        tree = trees.get(f"content/facts/{kind}.yaml")
        seen: dict[str, int] = {}
        for number, row in enumerate(rows):
            if tree is None:
                continue
            location = tree.locate((number, "id"))
            if row.id in seen:
                hint = f"see line {seen[row.id]}; rename one"
                yield Finding(location, f"the id '{row.id}' is used twice", hint)
            seen.setdefault(row.id, location.line)
            yield from _row(policy, row, tree, number)


def _row(policy: Policy, row: Row, tree: YamlTree, number: int) -> Iterator[Finding]:
    country = getattr(row, "country", None)
    if country and not is_country(country):
        hint = "write its two ISO 3166-1 letters, like NO"
        yield Finding(tree.locate((number, "country")), f"there is no country '{country}'", hint)
    for key, kind in _LISTS.items():
        value = getattr(row, key, None) or ()
        known = [other.id for other in getattr(policy.facts, kind)]
        for name in (value,) if isinstance(value, str) else value:
            if known and name not in known:
                message = f"no row of {kind} has the id '{name}'"
                yield Finding(tree.locate((number, key)), message, suggest_name(name, known))


def _twins(policy: Policy) -> Iterator[Finding]:
    """Find a section whose file was renumbered in one language and not in the other."""
    stems = {section.id: section for section in policy.sections[policy.languages[0]]}
    for locale in policy.languages[1:]:
        for section in policy.sections[locale]:
            twin = stems.get(section.id)
            if twin and twin.stem != section.stem:
                name = f"{twin.stem}.md"
                hint = f"rename this one to {name}"
                yield Finding(Location(section.path), f"its twin is {twin.path}", hint)
