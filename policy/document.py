"""Policy and language in, the document that its readers see out: numbers, anchors, facts in words."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from policy.blocks import Block, TextRun, escape_invisible, extract_words, iter_leaves, render_text
from policy.localization import format_term, format_value
from policy.markdown import PLACEHOLDER, TABLE_PLACEHOLDER, is_harmless_link, parse_markdown
from policy.placeholders import list_placeholder_values as fact_leaves
from policy.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.fact_models import Facts
    from policy.fields import Locale
    from policy.models import Policy, Section, Settings

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_WEB = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, eq=False)
class RenderedSection:
    """One section as a reader sees it. `number` is computed, from 1; `lang` is that of its words.

    `lang` differs from the document's where the section has no twin in its language yet. A section that
    stays the same from one revision to the next is the same Part.
    """

    id: str
    number: int
    title: str
    lang: Locale
    aliases: tuple[str, ...]
    blocks: tuple[Block, ...]

    def __getstate__(self) -> dict[str, object]:
        """Give what it was born with: what it remembers besides is soon said again."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def reuse_if_equal(self, other: RenderedSection | None) -> RenderedSection:
        """Give `other` where it was born with the same."""
        if other is None or other is self:
            return self
        return other if other.__getstate__() == self.__getstate__() else self

    @cached_property
    def text(self) -> str:
        """Its part of `policy.txt`: title, words and link targets in order."""
        return "\n\n".join(filter(None, (self.title, render_text(self.blocks))))

    @cached_property
    def comparable_text(self) -> str:
        """Its words and link targets: where two say the same, nothing has changed for a reader."""
        return " ".join(self.text.split())


@dataclass(frozen=True)
class Document:
    """The policy in one language, whole."""

    locale: Locale
    sections: tuple[RenderedSection, ...]

    def reuse_unchanged(self, other: Document) -> Document:
        """Give it with each section that says the same in `other` as the very same Part."""
        theirs = {part.id: part for part in other.sections}
        parts = tuple(part.reuse_if_equal(theirs.get(part.id)) for part in self.sections)
        return self if parts == self.sections else replace(self, sections=parts)

    @cached_property
    def aliases(self) -> tuple[tuple[str, str], ...]:
        """Every name that a section of it bore before, with the one that it bears."""
        return tuple((alias, part.id) for part in self.sections for alias in part.aliases)


@dataclass(frozen=True, eq=False, slots=True)
class _Words:
    """What placeholders are put into words from; the same object as long as no setting or fact changes."""

    settings: Settings
    facts: Facts

    def said(self, name: str, locale: Locale) -> str:
        return escape_invisible(format_value(fact_leaves(self.settings, self.facts)[name], locale))


@lru_cache(maxsize=64)
def _words(settings: Settings, facts: Facts) -> _Words:
    return _Words(settings, facts)


def render_document(policy: Policy, locale: Locale) -> Document:
    """Make the document in one language; a section without its twin stands there in another, and says so."""
    chosen: dict[str, tuple[Section, Locale]] = {}
    for lang in (locale, *policy.languages):
        for section in policy.sections[lang]:
            chosen.setdefault(section.id, (section, lang))
    first = {
        section.id: section.place for code in reversed(policy.languages) for section in policy.sections[code]
    }
    words = _words(policy.settings, policy.facts)
    ordered = sorted(chosen, key=lambda name: first[name])
    return Document(
        locale,
        tuple(_part(*chosen[name], words, locale, number) for number, name in enumerate(ordered, start=1)),
    )


@lru_cache(maxsize=1024)
def _part(section: Section, lang: Locale, words: _Words, locale: Locale, number: int) -> RenderedSection:
    blocks = _filled(section.body, words, lang, section.id)
    if lang != locale:
        hint = Block(
            "p", runs=(TextRun(format_term("section.untranslated", locale)),), attrs=(("lang", locale),)
        )
        blocks = (hint, *blocks)
    title = escape_invisible(PLACEHOLDER.sub(lambda found: words.said(found[1], lang), section.title))
    return RenderedSection(section.id, number, title, lang, section.aliases, blocks)


def render_markdown(source: str, policy: Policy, locale: Locale, anchor: str = "") -> tuple[Block, ...]:
    """Give the blocks of a Markdown text with its placeholders put into the reader's words."""
    return _filled(source, _words(policy.settings, policy.facts), locale, anchor)


@lru_cache(maxsize=1024)
def _filled(source: str, words: _Words, locale: Locale, anchor: str) -> tuple[Block, ...]:
    return tuple(new for block in parse_markdown(source, anchor) for new in _fill(block, words, locale))


def _fill(block: Block, words: _Words, locale: Locale) -> Iterator[Block]:
    if block.tag == "table-slot":
        found = TABLE_PLACEHOLDER.fullmatch(block.runs[0].placeholder)
        assert found
        yield from table(found[1], words.facts, locale)
    elif block.is_leaf:
        yield replace(block, runs=tuple(_say(run, words, locale) for run in block.runs))
    else:
        children = (new for child in block.children for new in _fill(child, words, locale))
        yield replace(block, children=tuple(children))


def _say(run: TextRun, words: _Words, locale: Locale) -> TextRun:
    href = _address(PLACEHOLDER.sub(lambda found: words.said(found[1], locale), run.href))
    if not run.placeholder:
        return run if href == run.href else replace(run, href=href)
    said = words.said(run.placeholder, locale)
    return TextRun(said, href or _target(said), run.marks)


def _address(href: str) -> str:
    """Make an address out of one that a fact may have brought blanks or worse into."""
    blank = "" if href.startswith("tel:") else "%20"
    address = escape_invisible(blank.join(href.split()))
    return address if is_harmless_link(address) else ""


def _target(words: str) -> str:
    """Link a fact that is an address by itself."""
    if _EMAIL.fullmatch(words):
        return f"mailto:{words}"
    return words if _WEB.fullmatch(words) else ""


def render_policy_text(document: Document) -> str:
    """Print the document as `policy.txt`: titles, words and link targets in order, no numbers."""
    return "\n\n".join(part.text for part in document.sections) + "\n"


def has_same_text(one: Document, other: Document) -> bool:
    """Whether a reader meets the same words and link targets in the same order: no change at all."""
    if one.sections == other.sections:
        return True
    return " ".join(part.comparable_text for part in one.sections) == " ".join(
        part.comparable_text for part in other.sections
    )


def have_same_text(old: Mapping[Locale, Document], new: Mapping[Locale, Document]) -> bool:
    """Whether that holds in every language, and the languages are the same."""
    return list(old) == list(new) and all(has_same_text(old[locale], text) for locale, text in new.items())


def compute_fingerprint(section: Section) -> str:
    """Give what `translates:` names: the start of the SHA-256 of the words, placeholders unfilled."""
    unfilled = (
        replace(
            leaf,
            runs=tuple(
                replace(run, text=f"{{{{{run.placeholder}}}}}" if run.placeholder else run.text)
                for run in leaf.runs
            ),
        )
        for leaf in iter_leaves(parse_markdown(section.body, section.id))
    )
    words = " ".join([*section.title.split(), *extract_words(unfilled)])
    return hashlib.sha256(words.encode()).hexdigest()[:12]
