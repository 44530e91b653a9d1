"""Finds broken references: placeholders, ids of rows, and translations under another name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from common.messages import Message
from common.suggestions import suggest_name
from policy.blocks import iter_leaves
from policy.fact_models import Row
from policy.fields import Locale
from policy.findings import Finding, Location
from policy.localization import is_country
from policy.markdown import (
    LEFTOVER_MARKUP,
    PLACEHOLDER,
    TABLE_PLACEHOLDER,
    TABLE_PLACEHOLDER_TAG,
    parse_markdown,
)
from policy.models import NoteFile, Policy
from policy.placeholders import FACT_KINDS, collect_placeholder_values
from policy.yaml_reader import YamlTree

# The keys of rows that refer to rows of another file.
_REFERENCE_KEYS = {"data": "categories", "retention": "retention"}


class PlaceholderUse(NamedTuple):
    """A placeholder in a text; `is_block` if it is a table on a line of its own. Lines count from 1."""

    line: int
    column: int
    name: str
    is_block: bool


class PlaceholderScan(NamedTuple):
    """The placeholders of a text, and remains of template syntax as line, column and words."""

    placeholders: tuple[PlaceholderUse, ...]
    leftovers: tuple[tuple[int, int, str], ...]


_NOTHING_FOUND = PlaceholderScan((), ())


def find_broken_references(
    policy: Policy, notes: Mapping[str, NoteFile], trees: Mapping[str, YamlTree]
) -> Iterator[Finding]:
    """Find references to missing things in the policy and the given `notes`.

    `trees` has the YAML tree of each file by its path, for the locations of the findings.
    """
    placeholder_names = collect_placeholder_values(policy.settings, policy.facts)
    for section in chain.from_iterable(policy.sections.values()):
        title = find_placeholders_in_title(section.title)
        body = find_placeholders(section.body, section.id, section.locale)
        if any((*title, *body)):
            location = trees[section.path].locate(("title",))
            yield from _find_broken_placeholders(location, title, placeholder_names)
            yield from _find_broken_placeholders(
                Location(section.path, section.line), body, placeholder_names
            )
    for name, note in notes.items():
        path = f"content/{name}"
        scans = [(key, locale, find_placeholders(source)) for key, locale, source in note.texts]
        scans += [(key, locale, find_placeholders_in_title(source)) for key, locale, source in note.titles]
        for key, locale, scan in scans:
            if scan.placeholders or scan.leftovers:
                yield from _find_broken_placeholders(
                    trees[path].locate((key, locale)), scan, placeholder_names
                )
    # Unlike notes, facts change in place, so they are checked in every revision.
    yield from _find_broken_row_references(policy, trees)
    yield from _find_renamed_translations(policy)


def find_placeholders(source: str, anchor: str = "", locale: Locale = "") -> PlaceholderScan:
    """Return the placeholders and leftovers of a Markdown text; the arguments are those of `parse_markdown`.

    Most texts have none, and need not be parsed to see it: braces and brackets come from themselves, from an
    entity (`&#123;`) or, in an address, from `%7B`.
    """
    if "{" not in source and "[" not in source and "&" not in source and "%" not in source:
        return _NOTHING_FOUND
    return _find_placeholders_in_blocks(source, anchor, locale)


@lru_cache(maxsize=1024)
def _find_placeholders_in_blocks(source: str, anchor: str, locale: Locale) -> PlaceholderScan:
    """Return the placeholders and leftovers of a Markdown text that may have some.

    The cache needs no invalidation: its key is the complete input. Most texts are those of before.
    """
    lines = source.split("\n")
    placeholders: list[PlaceholderUse] = []
    leftovers: list[tuple[int, int, str]] = []
    for block in iter_leaves(parse_markdown(source, anchor, locale)):
        is_block = block.tag == TABLE_PLACEHOLDER_TAG
        for run in block.runs:
            first_line = run.line or block.line
            # A link target may hold placeholders of its own.
            names = [run.placeholder] if run.placeholder else PLACEHOLDER.findall(run.href)
            placeholders += [
                PlaceholderUse(*_locate_in_lines(lines, first_line, name), name, is_block) for name in names
            ]
            if not run.placeholder and (match := LEFTOVER_MARKUP.search(run.text)):
                leftovers.append((*_locate_in_lines(lines, block.line, match[0]), match[0]))
    return PlaceholderScan(tuple(placeholders), tuple(leftovers))


@lru_cache(maxsize=1024)
def find_placeholders_in_title(source: str) -> PlaceholderScan:
    """Return the placeholders and leftovers of a title, which is plain text; cached in the same way."""
    placeholders = tuple(PlaceholderUse(1, 1, name, is_block=False) for name in PLACEHOLDER.findall(source))
    match = LEFTOVER_MARKUP.search(PLACEHOLDER.sub("", source))
    return PlaceholderScan(placeholders, ((1, 1, match[0]),) if match else ())


def _locate_in_lines(lines: list[str], first_line: int, text: str) -> tuple[int, int]:
    """Return line and column of a placeholder named `text`, or else of `text` itself.

    The lines from `first_line` on are searched first: a block knows only where it begins.
    """
    for number in (*range(first_line, len(lines) + 1), *range(1, first_line)):
        line = lines[number - 1]
        for match in PLACEHOLDER.finditer(line):
            if match[1] == text:
                return number, match.start() + 1
        if LEFTOVER_MARKUP.fullmatch(text) and text in line:
            # Prefer braces that are not part of a whole placeholder.
            outside = PLACEHOLDER.sub(lambda match: " " * len(match[0]), line)
            return number, (outside if text in outside else line).index(text) + 1
    return first_line, 1


def _find_broken_placeholders(
    start: Location, scan: PlaceholderScan, placeholder_names: Mapping[str, object]
) -> Iterator[Finding]:
    """Yield findings for a text whose first letter is at `start`."""
    for use in scan.placeholders:
        location = _offset_location(start, use.line, use.column)
        if finding := _check_placeholder(location, use, placeholder_names):
            yield finding
    for line, column, leftover in scan.leftovers:
        hint = Message("write it as a placeholder {{{{ name.of.fact }}}}, or remove it")
        message = Message("leftover markup in the text: '{words}'", words=leftover)
        yield Finding(_offset_location(start, line, column), message, hint, "leftover-markup")


def _offset_location(start: Location, line: int, column: int) -> Location:
    return Location(start.path, start.line + line - 1, column + (start.column - 1 if line == 1 else 0))


def _check_placeholder(
    location: Location, use: PlaceholderUse, placeholder_names: Mapping[str, object]
) -> Finding | None:
    """Return a finding for a placeholder or table that does not exist, or that is misplaced."""
    if match := TABLE_PLACEHOLDER.fullmatch(use.name):
        table = match[1]
        if not use.is_block:
            message = Message("the table '{name}' is inside a line of text", name=table)
            return Finding(location, message, Message("put it on a line of its own"))
        if table not in FACT_KINDS:
            message = Message("there is no table '{name}'", name=table)
            return Finding(location, message, suggest_name(table, FACT_KINDS))
        return None
    if use.name not in placeholder_names:
        message = Message("unknown placeholder '{name}'", name=use.name)
        return Finding(location, message, suggest_name(use.name, placeholder_names))
    return None


def _find_broken_row_references(policy: Policy, trees: Mapping[str, YamlTree]) -> Iterator[Finding]:
    """Find duplicate ids in each fact file, and references of its rows to missing rows."""
    for kind in FACT_KINDS:
        rows = getattr(policy.facts, kind)
        tree = trees.get(f"content/facts/{kind}.yaml")
        if tree is None or not isinstance(rows, tuple):  # `rights.yaml` has no rows
            continue
        first_lines: dict[str, int] = {}
        for index, row in enumerate(rows):
            location = tree.locate((index, "id"))
            if row.id in first_lines:
                message = Message("the id '{id}' is used twice", id=row.id)
                hint = Message("see line {line}; rename one of them", line=first_lines[row.id])
                yield Finding(location, message, hint)
            first_lines.setdefault(row.id, location.line)
            yield from _check_row(policy, row, tree, index)


def _check_row(policy: Policy, row: Row, tree: YamlTree, index: int) -> Iterator[Finding]:
    """Find an unknown country, and ids in a row that no row of the other file has."""
    country = getattr(row, "country", None)
    if country and not is_country(country):
        message = Message("there is no country '{code}'", code=country)
        hint = Message("write two ISO 3166-1 letters, like NO")
        yield Finding(tree.locate((index, "country")), message, hint)
    for key, kind in _REFERENCE_KEYS.items():
        value = getattr(row, key, None) or ()
        known_ids = [other.id for other in getattr(policy.facts, kind)]
        for row_id in (value,) if isinstance(value, str) else value:
            # Without any row of that kind the ids are only names: the file need not exist.
            if known_ids and row_id not in known_ids:
                message = Message("no row of {kind} has the id '{id}'", kind=kind, id=row_id)
                yield Finding(tree.locate((index, key)), message, suggest_name(row_id, known_ids))


def _find_renamed_translations(policy: Policy) -> Iterator[Finding]:
    """Find sections whose file has another number than the same section in the first language."""
    for original, translation in policy.iter_translations():
        if original.stem != translation.stem:
            message = Message("the same section is called {path}", path=original.path)
            hint = Message("rename this file to {stem}.md", stem=original.stem)
            yield Finding(Location(translation.path), message, hint)
