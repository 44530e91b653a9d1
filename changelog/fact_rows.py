"""Fact rows: what changed in the facts that readers see, before and after, in their language.

Only what the documents show becomes a row, in the words that stand there: a fact that no section renders is
not published, and words that were removed stay removed. When in doubt there is no row
(docs/reference/fact-rows.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from changelog.fact_comparison import compare_facts
from changelog.fact_topics import (
    LISTS,
    SETTINGS,
    TOPICS,
    Part,
    find_retention,
    get_name_part,
    list_fact_paths,
    list_setting_parts,
    list_topic_parts,
)
from changelog.rendered_facts import RenderedFacts, find_rendered_facts
from changelog.versions import Version
from common.characters import escape_invisible
from policy.durations import Duration
from policy.fact_models import Rights, Row
from policy.fields import Locale
from policy.localization import format_value
from policy.models import Policy
from policy.placeholders import CodedValue, PlaceholderValue

_MAX_LENGTH = 120  # of a value, in characters; a longer one is no answer at a glance
_FACT_DEPTH = 3  # `recipients.host.safeguard` is one fact, although it has parts


class FactRowKind(StrEnum):
    """What happened to a fact, in the order of what matters to readers first; the values are CSS classes."""

    NEW_RECIPIENT = "new-recipient"
    NEW_COUNTRY = "new-country"
    LONGER = "longer"
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    SHORTER = "shorter"
    NEW_RIGHT = "new-right"


@dataclass(frozen=True, slots=True)
class FactRow:
    """What happened to one fact; all texts are words that readers see in the documents.

    `topic` is what the values are, as a path without an id: `controller.email`, `recipients` (their names),
    `recipients.country`. `name` is that of the row which the fact belongs to; if no section shows it,
    `section` is the title of the section that shows the fact. Without any value, the wording of a long text
    has changed.
    """

    kind: FactRowKind
    topic: str
    name: str
    section: str
    before: str
    after: str


def list_fact_rows(before: Version, after: Version, locale: Locale) -> list[FactRow]:
    """Return the rows of what changed from one version to another, what matters most first.

    Both have a document in `locale`.
    """
    rows = _merge_rows(_Comparison(before, after, locale).list_rows())
    return sorted(rows, key=lambda row: list(FactRowKind).index(row.kind))


def _merge_rows(rows: Iterable[FactRow]) -> list[FactRow]:
    """Return rows of which those that differ in their names only are one.

    A period that purposes are named for needs no row without a name.
    """
    listed = list(rows)
    named = {(row.before, row.after) for row in listed if row.topic == "purposes.retention" and row.name}
    merged: dict[tuple[object, ...], FactRow] = {}
    for row in listed:
        if row.topic == "retention.period" and not row.name and (row.before, row.after) in named:
            continue
        key = (row.kind, row.topic, row.section, row.before, row.after, bool(row.name))
        earlier = merged.get(key)
        merged[key] = replace(row, name=f"{earlier.name}; {row.name}") if earlier and row.name else row
    return list(merged.values())


class _Side(NamedTuple):
    """A version in one language, with the facts that its sections render."""

    policy: Policy
    rendered: RenderedFacts
    locale: Locale

    def format(self, value: PlaceholderValue) -> str:
        """Return the words that a document has for a value, on one line."""
        return " ".join(escape_invisible(format_value(value, self.locale)).split())

    def find_words(self, part: Part) -> str:
        """Return the words of a part; empty unless a section that renders the fact has them."""
        words = self.format(part.value)
        return words if self.rendered.find_section(part.path, words) else ""

    def join_words(self, parts: Sequence[Part]) -> str:
        """Return the words of all parts that readers see."""
        return "; ".join(filter(None, map(self.find_words, parts)))

    def find_section_title(self, parts: Sequence[Part]) -> str:
        """Return the title of the first section that shows a part."""
        found = (self.rendered.find_section(part.path, self.format(part.value)) for part in parts)
        return next((section.title for section in found if section), "")


class _Comparison:
    """The comparison of two versions in one language."""

    def __init__(self, before: Version, after: Version, locale: Locale) -> None:
        self._facts = compare_facts(before.policy, after.policy)
        self._old, self._new = (
            _Side(version.policy, find_rendered_facts(version, locale), locale) for version in (before, after)
        )

    def list_rows(self) -> Iterator[FactRow]:
        """Yield all rows in the order of the kinds of facts."""
        for path in SETTINGS:
            old, new = (list_setting_parts(side.policy.settings, path) for side in (self._old, self._new))
            yield from self._compare_values([path], path, old, new)
        for kind in TOPICS:
            pairs, added, removed = self._pair_rows(kind)
            for old_row, new_row in pairs:
                yield from self._compare_rows(kind, old_row, new_row)
            for row in added:
                if found := _describe_row(self._new, self._old, kind, row):
                    topic, name, value = found
                    is_recipient = kind == "recipients"
                    row_kind = FactRowKind.NEW_RECIPIENT if is_recipient else FactRowKind.NEW
                    yield FactRow(row_kind, topic, name, "", "", value)
            for row in removed:
                if found := _describe_row(self._old, self._new, kind, row):
                    topic, name, value = found
                    yield FactRow(FactRowKind.GONE, topic, name, "", value, "")
        yield from self._list_rights()

    @cached_property
    def _changed_paths(self) -> frozenset[str]:
        return frozenset(".".join(path.split(".")[:_FACT_DEPTH]) for path in self._facts.changed_paths)

    def _pair_rows(self, kind: str) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
        """Return the rows of a kind that belong together, by id or by name, then the new and the old ones."""
        renamed = self._facts.renamed_rows
        removed: dict[str, Row] = {
            renamed.get(f"{kind}.{row.id}", f"{kind}.{row.id}"): row
            for row in getattr(self._old.policy.facts, kind)
        }
        pairs: list[tuple[Row, Row]] = []
        others: list[Row] = []
        for row in getattr(self._new.policy.facts, kind):
            old_row = removed.pop(f"{kind}.{row.id}", None)
            if old_row:
                pairs.append((old_row, row))
            else:
                others.append(row)
        added = []
        for row in others:
            name = self._new.format(get_name_part(kind, row).value)
            path = next((p for p in removed if self._get_old_name(kind, removed[p]) == name), None)
            if path:
                pairs.append((removed.pop(path), row))
            else:
                added.append(row)
        return pairs, added, list(removed.values())

    def _get_old_name(self, kind: str, row: Row) -> str:
        return self._old.format(get_name_part(kind, row).value)

    def _compare_rows(self, kind: str, old_row: Row, new_row: Row) -> Iterator[FactRow]:
        """Yield what changed in a row: its name, then its other facts."""
        old_name, new_name = get_name_part(kind, old_row), get_name_part(kind, new_row)
        yield from self._compare_values([new_name.path], kind, [old_name], [new_name])
        name = self._new.find_words(new_name)
        for topic in TOPICS[kind]:
            old = list_topic_parts(self._old.policy.facts, kind, old_row, topic)
            new = list_topic_parts(self._new.policy.facts, kind, new_row, topic)
            paths = list_fact_paths(kind, new_row, topic)
            if topic in LISTS:
                yield from self._compare_lists(paths, f"{kind}.{topic}", old, new, name)
                continue
            if topic == "retention":
                paths += self._list_unnamed_retention(new_row)
            yield from self._compare_values(paths, f"{kind}.{topic}", old, new, name)

    def _list_unnamed_retention(self, purpose: Row) -> list[str]:
        """Return the facts of the period that a purpose refers to, if no row of its own tells of them."""
        retention = find_retention(self._new.policy.facts, purpose)
        if retention is None or self._new.find_words(get_name_part("retention", retention)):
            return []
        return list_fact_paths("retention", retention, "period")

    def _compare_values(
        self, paths: Iterable[str], topic: str, old: Sequence[Part], new: Sequence[Part], name: str = ""
    ) -> Iterator[FactRow]:
        """Yield a row if one of the facts changed, and readers see what it was and what it is."""
        if self._changed_paths.isdisjoint(paths):
            return
        before, after = self._old.join_words(old), self._new.join_words(new)
        if before == after or bool(before) != bool(old) or bool(after) != bool(new):
            return
        # What a text has already is not new, even if it was no fact then.
        if (not old and self._old.rendered.has_words(after)) or (
            not new and self._new.rendered.has_words(before)
        ):
            return
        if kind := _find_kind(topic, old, new):
            if len(before) > _MAX_LENGTH or len(after) > _MAX_LENGTH:
                before = after = ""
            yield FactRow(kind, topic, name, self._find_section_title(name, old, new), before, after)

    def _compare_lists(
        self, paths: Sequence[str], topic: str, old: Sequence[Part], new: Sequence[Part], name: str
    ) -> Iterator[FactRow]:
        """Yield a row of the items that only one of two lists has."""
        is_rendered = all(paths[0] in side.rendered.by_path for side in (self._old, self._new))
        if not is_rendered or self._changed_paths.isdisjoint(paths):
            return
        names = [{side.format(part.value) for part in own} for side, own in self._sides(old, new)]
        removed = [part for part in old if self._old.format(part.value) not in names[1]]
        added = [part for part in new if self._new.format(part.value) not in names[0]]
        before, after = self._old.join_words(removed), self._new.join_words(added)
        kind = _find_kind(topic, [before] if before else [], [after] if after else [])
        if kind and (before or after) and max(len(before), len(after)) <= _MAX_LENGTH:
            yield FactRow(kind, topic, name, self._find_section_title(name, removed, added), before, after)

    def _sides(self, old: Sequence[Part], new: Sequence[Part]) -> list[tuple[_Side, Sequence[Part]]]:
        return [(self._old, old), (self._new, new)]

    def _find_section_title(self, name: str, old: Sequence[Part], new: Sequence[Part]) -> str:
        """Return the title of the section that shows a value, if no name says what it belongs to."""
        if name:
            return ""
        return self._new.find_section_title(new) or self._old.find_section_title(old)

    def _list_rights(self) -> Iterator[FactRow]:
        for key in Rights.model_fields:
            path = f"rights.{key}"
            texts = [getattr(side.policy.facts.rights, key) for side in (self._old, self._new)]
            old, new = ([Part(path, text)] if text else [] for text in texts)
            term = Part(path, CodedValue(path))
            if old and new:
                yield from self._compare_values([path], "rights", old, new, self._new.find_words(term))
            elif new and (words := _find_new_words(self._new, self._old, "rights", term)):
                yield FactRow(FactRowKind.NEW_RIGHT, "rights", "", "", "", words)
            elif old and (words := _find_new_words(self._old, self._new, "rights", term)):
                yield FactRow(FactRowKind.GONE, "rights", "", "", words, "")


def _find_new_words(side: _Side, other: _Side, kind: str, part: Part) -> str:
    """Return the words of a name that only one side has; empty if the other might have it in another way.

    A document that renders no fact of the kind may tell the same in prose.
    """
    words = side.find_words(part)
    return words if other.rendered.has_kind(kind) and not other.rendered.has_words(words) else ""


def _describe_row(side: _Side, other: _Side, kind: str, row: Row) -> tuple[str, str, str] | None:
    """Return topic, name and value of a row that only one side has; None if it may be on both."""
    name = _find_new_words(side, other, kind, get_name_part(kind, row))
    if not name:
        return None
    if kind == "retention":
        period = side.join_words(list_topic_parts(side.policy.facts, kind, row, "period"))
        return ("retention.period", name, period) if period else (kind, "", name)
    if kind == "recipients":
        country = side.join_words(list_topic_parts(side.policy.facts, kind, row, "country"))
        return kind, "", f"{name} ({country})" if country else name
    return kind, "", name


def _find_kind(topic: str, old: Sequence[object], new: Sequence[object]) -> FactRowKind | None:
    """Return what happened to a fact; None if a period is as long as before, in other words."""
    if new and topic == "recipients.country":
        return FactRowKind.NEW_COUNTRY
    if not old or not new:
        return FactRowKind.NEW if new else FactRowKind.GONE
    periods = [part.value for part in (*old, *new) if isinstance(part, Part)]
    if len(periods) == 2:  # noqa: PLR2004 - one on each side
        before, after = periods
        if isinstance(before, Duration) and isinstance(after, Duration):
            if before.days == after.days:
                return None
            return FactRowKind.LONGER if after.days > before.days else FactRowKind.SHORTER
    return FactRowKind.CHANGED
