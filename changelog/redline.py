"""Document × Document → Redline, as a reader sees them and not as they were typed (contract §4). Pure.

Truth: the words without deletions are the new document's, those without insertions the old one's, in order.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from changelog.redline_blocks import find_wholly_marked_texts, mark_blocks, mark_moved_blocks, merge_blocks
from policy.blocks import Block, TextRun

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from policy.document import Document, RenderedSection

_PARTLY = {"changed", "added", "removed"}


@dataclass(frozen=True, slots=True)
class SectionPair:
    """A place in a redline: one section before and after, or one that was or is there alone.

    `kind` is kept, added, removed, moved-away or moved-here.
    """

    kind: str
    old: RenderedSection | None
    new: RenderedSection | None


@dataclass(frozen=True, eq=False)
class SectionRedline:
    """One section of a redline. `kind` is same, changed, added, removed, moved-away or moved-here.

    A section that moved stands twice: deleted where it was and inserted where it is. Two sections compared
    again give the same Change.
    """

    section: RenderedSection
    kind: str
    title: tuple[TextRun, ...]
    blocks: tuple[Block, ...]

    @cached_property
    def block_moves(self) -> BlockMoves:
        """Its blocks deleted and inserted as a whole; those of a section that moved as a whole stay in it."""
        partly = self.kind in _PARTLY
        return BlockMoves(
            *(
                find_wholly_marked_texts(self.blocks, mark) if partly else frozenset()
                for mark in ("del", "ins")
            )
        )

    def mark_moves(self, moved: frozenset[str]) -> SectionRedline:
        """Give it with the blocks that `moved` to or from another place marked as such."""
        if moved.isdisjoint(self.block_moves.deleted | self.block_moves.inserted):
            return self
        return replace(self, blocks=mark_moved_blocks(self.blocks, moved))


class BlockMoves(NamedTuple):
    """The words of blocks deleted and of blocks inserted: what stands in both, of a whole redline, moved."""

    deleted: frozenset[str]
    inserted: frozenset[str]


@dataclass(frozen=True, slots=True)
class TouchedSections:
    """Which sections a change touches, by id: new ids, but for those removed."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        """Whether a change touches a section."""
        return name in {*self.added, *self.removed, *self.changed, *self.moved}

    def merge(self, other: TouchedSections) -> TouchedSections:
        """Give what is touched in one language or the other."""
        names = ("added", "removed", "changed", "moved")
        return TouchedSections(
            *(tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name)))) for name in names)
        )


def find_touched_sections(old: Document, new: Document, renamed: Mapping[str, str]) -> TouchedSections:
    """Say which sections differ; `renamed` leads from an old id to the newest."""
    olds, news = _named(old.sections, renamed), _named(new.sections, renamed)
    kept = _kept_order(list(olds), list(news))
    return TouchedSections(
        tuple(part.id for name, part in news.items() if name not in olds),
        tuple(part.id for name, part in olds.items() if name not in news),
        tuple(
            part.id
            for name, part in news.items()
            if name in olds and olds[name].comparable_text != part.comparable_text
        ),
        tuple(part.id for name, part in news.items() if name in olds and name not in kept),
    )


def compute_redline(old: Document, new: Document, renamed: Mapping[str, str]) -> tuple[SectionRedline, ...]:
    """Compare two documents section by section; `renamed` leads from an old id to the newest."""
    changes = [compute_section_redline(pair) for pair in pair_sections(old, new, renamed)]
    moved = find_moved_texts(change.block_moves for change in changes)
    return tuple(change.mark_moves(moved) for change in changes)


def pair_sections(old: Document, new: Document, renamed: Mapping[str, str]) -> Iterator[SectionPair]:
    """Put the sections of two documents side by side, in the order that a reader meets them in."""
    olds, news = _named(old.sections, renamed), _named(new.sections, renamed)
    kept = _kept_order(list(olds), list(news))
    gone, come = iter(olds.items()), iter(news.items())
    for anchor in (*kept, None):
        for name, part in gone:
            if name == anchor:
                break
            yield SectionPair("moved-away" if name in news else "removed", part, None)
        for name, part in come:
            if name == anchor:
                yield SectionPair("kept", olds[name], part)
                break
            yield SectionPair("moved-here" if name in olds else "added", None, part)


def find_moved_texts(every: Iterable[BlockMoves]) -> frozenset[str]:
    """Give the words of the blocks that were deleted in one place and inserted in another."""
    rows = list(every)
    gone = frozenset[str]().union(*(row.deleted for row in rows))
    return gone & frozenset[str]().union(*(row.inserted for row in rows))


def map_to_current_ids(later: Iterable[Document], newest: Mapping[str, str]) -> Mapping[str, str]:
    """Lead from each old id to the name of today: by the `newest` aliases, then those of `later` texts.

    A section renamed twice is followed through both; what bears a name today keeps it.
    """
    today = set(newest.values())
    lead = dict(newest)
    for text in later:
        for alias, name in text.aliases:
            if alias not in {*lead, *today, name}:
                lead[alias] = name
    return {name: _followed(name, lead) for name in lead}


def _followed(name: str, lead: Mapping[str, str]) -> str:
    seen = {name}
    while lead.get(name, name) not in seen:
        name = lead[name]
        seen.add(name)
    return name


def _named(parts: Iterable[RenderedSection], renamed: Mapping[str, str]) -> dict[str, RenderedSection]:
    """Give each section the name that it bears today; of several that became one, one bears it."""
    own = {part.id: part for part in parts}
    named: dict[str, RenderedSection] = {}
    for part in own.values():
        name = renamed.get(part.id, part.id)
        named[part.id if name in named or (name != part.id and name in own) else name] = part
    return named


def _kept_order(old: Sequence[str], new: Sequence[str]) -> dict[str, None]:
    """Give the longest run of common ids whose order stayed; the rest is the least set that moved."""
    if old == new:
        return dict.fromkeys(old)
    place = {name: number for number, name in enumerate(old)}
    common = [name for name in new if name in place]
    tails: list[int] = []
    lengths: list[int] = []
    for name in common:
        at = bisect_left(tails, place[name])
        tails[at : at + 1] = [place[name]]
        lengths.append(at + 1)
    kept: list[str] = []
    wanted, before = len(tails), len(old)
    for name, length in zip(reversed(common), reversed(lengths), strict=True):
        if length == wanted and place[name] < before:
            kept.append(name)
            wanted, before = wanted - 1, place[name]
    return dict.fromkeys(reversed(kept))


@lru_cache(maxsize=2048)
def compute_section_redline(pair: SectionPair) -> SectionRedline:
    """Compare what stands in one place; what moved between places is not told."""
    old, new = pair.old, pair.new
    if old is None or new is None:
        part, mark = (new, "ins") if new else (old, "del")
        assert part
        return SectionRedline(
            part, pair.kind, (TextRun(part.title, marks=(mark,)),), mark_blocks(part.blocks, mark)
        )
    if old is new or old.comparable_text == new.comparable_text:
        return SectionRedline(new, "same", (TextRun(new.title),), new.blocks)
    title = merge_blocks(
        (Block("text", runs=(TextRun(old.title),)),), (Block("text", runs=(TextRun(new.title),)),)
    )
    # Titles with nothing in common come as two blocks: in one line they need a blank between them.
    runs = tuple(run for block in title for run in (TextRun(" "), *block.runs))[1:]
    return SectionRedline(new, "changed", runs, merge_blocks(old.blocks, new.blocks))
