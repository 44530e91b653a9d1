"""Renders a policy into the document that readers of one language see.

Sections are numbered, placeholders and tables become the words of facts, links are made safe. The result is a
tree of blocks: `policy.txt` is printed here, pages and redlines by the generator.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache

from common.characters import escape_invisible
from policy.blocks import Block, TextRun, count_common_ends, extract_words, iter_leaves, render_text
from policy.canonical import CanonicalBlock, build_canonical_section
from policy.fact_models import Facts
from policy.fields import Locale
from policy.localization import format_language_name, format_term, format_value
from policy.markdown import (
    PLACEHOLDER,
    TABLE_PLACEHOLDER,
    TABLE_PLACEHOLDER_TAG,
    is_harmless_link,
    parse_markdown,
)
from policy.models import Policy, Section, Settings
from policy.placeholders import collect_placeholder_values
from policy.plain_markup import render_plain_section
from policy.tables import render_table

_EMAIL_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_FINGERPRINT_LENGTH = 12  # hexadecimal digits, 48 bits: short enough to read, and nobody attacks it


@dataclass(frozen=True, eq=False)
class RenderedSection:
    """One section as readers see it.

    `number` counts from 1. `locale` is the language of its words: it differs from that of the document if the
    section has not been translated yet. Sections are compared by identity: one that is the same in two
    revisions is the same object (`reuse_if_equal`), which makes comparing long histories cheap.
    """

    id: str
    number: int
    title: str
    locale: Locale
    aliases: tuple[str, ...]
    blocks: tuple[Block, ...]

    def __getstate__(self) -> dict[str, object]:
        """Return the fields without the cached properties, which are quickly computed again."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def reuse_if_equal(self, earlier: RenderedSection | None) -> RenderedSection:
        """Return `other` if all its fields are equal, else this section."""
        if earlier is None or earlier is self:
            return self
        return earlier if earlier.__getstate__() == self.__getstate__() else self

    @cached_property
    def text(self) -> str:
        """The section in `policy.txt`: title, words and link targets in order."""
        return "\n\n".join(filter(None, (self.title, render_text(self.blocks))))

    @cached_property
    def canonical_form(self) -> CanonicalBlock:
        """What readers see of the section, in words and in form; equal if nothing has changed for them."""
        return build_canonical_section(self.title, self.blocks)

    @cached_property
    def plain_markup(self) -> str:
        """The markup that the hash of the section is computed from."""
        return render_plain_section(self.title, self.blocks)

    @cached_property
    def plain_sha256(self) -> str:
        """The hash of the section without a salt, in hex."""
        return hashlib.sha256(self.plain_markup.encode()).hexdigest()

    def looks_like(self, other: RenderedSection) -> bool:
        """Whether readers see the same words in the same form."""
        if self is other:
            return True
        # Words are cheap to compare, and most sections that changed have other ones between equal blocks.
        start, end = count_common_ends(self.blocks, other.blocks)
        words, other_words = (
            extract_words(blocks[start : len(blocks) - end]) for blocks in (self.blocks, other.blocks)
        )
        return words == other_words and self.canonical_form == other.canonical_form


@dataclass(frozen=True)
class Document:
    """The whole policy in one language."""

    locale: Locale
    sections: tuple[RenderedSection, ...]

    def reuse_unchanged_sections(self, earlier: Document) -> Document:
        """Return this document with each section that `other` has too replaced by the object of `other`."""
        previous = {section.id: section for section in earlier.sections}
        sections = tuple(section.reuse_if_equal(previous.get(section.id)) for section in self.sections)
        return self if sections == self.sections else replace(self, sections=sections)

    @cached_property
    def former_ids(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a former section id and the current one."""
        return tuple((alias, section.id) for section in self.sections for alias in section.aliases)


class _FactRenderer:
    """Renders sections and Markdown with the values of one set of settings and facts.

    It owns the cache of what it has rendered. Nothing invalidates it: settings and facts are immutable, and
    everything else that a result depends on is in the key. It lives as long as `_get_fact_renderer` keeps it.
    """

    def __init__(self, settings: Settings, facts: Facts) -> None:
        self.facts = facts
        self.languages = settings.languages
        self.values = collect_placeholder_values(settings, facts)
        # Most sections of a revision, and most notes, are those of the revision before.
        self.render_section = lru_cache(maxsize=1024)(self._render_section)
        self.render_markdown = lru_cache(maxsize=1024)(self._render_markdown)

    def resolve_placeholder(self, placeholder: str, locale: Locale) -> str:
        """Return the words for a placeholder."""
        return escape_invisible(format_value(self.values[placeholder], locale))

    def resolve_all_placeholders(self, text: str, locale: Locale) -> str:
        """Return the text with every placeholder in it replaced by its words."""
        return PLACEHOLDER.sub(lambda match: self.resolve_placeholder(match[1], locale), text)

    def _render_section(
        self, section: Section, locale: Locale, document_locale: Locale, number: int
    ) -> RenderedSection:
        """Return a section; if its language is not the document's, it begins with a line that says so."""
        blocks = self.render_markdown(section.body, locale, section.id)
        if locale != document_locale:
            # The hint is in the reader's language, hence an element with a language of its own.
            language = format_language_name(locale, document_locale, self.languages)
            words = format_term("section.untranslated", document_locale).format(language=language)
            hint = TextRun(words)
            blocks = (Block("p", runs=(hint,), attrs=(("lang", document_locale),)), *blocks)
        # A title is one line, even if it names a fact of several.
        lines = self.resolve_all_placeholders(section.title, locale).splitlines()
        title = escape_invisible(" ".join(lines))
        return RenderedSection(section.id, number, title, locale, section.aliases, blocks)

    def _render_markdown(self, source: str, locale: Locale, anchor: str) -> tuple[Block, ...]:
        parsed = parse_markdown(source, anchor, locale)
        return tuple(block for template in parsed for block in self._fill_block(template, locale))

    def _fill_block(self, block: Block, locale: Locale) -> Iterator[Block]:
        """Yield the block with its placeholders filled in; none for a table without rows."""
        if block.tag == TABLE_PLACEHOLDER_TAG:
            match = TABLE_PLACEHOLDER.fullmatch(block.runs[0].placeholder)
            assert match  # the parser makes this block for nothing else
            yield from render_table(match[1], self.facts, locale)
        elif block.is_leaf:
            yield replace(block, runs=tuple(self._fill_run(run, locale) for run in block.runs))
        else:
            children = (filled for child in block.children for filled in self._fill_block(child, locale))
            yield replace(block, children=tuple(children))

    def _fill_run(self, run: TextRun, locale: Locale) -> TextRun:
        """Return the run with its placeholder and those of its link target filled in."""
        href = _sanitize_link_target(self.resolve_all_placeholders(run.href, locale))
        if not run.placeholder:
            return run if href == run.href else replace(run, href=href)
        # A placeholder inside a link keeps that link.
        words = self.resolve_placeholder(run.placeholder, locale)
        return TextRun(words, href or _derive_link_target(words), run.marks)


@lru_cache(maxsize=64)
def _get_fact_renderer(settings: Settings, facts: Facts) -> _FactRenderer:
    """Return the renderer of settings and facts.

    The cache needs no invalidation: its key is the complete input. Facts change rarely: 64 sets of them span
    hundreds of revisions.
    """
    return _FactRenderer(settings, facts)


def render_document(policy: Policy, locale: Locale) -> Document:
    """Return the document in one language.

    A section that is missing in the language is shown in another one, below a line that says so.
    """
    chosen: dict[str, tuple[Section, Locale]] = {}
    for source_locale in (locale, *policy.languages):
        for section in policy.sections[source_locale]:
            chosen.setdefault(section.id, (section, source_locale))
    # Where languages disagree on the order, the first language decides: it is written last.
    positions = {
        section.id: section.sort_key
        for source_locale in reversed(policy.languages)
        for section in policy.sections[source_locale]
    }
    renderer = _get_fact_renderer(policy.settings, policy.facts)
    ordered = sorted(chosen, key=lambda section_id: positions[section_id])
    return Document(
        locale,
        tuple(
            renderer.render_section(*chosen[section_id], locale, number)
            for number, section_id in enumerate(ordered, start=1)
        ),
    )


def render_markdown(source: str, policy: Policy, locale: Locale, anchor: str = "") -> tuple[Block, ...]:
    """Return the blocks of a Markdown text with its placeholders filled in; `anchor` begins footnote ids."""
    return _get_fact_renderer(policy.settings, policy.facts).render_markdown(source, locale, anchor)


def render_title(source: str, policy: Policy, locale: Locale) -> str:
    """Return a title, which is plain text on one line, with its placeholders filled in."""
    renderer = _get_fact_renderer(policy.settings, policy.facts)
    return escape_invisible(" ".join(renderer.resolve_all_placeholders(source, locale).split()))


def _sanitize_link_target(href: str) -> str:
    """Return a link target without blanks, or "" for a dangerous one: a fact may have brought in anything."""
    # The blanks that group a telephone number are not part of it (RFC 3966); elsewhere they must be encoded.
    blank = "" if href.startswith("tel:") else "%20"
    address = escape_invisible(blank.join(href.split()))
    return address if is_harmless_link(address) else ""


def _derive_link_target(words: str) -> str:
    """Return the link target for a fact that is itself an e-mail or web address, else ""."""
    if _EMAIL_ADDRESS.fullmatch(words):
        return f"mailto:{words}"
    return words if _WEB_ADDRESS.fullmatch(words) else ""


def render_policy_text(document: Document) -> str:
    """Return the document as `policy.txt`: titles, words and link targets in order, without numbers."""
    return "\n\n".join(section.text for section in document.sections) + "\n"


def have_same_text(old: Mapping[Locale, Document], new: Mapping[Locale, Document]) -> bool:
    """Whether two policies have the same languages, and in each the same words and links in the same form."""
    return list(old) == list(new) and all(
        _is_document_equal(old[locale], document) for locale, document in new.items()
    )


def _is_document_equal(old: Document, new: Document) -> bool:
    """Whether readers see the same in two documents."""
    # Sections that were not touched are the same objects, which needs no look at their texts.
    return len(old.sections) == len(new.sections) and all(
        after.looks_like(before) for before, after in zip(old.sections, new.sections, strict=True)
    )


def compute_section_fingerprint(section: Section) -> str:
    """Return the value of `translates:`: the start of the SHA-256 of a section's words.

    Placeholders count by their names, so that a changed fact does not make a translation outdated.
    """
    named_leaves = (
        replace(
            leaf,
            runs=tuple(
                replace(run, text=f"{{{{{run.placeholder}}}}}" if run.placeholder else run.text)
                for run in leaf.runs
            ),
        )
        for leaf in iter_leaves(parse_markdown(section.body, section.id, section.locale))
    )
    words = " ".join([*section.title.split(), *extract_words(named_leaves)])
    return hashlib.sha256(words.encode()).hexdigest()[:_FINGERPRINT_LENGTH]
