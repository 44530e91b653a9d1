"""Whether a change is one of words, or only of links or form, which a version without a note says.

Two texts have the same words if a reader who sees neither links nor layout reads the same. A word that is in
another cell of a table, or has another footnote, says something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum

from changelog.redline_changes import CONTINUES, FORM, MOVED, find_mark
from changelog.redline_sections import RedlineKind, SectionRedline
from policy.blocks import Block, extract_words
from policy.canonical import (
    build_canonical_section,
    has_moved_words_in_tables,
    have_same_words,
    list_footnote_places,
)
from policy.document import Document, RenderedSection
from policy.fields import Locale


class KindOfChange(StrEnum):
    """What a change consists of; the values are published."""

    WORDS = "words"
    LINKS = "links"
    FORM = "form"
    LINKS_AND_FORM = "links-and-form"

    @property
    def term(self) -> str:
        """The name of the term that says it; words.toml has none for words."""
        return self.value.replace("-", "_")


def combine_kinds(kinds: Iterable[KindOfChange | None]) -> KindOfChange | None:
    """Return the kind of several changes together; None stands for no change."""
    found = {kind for kind in kinds if kind}
    if not found:
        return None
    if KindOfChange.WORDS in found:
        return KindOfChange.WORDS
    return found.pop() if len(found) == 1 else KindOfChange.LINKS_AND_FORM


def find_kind_of_change(
    before: Mapping[Locale, Document], after: Mapping[Locale, Document], current_ids: Mapping[str, str]
) -> KindOfChange | None:
    """Return what differs between two texts, in all languages together; None if nothing does.

    `current_ids` maps each former section id to the one used today.
    """
    if list(before) != list(after):
        return KindOfChange.WORDS
    return combine_kinds(
        kind
        for locale, document in after.items()
        for kind in _iter_kinds(before[locale], document, current_ids)
    )


def _iter_kinds(
    old: Document, new: Document, current_ids: Mapping[str, str]
) -> Iterator[KindOfChange | None]:
    """Yield the kind of change of each section of two documents."""

    def list_section_ids(document: Document) -> list[tuple[str, Locale]]:
        return [(current_ids.get(section.id, section.id), section.locale) for section in document.sections]

    if list_section_ids(old) != list_section_ids(new):
        yield KindOfChange.WORDS
        return
    for before, after in zip(old.sections, new.sections, strict=True):
        yield None if after.looks_like(before) else _compare_sections(before, after)


def _compare_sections(old: RenderedSection, new: RenderedSection) -> KindOfChange:
    """Return what differs between two sections that do not look alike."""
    if (
        old.title.split() != new.title.split()
        or extract_words(old.blocks) != extract_words(new.blocks)
        or has_moved_words_in_tables(old.canonical_form, new.canonical_form)
        or list_footnote_places(old.canonical_form) != list_footnote_places(new.canonical_form)
    ):
        return KindOfChange.WORDS
    if have_same_words(old.blocks, new.blocks):
        return KindOfChange.FORM
    forms = [build_canonical_section("", _remove_links(section.blocks)) for section in (old, new)]
    return KindOfChange.LINKS if forms[0] == forms[1] else KindOfChange.LINKS_AND_FORM


def _remove_links(blocks: Iterable[Block]) -> tuple[Block, ...]:
    return tuple(
        replace(
            block,
            children=_remove_links(block.children),
            runs=tuple(replace(run, href="") for run in block.runs),
        )
        for block in blocks
    )


_KINDS_OF_KEPT_SECTIONS = {RedlineKind.SAME, RedlineKind.CHANGED, RedlineKind.LINKS_CHANGED}


def find_kind_of_redlines(redlines: Iterable[SectionRedline]) -> KindOfChange | None:
    """Return what the redlines of some sections show, all together; None if they show no change."""
    return combine_kinds(kind for redline in redlines for kind in _iter_kinds_of_redline(redline))


def _iter_kinds_of_redline(redline: SectionRedline) -> Iterator[KindOfChange]:
    if redline.kind is RedlineKind.SAME:
        return
    if redline.kind is RedlineKind.FORM_CHANGED:
        yield KindOfChange.FORM
    elif redline.kind not in _KINDS_OF_KEPT_SECTIONS:
        yield KindOfChange.WORDS
    yield from _iter_kinds_of_blocks((Block("h2", runs=redline.title), *redline.blocks))


def _iter_kinds_of_blocks(blocks: Iterable[Block]) -> Iterator[KindOfChange]:
    """Yield the kind of each mark in blocks of a redline."""
    for block in _iter_blocks(blocks):
        attrs = dict(block.attrs)
        if FORM in attrs or CONTINUES in attrs:
            yield KindOfChange.FORM
        if MOVED in attrs or any(find_mark(run) for run in block.runs):
            yield KindOfChange.WORDS
        if any(run.former_href is not None for run in block.runs):
            yield KindOfChange.LINKS


def _iter_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield containers and leaves."""
    for block in blocks:
        yield block
        yield from _iter_blocks(block.children)
