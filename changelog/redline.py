"""Redlines: two documents compared section by section, as readers see them (docs/reference/redline.md).

Every redline is truthful: leave out what is deleted and the words are those of the new document, in order;
leave out what is inserted and they are those of the old one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

from changelog.redline_blocks import find_fully_marked_texts, mark_blocks, mark_moved_blocks, merge_blocks
from changelog.redline_words import DELETED, INSERTED, Mark
from policy.blocks import Block, TextRun
from policy.canonical import have_same_words
from policy.document import Document, RenderedSection
from policy.fields import Locale


class PairKind(StrEnum):
    """How a section's position changed between two documents, regardless of its text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"
    MOVED_AWAY = "moved-away"
    MOVED_HERE = "moved-here"


class RedlineKind(StrEnum):
    """The difference that a redline shows in a section; the values are CSS classes of published pages."""

    SAME = "same"
    CHANGED = "changed"
    FORM_CHANGED = "form-changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED_AWAY = "moved-away"
    MOVED_HERE = "moved-here"


# A block can only move out of or into these: a section that moved as a whole takes its blocks along.
_KINDS_WITH_BLOCK_MOVES = {RedlineKind.CHANGED, RedlineKind.ADDED, RedlineKind.REMOVED}


@dataclass(frozen=True, slots=True)
class SectionPair:
    """A section before and after. Only a kept one has both: a section that moved makes two pairs."""

    kind: PairKind
    old: RenderedSection | None
    new: RenderedSection | None


@dataclass(frozen=True, eq=False)
class SectionRedline:
    """One section of a redline; `section` is the new one if there is one.

    A section that moved is in the redline twice: deleted at its old place and inserted at its new one.
    """

    section: RenderedSection
    kind: RedlineKind
    title: tuple[TextRun, ...]
    blocks: tuple[Block, ...]

    @cached_property
    def block_moves(self) -> BlockMoves:
        """The texts of its blocks that are deleted or inserted as a whole and may have moved."""
        if self.kind not in _KINDS_WITH_BLOCK_MOVES:
            return BlockMoves(frozenset(), frozenset())
        return BlockMoves(*(find_fully_marked_texts(self.blocks, mark) for mark in (DELETED, INSERTED)))

    def mark_moves(self, moved_texts: frozenset[str]) -> SectionRedline:
        """Return a copy whose blocks with one of these texts are marked as moved; itself if it has none."""
        if moved_texts.isdisjoint(self.block_moves.deleted | self.block_moves.inserted):
            return self
        return replace(self, blocks=mark_moved_blocks(self.blocks, moved_texts))


class BlockMoves(NamedTuple):
    """Texts of deleted and of inserted blocks; one that is in both sets of a whole redline has moved."""

    deleted: frozenset[str]
    inserted: frozenset[str]


@dataclass(frozen=True, slots=True)
class TouchedSections:
    """Ids of the sections that a change touches: old ids of those removed, new ids of all others."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every touched section, each once."""
        return tuple(dict.fromkeys((*self.added, *self.removed, *self.changed, *self.moved)))

    def __contains__(self, section_id: str) -> bool:
        return section_id in self.ids

    def merge(self, other: TouchedSections) -> TouchedSections:
        """Return the sections that are touched in one language or the other."""
        fields = ("added", "removed", "changed", "moved")
        return TouchedSections(
            *(tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name)))) for name in fields)
        )


def find_touched_sections(old: Document, new: Document, current_ids: Mapping[str, str]) -> TouchedSections:
    """Return which sections differ; `current_ids` maps each former id to the one used today."""
    before, after = _index_sections(old.sections, current_ids), _index_sections(new.sections, current_ids)
    unmoved = _find_unmoved_ids(list(before), list(after))
    return TouchedSections(
        tuple(section.id for name, section in after.items() if name not in before),
        tuple(section.id for name, section in before.items() if name not in after),
        tuple(
            section.id
            for name, section in after.items()
            if name in before and not section.looks_like(before[name])
        ),
        tuple(section.id for name, section in after.items() if name in before and name not in unmoved),
    )


def find_touched_sections_in_any_language(
    before: Mapping[Locale, Document], after: Mapping[Locale, Document], current_ids: Mapping[str, str]
) -> TouchedSections:
    """Return the sections that differ in any language of both sides; `current_ids` are today's."""
    touched = TouchedSections()
    for locale, document in after.items():
        if locale in before:
            ids_with_renames = map_to_current_ids([document], current_ids)
            touched = touched.merge(find_touched_sections(before[locale], document, ids_with_renames))
    return touched


def compute_redline(
    old: Document, new: Document, current_ids: Mapping[str, str]
) -> tuple[SectionRedline, ...]:
    """Return the redline of two documents; `current_ids` maps each former section id to today's."""
    redlines = [compute_section_redline(pair) for pair in pair_sections(old, new, current_ids)]
    moved_texts = find_moved_texts(redline.block_moves for redline in redlines)
    return tuple(redline.mark_moves(moved_texts) for redline in redlines)


def pair_sections(old: Document, new: Document, current_ids: Mapping[str, str]) -> Iterator[SectionPair]:
    """Yield the sections of two documents in pairs, in the order in which a redline shows them."""
    before, after = _index_sections(old.sections, current_ids), _index_sections(new.sections, current_ids)
    unmoved = _find_unmoved_ids(list(before), list(after))
    old_items, new_items = iter(before.items()), iter(after.items())
    # Between two sections that stay in order, what is gone comes before what is new. None ends the last gap.
    for anchor in (*unmoved, None):
        for name, section in old_items:
            if name == anchor:
                break
            yield SectionPair(PairKind.MOVED_AWAY if name in after else PairKind.REMOVED, section, None)
        for name, section in new_items:
            if name == anchor:
                yield SectionPair(PairKind.KEPT, before[name], section)
                break
            yield SectionPair(PairKind.MOVED_HERE if name in before else PairKind.ADDED, None, section)


def find_moved_texts(block_moves: Iterable[BlockMoves]) -> frozenset[str]:
    """Return the texts of blocks that a redline deletes at one place and inserts at another."""
    moves = list(block_moves)
    deleted = frozenset[str]().union(*(move.deleted for move in moves))
    return deleted & frozenset[str]().union(*(move.inserted for move in moves))


def map_to_current_ids(documents: Iterable[Document], current_ids: Mapping[str, str]) -> Mapping[str, str]:
    """Return a map from each former section id to the one used today.

    `current_ids`, those of the newest policy, override the former ids in the `documents`. A section renamed
    twice is followed through both renames. An id that is in use today is never mapped to another.
    """
    ids_of_today = set(current_ids.values())
    renames = dict(current_ids)
    for document in documents:
        for former, current in document.former_ids:
            if former not in {*renames, *ids_of_today, current}:
                renames[former] = current
    return {former: _follow_renames(former, renames) for former in renames}


def _follow_renames(section_id: str, renames: Mapping[str, str]) -> str:
    """Return the last id of a chain of renames; a cycle ends at its start."""
    seen = {section_id}
    while renames.get(section_id, section_id) not in seen:
        section_id = renames[section_id]
        seen.add(section_id)
    return section_id


def _index_sections(
    sections: Iterable[RenderedSection], current_ids: Mapping[str, str]
) -> dict[str, RenderedSection]:
    """Return the sections by current id. Of several that were merged into one, only the first gets its id."""
    by_own_id = {section.id: section for section in sections}
    indexed: dict[str, RenderedSection] = {}
    for section in by_own_id.values():
        current = current_ids.get(section.id, section.id)
        is_taken = current in indexed or (current != section.id and current in by_own_id)
        indexed[section.id if is_taken else current] = section
    return indexed


def _find_unmoved_ids(old: Sequence[str], new: Sequence[str]) -> dict[str, None]:
    """Return the longest list of common ids in the same order, so that as few sections as possible moved.

    It is a longest increasing subsequence of old positions, found by patience sorting in O(n log n).
    """
    if old == new:
        return dict.fromkeys(old)
    positions = {name: position for position, name in enumerate(old)}
    common = [name for name in new if name in positions]
    tails: list[int] = []  # tails[n]: the smallest old position that ends a list of n + 1 ids
    lengths: list[int] = []  # of the longest list that ends at each common id
    for name in common:
        at = bisect_left(tails, positions[name])
        tails[at : at + 1] = [positions[name]]
        lengths.append(at + 1)
    unmoved: list[str] = []
    wanted_length, limit = len(tails), len(old)
    for name, length in zip(reversed(common), reversed(lengths), strict=True):
        if length == wanted_length and positions[name] < limit:
            unmoved.append(name)
            wanted_length, limit = wanted_length - 1, positions[name]
    return dict.fromkeys(reversed(unmoved))


@lru_cache(maxsize=2048)
def compute_section_redline(pair: SectionPair) -> SectionRedline:
    """Return the redline of one section; blocks that moved to or from other sections are not marked yet.

    Nothing invalidates the cache: sections are immutable and equal only to themselves. The same pair gives
    the same object, so pages can reuse what they have rendered from it.
    """
    old, new = pair.old, pair.new
    if old is None or new is None:
        section = new or old
        assert section
        mark: Mark = INSERTED if new else DELETED
        title = (TextRun(section.title, marks=(mark,)),)
        return SectionRedline(section, RedlineKind(pair.kind), title, mark_blocks(section.blocks, mark))
    if new.looks_like(old):
        return SectionRedline(new, RedlineKind.SAME, (TextRun(new.title),), new.blocks)
    if old.title == new.title and have_same_words(old.blocks, new.blocks):
        return SectionRedline(new, RedlineKind.FORM_CHANGED, (TextRun(new.title),), new.blocks)
    return SectionRedline(
        new, RedlineKind.CHANGED, _merge_titles(old.title, new.title), merge_blocks(old.blocks, new.blocks)
    )


def _merge_titles(old: str, new: str) -> tuple[TextRun, ...]:
    """Return the runs of a changed title."""
    old_block, new_block = (Block("text", runs=(TextRun(title),)) for title in (old, new))
    merged = merge_blocks((old_block,), (new_block,))
    # Titles without a common word stay two blocks; on their one line they need a space between them.
    return tuple(run for block in merged for run in (TextRun(" "), *block.runs))[1:]
