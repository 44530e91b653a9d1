"""What readers can be told has not changed: a false assurance would be worse than none.

It is said of a kind of facts only if the facts are equal, and every section that renders one of them has the
same words, in every language that both versions have. What is said is said of the table, the list or the
section that was compared, never of what is done with data (docs/reference/fact-rows.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from changelog.cosmetic import is_section_cosmetic
from changelog.fact_comparison import FactComparison, FactsByPath, compare_facts, list_facts
from changelog.rendered_facts import RenderedFacts, find_rendered_facts
from changelog.section_ids import index_sections, map_to_current_ids
from changelog.typed_statements import count_statements
from changelog.versions import Version, VersionLog, find_version_in_force
from policy.document import RenderedSection
from policy.fields import Locale
from policy.models import Section
from policy.tables import render_table


class FactKind(StrEnum):
    """What readers are told has not changed."""

    RECIPIENTS = "recipients"
    PURPOSES = "purposes"
    LEGAL_BASES = "legal_bases"
    STORAGE_PERIODS = "storage_periods"

    @property
    def group(self) -> str:
        """The file of facts whose table is about this kind; empty for a column of another table."""
        return {"storage_periods": "retention", "legal_bases": ""}.get(self.value, self.value)

    def is_kind_of(self, path: str) -> bool:
        """Whether the fact with a path is of this kind: `purposes.run.legal_basis`."""
        group, _, key = path.partition(".")
        key = key.rpartition(".")[2]
        match self:
            case FactKind.RECIPIENTS:
                return group == "recipients"
            case FactKind.PURPOSES:
                return group == "purposes"
            case FactKind.LEGAL_BASES:
                return group == "purposes" and key == "legal_basis"
        return group == "retention" or (group == "purposes" and key == "retention")


# The keys that a section must show before it is said to show a kind; the first is a column of purposes.
_KEYS = {
    FactKind.RECIPIENTS: ("name",),
    FactKind.PURPOSES: ("name",),
    FactKind.LEGAL_BASES: ("legal_basis",),
    FactKind.STORAGE_PERIODS: ("retention", "period", "criteria"),
}
_TABLES = {
    FactKind.RECIPIENTS: ("recipients",),
    FactKind.PURPOSES: ("purposes",),
    FactKind.LEGAL_BASES: ("purposes",),
    FactKind.STORAGE_PERIODS: ("retention", "purposes"),
}
_MAX_TITLES = 3  # of sections in one sentence


class FactForm(StrEnum):
    """What the facts stand in; a sentence is about that and nothing else."""

    TABLE = "table"
    LIST = "list"
    TABLE_OF_PURPOSES = "table_of_purposes"
    SECTIONS = "sections"


@dataclass(frozen=True, slots=True)
class UnchangedFacts:
    """A kind of facts that did not change, and what they stand in; `titles` are those of the sections."""

    kind: FactKind
    form: FactForm
    titles: tuple[str, ...]


def list_compared_versions(log: VersionLog, before: Version, after: Version) -> tuple[Version, ...]:
    """Return the versions that must all agree, oldest first, the last of which is `after`.

    They begin with `before`, or with what was in force when `after` was published if that is older: readers
    compare an announcement with what applies to them. Empty if `before` is not the older one.
    """
    earlier = log.list_versions_before(after)
    in_force = find_version_in_force(earlier, after.published)
    starts = [position for position, version in enumerate(earlier) if version in (before, in_force)]
    return (*earlier[starts[0] :], after) if before in earlier else ()


def list_unchanged_facts(
    log: VersionLog, before: Version, after: Version, locale: Locale
) -> list[UnchangedFacts]:
    """Return the kinds of facts that have not changed between two versions, for readers of `locale`."""
    compared = list_compared_versions(log, before, after)
    languages = [other for other in after.documents if other in before.documents]
    if (
        not compared
        or locale not in languages
        or next(iter(after.documents)) not in languages  # the one that prevails
        or any(version.redactions for version in compared)
        or any(language not in version.documents for version in compared for language in languages)
        or any(_has_untranslated_section(version, locale) for version in compared)
    ):
        return []
    ids = map_to_current_ids(after.documents.values(), log.policy.current_ids)
    current_ids = tuple(sorted(ids.items()))
    found = []
    for kind in FactKind:
        pairs = {(before, after), *pairwise(compared)}
        if all(kind in _find_unchanged_kinds(*pair, tuple(languages), current_ids) for pair in pairs):
            found.append(_describe_facts(kind, after, locale))
    return [facts for facts in found if facts]


@lru_cache(maxsize=4096)
def _has_untranslated_section(version: Version, locale: Locale) -> bool:
    return any(section.locale != locale for section in version.documents[locale].sections)


@lru_cache(maxsize=4096)
def _find_unchanged_kinds(
    old: Version, new: Version, languages: tuple[Locale, ...], current_ids: tuple[tuple[str, str], ...]
) -> frozenset[FactKind]:
    """Return the kinds that are the same in two versions, in all `languages`.

    The cache needs no invalidation: versions never change. The pages of cumulative changes compare the same
    neighbours again and again.
    """
    facts = compare_facts(old.policy, new.policy)
    candidates = [kind for kind in FactKind if _has_equal_facts(facts, kind)]
    comparisons = [_TextComparison(old, new, facts, language, dict(current_ids)) for language in languages]
    return frozenset(kind for kind in candidates if all(text.is_unchanged(kind) for text in comparisons))


def _has_equal_facts(facts: FactComparison, kind: FactKind) -> bool:
    """Whether there are facts of a kind, and the same ones in both policies, letter by letter."""

    def select(paths: FactsByPath) -> FactsByPath:
        return {path: value for path, value in paths.items() if kind.is_kind_of(path)}

    return bool(select(facts.new)) and select(facts.old) == select(facts.new)


@dataclass(frozen=True, eq=False)
class _TextComparison:
    """The documents of two versions in one language."""

    old: Version
    new: Version
    facts: FactComparison
    locale: Locale
    current_ids: Mapping[str, str]

    def is_unchanged(self, kind: FactKind) -> bool:
        """Whether the sections that render a kind are the same, and no other says anything new of it."""
        before, after = self._index_rendering(self.old, kind), self._index_rendering(self.new, kind)
        documents = self.old.documents[self.locale], self.new.documents[self.locale]
        return (
            before.keys() == after.keys()
            and all(
                is_section_cosmetic(before[key], section, documents, self.facts.names)
                for key, section in after.items()
            )
            and self._has_equal_tables(kind)
            and self._have_same_statements(before, after)
        )

    def _have_same_statements(
        self, before: Mapping[str, RenderedSection], after: Mapping[str, RenderedSection]
    ) -> bool:
        """Whether no other section says anything else that may concern a kind."""
        old = _list_other_sources(self.old, self.locale, before)
        new = _list_other_sources(self.new, self.locale, after)
        return old == new or count_statements(old) == count_statements(new)

    def _index_rendering(self, version: Version, kind: FactKind) -> dict[str, RenderedSection]:
        """Return the sections that render a fact of a kind, by current id."""
        rendering = set(_list_rendering(find_rendered_facts(version, self.locale), kind.is_kind_of))
        indexed = index_sections(version.documents[self.locale].sections, self.current_ids)
        return {key: section for key, section in indexed.items() if section in rendering}

    def _has_equal_tables(self, kind: FactKind) -> bool:
        """Whether the tables of a kind are the same word by word: a cosmetic edit may be around them only."""
        return all(
            render_table(table, self.old.policy.facts, self.locale)
            == render_table(table, self.new.policy.facts, self.locale)
            for table in _TABLES[kind]
        )


def _list_rendering(rendered: RenderedFacts, is_wanted: Callable[[str], bool]) -> dict[RenderedSection, None]:
    """Return the sections that render a wanted fact, in no particular order."""
    return dict.fromkeys(
        section for path, own in rendered.by_path.items() if is_wanted(path) for section in own
    )


def _list_other_sources(
    version: Version, locale: Locale, rendering: Mapping[str, RenderedSection]
) -> list[Section]:
    """Return the sources of the sections that are not among those that render a kind."""
    ids = {section.id for section in rendering.values()}
    return [section for section in version.policy.sections[locale] if section.id not in ids]


def _describe_facts(kind: FactKind, version: Version, locale: Locale) -> UnchangedFacts | None:
    """Return a kind with what its facts stand in; None if no section shows what the kind is about."""
    rendered, facts = find_rendered_facts(version, locale), version.policy.facts
    for table in _TABLES[kind]:
        blocks = render_table(table, facts, locale) if table in rendered.tables else ()
        is_table = bool(blocks) and blocks[0].tag == "table"
        if blocks and table == kind.group:
            return UnchangedFacts(kind, FactForm.TABLE if is_table else FactForm.LIST, ())
        if is_table and any(getattr(row, _KEYS[kind][0]) for row in facts.purposes):
            return UnchangedFacts(kind, FactForm.TABLE_OF_PURPOSES, ())
    stated = list_facts(version.policy)
    rendering = _list_rendering(
        rendered,
        lambda path: kind.is_kind_of(path) and path.rpartition(".")[2] in _KEYS[kind] and path in stated,
    )
    titles = tuple(section.title for section in rendered.sections if section in rendering)
    return UnchangedFacts(kind, FactForm.SECTIONS, titles) if 0 < len(titles) <= _MAX_TITLES else None
