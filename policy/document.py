"""Policy and language in, the document that its readers see out: numbers, anchors, facts in words."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from policy.blocks import Block, Run, bare, leaves, text, visible
from policy.localization import say, term
from policy.markdown import SLOT, TABLE, harmless, parse
from policy.placeholders import leaves as fact_leaves
from policy.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.fact_models import Facts
    from policy.fields import Locale
    from policy.models import Policy, Section, Settings

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_WEB = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, eq=False)
class Part:
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

    def or_same(self, other: Part | None) -> Part:
        """Give `other` where it was born with the same."""
        if other is None or other is self:
            return self
        return other if other.__getstate__() == self.__getstate__() else self

    @cached_property
    def text(self) -> str:
        """Its part of `policy.txt`: title, words and link targets in order."""
        return "\n\n".join(filter(None, (self.title, text(self.blocks))))

    @cached_property
    def said(self) -> str:
        """Its words and link targets: where two say the same, nothing has changed for a reader."""
        return " ".join(self.text.split())


@dataclass(frozen=True)
class Document:
    """The policy in one language, whole."""

    locale: Locale
    parts: tuple[Part, ...]

    def like(self, other: Document) -> Document:
        """Give it with each section that says the same in `other` as the very same Part."""
        theirs = {part.id: part for part in other.parts}
        parts = tuple(part.or_same(theirs.get(part.id)) for part in self.parts)
        return self if parts == self.parts else replace(self, parts=parts)

    @cached_property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Every name that a section of it bore before, with the one that it bears."""
        return tuple((alias, part.id) for part in self.parts for alias in part.aliases)


@dataclass(frozen=True, eq=False, slots=True)
class _Words:
    """What placeholders are put into words from; the same object as long as no setting or fact changes."""

    settings: Settings
    facts: Facts

    def said(self, name: str, locale: Locale) -> str:
        return visible(say(fact_leaves(self.settings, self.facts)[name], locale))


@lru_cache(maxsize=64)
def _words(settings: Settings, facts: Facts) -> _Words:
    return _Words(settings, facts)


def document(policy: Policy, locale: Locale) -> Document:
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
def _part(section: Section, lang: Locale, words: _Words, locale: Locale, number: int) -> Part:
    blocks = _filled(section.body, words, lang, section.id)
    if lang != locale:
        hint = Block("p", runs=(Run(term("section.untranslated", locale)),), attrs=(("lang", locale),))
        blocks = (hint, *blocks)
    title = visible(SLOT.sub(lambda found: words.said(found[1], lang), section.title))
    return Part(section.id, number, title, lang, section.aliases, blocks)


def filled(source: str, policy: Policy, locale: Locale, anchor: str = "") -> tuple[Block, ...]:
    """Give the blocks of a Markdown text with its placeholders put into the reader's words."""
    return _filled(source, _words(policy.settings, policy.facts), locale, anchor)


@lru_cache(maxsize=1024)
def _filled(source: str, words: _Words, locale: Locale, anchor: str) -> tuple[Block, ...]:
    return tuple(new for block in parse(source, anchor) for new in _fill(block, words, locale))


def _fill(block: Block, words: _Words, locale: Locale) -> Iterator[Block]:
    if block.tag == "table-slot":
        found = TABLE.fullmatch(block.runs[0].slot)
        assert found
        yield from table(found[1], words.facts, locale)
    elif block.is_leaf:
        yield replace(block, runs=tuple(_say(run, words, locale) for run in block.runs))
    else:
        children = (new for child in block.children for new in _fill(child, words, locale))
        yield replace(block, children=tuple(children))


def _say(run: Run, words: _Words, locale: Locale) -> Run:
    href = _address(SLOT.sub(lambda found: words.said(found[1], locale), run.href))
    if not run.slot:
        return run if href == run.href else replace(run, href=href)
    said = words.said(run.slot, locale)
    return Run(said, href or _target(said), run.marks)


def _address(href: str) -> str:
    """Make an address out of one that a fact may have brought blanks or worse into."""
    blank = "" if href.startswith("tel:") else "%20"
    address = visible(blank.join(href.split()))
    return address if harmless(address) else ""


def _target(words: str) -> str:
    """Link a fact that is an address by itself."""
    if _EMAIL.fullmatch(words):
        return f"mailto:{words}"
    return words if _WEB.fullmatch(words) else ""


def policy_txt(document: Document) -> str:
    """Print the document as `policy.txt`: titles, words and link targets in order, no numbers."""
    return "\n\n".join(part.text for part in document.parts) + "\n"


def same_words(one: Document, other: Document) -> bool:
    """Whether a reader meets the same words and link targets in the same order: no change at all."""
    if one.parts == other.parts:
        return True
    return " ".join(part.said for part in one.parts) == " ".join(part.said for part in other.parts)


def same_texts(old: Mapping[Locale, Document], new: Mapping[Locale, Document]) -> bool:
    """Whether that holds in every language, and the languages are the same."""
    return list(old) == list(new) and all(same_words(old[locale], text) for locale, text in new.items())


def fingerprint(section: Section) -> str:
    """Give what `translates:` names: the start of the SHA-256 of the words, placeholders unfilled."""
    unfilled = (
        replace(
            leaf,
            runs=tuple(
                replace(run, text=f"{{{{{run.slot}}}}}" if run.slot else run.text) for run in leaf.runs
            ),
        )
        for leaf in leaves(parse(section.body, section.id))
    )
    words = " ".join([*section.title.split(), *bare(unfilled)])
    return hashlib.sha256(words.encode()).hexdigest()[:12]
