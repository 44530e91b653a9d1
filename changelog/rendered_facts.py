"""Which facts the sections of a version render, in one language: by placeholders, or in a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from changelog.versions import Version
from policy.blocks import extract_words
from policy.document import RenderedSection
from policy.fact_models import Facts
from policy.fields import Locale
from policy.markdown import TABLE_PLACEHOLDER
from policy.models import Section
from policy.placeholders import FACT_KINDS
from policy.references import find_placeholders, find_placeholders_in_title
from policy.tables import list_printed_facts

_FACT_DEPTH = 3  # `recipients.host.safeguard` is one fact, although it has parts


@dataclass(frozen=True, eq=False)
class RenderedFacts:
    """The sections of a document by the facts that they render, such as `recipients.host.country`.

    `tables` has the sections with the table of a kind, which may have no rows yet. The sections are those
    that readers see: without the words that were removed later.
    """

    sections: tuple[RenderedSection, ...]
    by_path: Mapping[str, tuple[RenderedSection, ...]]
    tables: Mapping[str, tuple[RenderedSection, ...]]

    def has_kind(self, kind: str) -> bool:
        """Whether some section renders a fact of a kind, or its table."""
        return kind in self.tables or any(path.startswith(f"{kind}.") for path in self.by_path)

    def find_section(self, path: str, words: str) -> RenderedSection | None:
        """Return the first section that renders a fact and has its words; None if no section has them."""
        return next((s for s in self.by_path.get(path, ()) if contains_words(_join_words(s), words)), None)

    def has_words(self, words: str) -> bool:
        """Whether words stand anywhere in the document, whoever wrote them; capitals do not matter."""
        return contains_words(self._folded_text, words.casefold())

    @cached_property
    def _folded_text(self) -> str:
        return " ".join(map(_join_words, self.sections)).casefold()


@lru_cache(maxsize=256)
def find_rendered_facts(version: Version, locale: Locale) -> RenderedFacts:
    """Return the facts that the document of a version renders in one language.

    A section that is not translated is left out: readers see its facts in another language. The cache needs
    no invalidation: a version never changes, and it is compared by identity.
    """
    sources = {section.id: section for section in version.policy.sections.get(locale, ())}
    by_path: dict[str, list[RenderedSection]] = {}
    tables: dict[str, list[RenderedSection]] = {}
    sections = version.documents[locale].sections
    for section in sections:
        if section.locale != locale or section.id not in sources:
            continue
        names = list_placeholders(sources[section.id])
        for path in dict.fromkeys(list_rendered_paths(names, version.policy.facts)):
            by_path.setdefault(path, []).append(section)
        for kind in dict.fromkeys(_list_tables(names)):
            tables.setdefault(kind, []).append(section)
    return RenderedFacts(sections, _freeze(by_path), _freeze(tables))


def _freeze(sections: Mapping[str, list[RenderedSection]]) -> Mapping[str, tuple[RenderedSection, ...]]:
    return {key: tuple(own) for key, own in sections.items()}


@lru_cache(maxsize=1024)
def list_placeholders(section: Section) -> tuple[str, ...]:
    """Return what the placeholders of a section name: `controller.email`, `table:recipients`.

    The cache needs no invalidation: a section never changes. Most are the same from version to version.
    """
    title = find_placeholders_in_title(section.title)
    body = find_placeholders(section.body, section.id, section.locale)
    return tuple(use.name for scan in (title, body) for use in scan.placeholders)


def list_rendered_paths(placeholders: Iterable[str], facts: Facts) -> Iterator[str]:
    """Yield the paths of the facts that placeholders render; a table also renders rows that it refers to."""
    for name in placeholders:
        if match := TABLE_PLACEHOLDER.fullmatch(name):
            if match[1] in FACT_KINDS:
                yield from list_printed_facts(match[1], facts)
        else:
            yield ".".join(name.split(".")[:_FACT_DEPTH])


def _list_tables(placeholders: Iterable[str]) -> Iterator[str]:
    for name in placeholders:
        if match := TABLE_PLACEHOLDER.fullmatch(name):
            yield match[1]


@lru_cache(maxsize=256)
def _join_words(section: RenderedSection) -> str:
    """Return the words of a section on one line; the cache needs no invalidation: a section never changes."""
    return " ".join((*section.title.split(), *extract_words(section.blocks)))


def contains_words(text: str, words: str) -> bool:
    """Whether a text has words as whole words; both have single spaces. No text has the empty words."""
    start = text.find(words) if words else -1
    while start >= 0:
        end = start + len(words)
        before, after = text[start - 1 : start], text[end : end + 1]
        is_whole = not (words[0].isalnum() and before.isalnum()) and not (
            words[-1].isalnum() and after.isalnum()
        )
        if is_whole:
            return True
        start = text.find(words, start + 1)
    return False
