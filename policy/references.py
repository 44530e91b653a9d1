"""What one part of the content says of another: placeholders, ids, twins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policy.blocks import leaves as leaves_of
from policy.errors import Fault, near
from policy.facts import KINDS, leaves
from policy.markdown import LEFTOVER, SLOT, TABLE, parse
from policy.wording import is_country

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.model import Policy, Row, Section
    from policy.yaml import Tree

_LISTS = {"data": "categories", "retention": "retention"}


def references(policy: Policy, trees: Mapping[str, Tree]) -> Iterator[Fault]:
    """Find what is named but not there; `trees` tell the place of each thing in a YAML file."""
    known = leaves(policy.settings, policy.facts)
    for sections in policy.sections.values():
        for section in sections:
            yield from _title(section, known)
            yield from placeholders(section.path, section.line, section.body, known)
    for name, note in policy.notes.items():
        path = f"content/{name}"
        for key in ("summary", "action", "reason", "lower_reason"):
            text = getattr(note, key)
            for locale in policy.languages:
                if text is not None and not text.lacks(locale):
                    line, _ = trees[path].place((key, locale))
                    yield from placeholders(path, line, text.wording(locale), known)
    yield from _rows(policy, trees)
    yield from _twins(policy)


def placeholders(path: str, line: int, source: str, known: Mapping[str, object]) -> Iterator[Fault]:
    """Find placeholders that name nothing, and template syntax left in the text that begins on `line`."""
    typed = source.split("\n")
    for block in leaves_of(parse(source)):
        for run in block.runs:
            names = [run.slot] if run.slot else SLOT.findall(run.href)
            for name in names:
                at = run.line or _line(typed, block.line, name)
                if fault := _unknown(name, known, alone=block.tag == "table-slot"):
                    yield Fault(path, line + at - 1, _column(typed, at, "{{"), *fault)
            if not run.slot and (left := LEFTOVER.search(run.text)):
                at = _line(typed, block.line, left[0])
                hint = "write it as a placeholder {{ name.of.fact }}, or remove it"
                column = _column(typed, at, left[0])
                yield Fault(
                    path, line + at - 1, column, f"«{left[0]}» is left in the text", hint, "leftover-markup"
                )


def _unknown(name: str, known: Mapping[str, object], *, alone: bool) -> tuple[str, str] | None:
    if table := TABLE.fullmatch(name):
        if not alone:
            return f"the table «{table[1]}» stands inside a line", "put it on a line of its own"
        return None if table[1] in KINDS else (f"there is no table «{table[1]}»", near(table[1], KINDS))
    return None if name in known else (f"unknown placeholder «{name}»", near(name, known))


def _line(typed: list[str], first: int, text: str) -> int:
    return next((number for number in range(first, len(typed) + 1) if text in typed[number - 1]), first)


def _column(typed: list[str], line: int, text: str) -> int:
    return typed[line - 1].find(text) + 1 or 1 if 0 < line <= len(typed) else 1


def _title(section: Section, known: Mapping[str, object]) -> Iterator[Fault]:
    for name in SLOT.findall(section.title):
        if fault := _unknown(name, known, alone=False):
            yield Fault(section.path, 2, 1, *fault)
    if left := LEFTOVER.search(SLOT.sub("", section.title)):
        hint = "remove it"
        yield Fault(section.path, 2, 1, f"«{left[0]}» is left in the title", hint, "leftover-markup")


def _rows(policy: Policy, trees: Mapping[str, Tree]) -> Iterator[Fault]:
    for kind in KINDS:
        rows = getattr(policy.facts, kind)
        if not isinstance(rows, tuple):
            continue
        tree, path = trees.get(f"content/facts/{kind}.yaml"), f"content/facts/{kind}.yaml"
        seen: dict[str, int] = {}
        for number, row in enumerate(rows):
            if tree is None:
                continue
            line, column = tree.place((number, "id"))
            if row.id in seen:
                yield Fault(
                    path,
                    line,
                    column,
                    f"the id «{row.id}» is used twice",
                    f"see line {seen[row.id]}; rename one",
                )
            seen.setdefault(row.id, line)
            yield from _row(policy, row, path, tree, number)


def _row(policy: Policy, row: Row, path: str, tree: Tree, number: int) -> Iterator[Fault]:
    country = getattr(row, "country", None)
    if country and not is_country(country):
        place = tree.place((number, "country"))
        yield Fault(
            path, *place, f"there is no country «{country}»", "write its two ISO 3166-1 letters, like NO"
        )
    for key, kind in _LISTS.items():
        value = getattr(row, key, None) or ()
        known = [other.id for other in getattr(policy.facts, kind)]
        for name in (value,) if isinstance(value, str) else value:
            if known and name not in known:
                yield Fault(
                    path,
                    *tree.place((number, key)),
                    f"no row of {kind} has the id «{name}»",
                    near(name, known),
                )


def _twins(policy: Policy) -> Iterator[Fault]:
    """Find a section whose file was renumbered in one language and not in the other."""
    stems = {section.id: section for section in policy.sections[policy.languages[0]]}
    for locale in policy.languages[1:]:
        for section in policy.sections[locale]:
            twin = stems.get(section.id)
            if twin and twin.stem != section.stem:
                name = f"{twin.stem}.md"
                yield Fault(section.path, 1, 1, f"its twin is {twin.path}", f"rename this one to {name}")
