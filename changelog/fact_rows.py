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
from changelog.fact_words import MAX_LENGTH, FactWords, create_fact_words, have_similar_words
from changelog.versions import Version
from policy.durations import Duration
from policy.fact_models import Rights, Row
from policy.fields import Locale
from policy.placeholders import CodedValue

# Whether an address or a number was in a text before is hard to tell: it may have been written otherwise.
_CONTACT_KEYS = ("address", "email", "phone", "website", "url")
# A new text of these may say the same. A recipient may be another one, a period another length.
_WORDED_TOPICS = ("purposes", "categories", "sources", "audiences", "rights")
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
    `section` is the title of the section that shows the fact. `count` is the number of rows of a table that
    are new or gone.
    """

    kind: FactRowKind
    topic: str
    name: str
    section: str
    before: str
    after: str
    count: int = 1


def list_fact_rows(before: Version, after: Version, locale: Locale) -> list[FactRow]:
    """Return the rows of what changed from one version to another, what matters most first.

    What is said in other words comes last. Both versions have a document in `locale`.
    """
    rows = _merge_rows(_Comparison(before, after, locale).list_rows())
    return sorted(rows, key=lambda row: (_is_rewording(row, locale), list(FactRowKind).index(row.kind)))


def _is_rewording(row: FactRow, locale: Locale) -> bool:
    return row.topic in _WORDED_TOPICS and have_similar_words(row.before, row.after, locale)


def _merge_rows(rows: Iterable[FactRow]) -> list[FactRow]:
    """Return rows of which those that differ in their names only are one, and all new rows of a kind are one.

    A period that purposes are named for needs no row without a name.
    """
    listed = list(rows)
    named = {(row.before, row.after) for row in listed if row.topic == "purposes.retention" and row.name}
    merged: dict[tuple[object, ...], FactRow] = {}
    for row in listed:
        if row.topic == "retention.period" and not row.name and (row.before, row.after) in named:
            continue
        is_whole = "." not in row.topic and not (row.before and row.after)
        values = () if is_whole else (row.section, row.before, row.after, bool(row.name))
        key = (row.kind, row.topic, *values)
        merged[key] = _merge_row(merged[key], row) if key in merged else row
    return list(merged.values())


def _merge_row(row: FactRow, other: FactRow) -> FactRow:
    """Return a row of two: the same values for several names, or several values."""
    if row.name:
        return replace(row, name=f"{row.name}; {other.name}")
    if (row.before, row.after) == (other.before, other.after):
        return row
    before, after = (
        "; ".join(filter(None, values)) for values in ((row.before, other.before), (row.after, other.after))
    )
    return replace(row, before=before, after=after, count=row.count + 1)


class _Comparison:
    """The comparison of two versions in one language."""

    def __init__(self, before: Version, after: Version, locale: Locale) -> None:
        self._facts = compare_facts(before.policy, after.policy)
        self._old, self._new = (create_fact_words(version, locale) for version in (before, after))

    def list_rows(self) -> Iterator[FactRow]:
        """Yield all rows in the order of the kinds of facts."""
        if not self._changed_paths:
            return
        for path in SETTINGS:
            old, new = (list_setting_parts(side.policy.settings, path) for side in (self._old, self._new))
            yield from self._compare_values([path], path, old, new)
        for kind in TOPICS:
            pairs, added, removed = self._pair_rows(kind)
            for old_row, new_row in pairs:
                yield from self._compare_rows(kind, old_row, new_row)
            new_kind = FactRowKind.NEW_RECIPIENT if kind == "recipients" else FactRowKind.NEW
            for row in added:
                if self._new.find_new_words(self._old, kind, get_name_part(kind, row)):
                    yield FactRow(new_kind, kind, "", "", "", self._new.describe_row(kind, row))
            for row in removed:
                if self._old.find_new_words(self._new, kind, get_name_part(kind, row)):
                    yield FactRow(FactRowKind.GONE, kind, "", "", self._old.describe_row(kind, row), "")
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
        if new_name.path in self._changed_paths and not self._have_same_name(old_name, new_name):
            # Perhaps it is another recipient: what the new name has now, the old one may never have had.
            yield from self._compare_names(kind, old_row, new_row)
            return
        name = self._new.find_words(new_name)
        for topic in TOPICS[kind]:
            old = list_topic_parts(self._old.policy.facts, kind, old_row, topic)
            new = list_topic_parts(self._new.policy.facts, kind, new_row, topic)
            paths = list_fact_paths(kind, new_row, topic)
            if topic in LISTS:
                kept = {*getattr(old_row, topic)} & {*getattr(new_row, topic)}
                old, new = (
                    [
                        part
                        for part, row_id in zip(parts, getattr(row, topic), strict=True)
                        if row_id not in kept
                    ]
                    for parts, row in ((old, old_row), (new, new_row))
                )
                yield from self._compare_lists(paths, f"{kind}.{topic}", old, new, name)
                continue
            if topic == "retention":
                paths += self._list_unnamed_retention(new_row)
            yield from self._compare_values(paths, f"{kind}.{topic}", old, new, name)

    def _have_same_name(self, old: Part, new: Part) -> bool:
        names = self._old.format(old.value), self._new.format(new.value)
        return names[0].casefold() == names[1].casefold()

    def _compare_names(self, kind: str, old_row: Row, new_row: Row) -> Iterator[FactRow]:
        """Yield the old and the new name of a row, each with what it stands for."""
        old, new = self._old.describe_row(kind, old_row), self._new.describe_row(kind, new_row)
        if old and new and _differ(old, new):
            yield FactRow(FactRowKind.CHANGED, kind, "", "", old, new)

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
        if not _differ(before, after) or bool(before) != bool(old) or bool(after) != bool(new):
            return
        if topic.endswith(_CONTACT_KEYS) and not (old and new):
            return
        # What a text has already is not new, even if it was no fact then.
        if (not old and self._old.rendered.has_words(after)) or (
            not new and self._new.rendered.has_words(before)
        ):
            return
        if kind := _find_kind(topic, old, new):
            yield FactRow(kind, topic, name, self._find_section_title(name, old, new), before, after)

    def _compare_lists(
        self, paths: Sequence[str], topic: str, old: Sequence[Part], new: Sequence[Part], name: str
    ) -> Iterator[FactRow]:
        """Yield a row of the items that only one of two lists has, those with the same words left out."""
        is_rendered = all(paths[0] in side.rendered.by_path for side in (self._old, self._new))
        if not is_rendered or self._changed_paths.isdisjoint(paths):
            return
        names = [{side.format(part.value) for part in own} for side, own in self._sides(old, new)]
        removed = [part for part in old if self._old.format(part.value) not in names[1]]
        added = [part for part in new if self._new.format(part.value) not in names[0]]
        before, after = self._old.join_words(removed), self._new.join_words(added)
        kind = _find_kind(topic, [before] if before else [], [after] if after else [])
        if kind and _differ(before, after):
            yield FactRow(kind, topic, name, self._find_section_title(name, removed, added), before, after)

    def _sides(self, old: Sequence[Part], new: Sequence[Part]) -> list[tuple[FactWords, Sequence[Part]]]:
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
            elif new and (words := self._new.find_new_words(self._old, "rights", term)):
                yield FactRow(FactRowKind.NEW_RIGHT, "rights", "", "", "", words)
            elif old and (words := self._old.find_new_words(self._new, "rights", term)):
                yield FactRow(FactRowKind.GONE, "rights", "", "", words, "")


def _differ(before: str, after: str) -> bool:
    """Whether two values are other words, beside their capitals, and short enough for a row."""
    return before.casefold() != after.casefold() and max(len(before), len(after)) <= MAX_LENGTH


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
