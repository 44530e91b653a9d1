"""Document × Document → Redline, as a reader sees them and not as they were typed (contract §4). Pure.

Truth: the words without deletions are the new document's, those without insertions the old one's, in order.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from changelog.redline_blocks import merge, relabelled, whole, wholly
from policy.blocks import Block, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from policy.document import Document, Part

_PARTLY = {"changed", "added", "removed"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A place in a redline: one section before and after, or one that was or is there alone.

    `kind` is kept, added, removed, moved-away or moved-here.
    """

    kind: str
    old: Part | None
    new: Part | None


@dataclass(frozen=True, eq=False)
class Change:
    """One section of a redline. `kind` is same, changed, added, removed, moved-away or moved-here.

    A section that moved stands twice: deleted where it was and inserted where it is. Two sections compared
    again give the same Change.
    """

    part: Part
    kind: str
    title: tuple[Run, ...]
    blocks: tuple[Block, ...]

    @cached_property
    def loose(self) -> Loose:
        """Its blocks deleted and inserted as a whole; those of a section that moved as a whole stay in it."""
        partly = self.kind in _PARTLY
        return Loose(*(wholly(self.blocks, mark) if partly else frozenset() for mark in ("del", "ins")))

    def telling(self, moved: frozenset[str]) -> Change:
        """Give it with the blocks that `moved` to or from another place marked as such."""
        if moved.isdisjoint(self.loose.gone | self.loose.come):
            return self
        return replace(self, blocks=relabelled(self.blocks, moved))


class Loose(NamedTuple):
    """The words of blocks deleted and of blocks inserted: what stands in both, of a whole redline, moved."""

    gone: frozenset[str]
    come: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sections:
    """Which sections a change touches, by id: new ids, but for those removed."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        """Whether a change touches a section."""
        return name in {*self.added, *self.removed, *self.changed, *self.moved}

    def joined(self, other: Sections) -> Sections:
        """Give what is touched in one language or the other."""
        names = ("added", "removed", "changed", "moved")
        return Sections(
            *(tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name)))) for name in names)
        )


def sections(old: Document, new: Document, renamed: Mapping[str, str]) -> Sections:
    """Say which sections differ; `renamed` leads from an old id to the newest."""
    olds, news = _named(old.parts, renamed), _named(new.parts, renamed)
    kept = _kept_order(list(olds), list(news))
    return Sections(
        tuple(part.id for name, part in news.items() if name not in olds),
        tuple(part.id for name, part in olds.items() if name not in news),
        tuple(part.id for name, part in news.items() if name in olds and olds[name].said != part.said),
        tuple(part.id for name, part in news.items() if name in olds and name not in kept),
    )


def redline(old: Document, new: Document, renamed: Mapping[str, str]) -> tuple[Change, ...]:
    """Compare two documents section by section; `renamed` leads from an old id to the newest."""
    changes = [compared(pair) for pair in pairs(old, new, renamed)]
    moved = between(change.loose for change in changes)
    return tuple(change.telling(moved) for change in changes)


def pairs(old: Document, new: Document, renamed: Mapping[str, str]) -> Iterator[Pair]:
    """Put the sections of two documents side by side, in the order that a reader meets them in."""
    olds, news = _named(old.parts, renamed), _named(new.parts, renamed)
    kept = _kept_order(list(olds), list(news))
    gone, come = iter(olds.items()), iter(news.items())
    for anchor in (*kept, None):
        for name, part in gone:
            if name == anchor:
                break
            yield Pair("moved-away" if name in news else "removed", part, None)
        for name, part in come:
            if name == anchor:
                yield Pair("kept", olds[name], part)
                break
            yield Pair("moved-here" if name in olds else "added", None, part)


def between(every: Iterable[Loose]) -> frozenset[str]:
    """Give the words of the blocks that were deleted in one place and inserted in another."""
    rows = list(every)
    gone = frozenset[str]().union(*(row.gone for row in rows))
    return gone & frozenset[str]().union(*(row.come for row in rows))


def identities(later: Iterable[Document], newest: Mapping[str, str]) -> Mapping[str, str]:
    """Lead from each old id to the name of today: by the `newest` aliases, then those of `later` texts.

    A section renamed twice is followed through both; what bears a name today keeps it.
    """
    today = set(newest.values())
    lead = dict(newest)
    for text in later:
        for alias, name in text.renamed:
            if alias not in {*lead, *today, name}:
                lead[alias] = name
    return {name: _followed(name, lead) for name in lead}


def _followed(name: str, lead: Mapping[str, str]) -> str:
    seen = {name}
    while lead.get(name, name) not in seen:
        name = lead[name]
        seen.add(name)
    return name


def _named(parts: Iterable[Part], renamed: Mapping[str, str]) -> dict[str, Part]:
    """Give each section the name that it bears today; of several that became one, one bears it."""
    own = {part.id: part for part in parts}
    named: dict[str, Part] = {}
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
def compared(pair: Pair) -> Change:
    """Compare what stands in one place; what moved between places is not told."""
    old, new = pair.old, pair.new
    if old is None or new is None:
        part, mark = (new, "ins") if new else (old, "del")
        assert part
        return Change(part, pair.kind, (Run(part.title, marks=(mark,)),), whole(part.blocks, mark))
    if old is new or old.said == new.said:
        return Change(new, "same", (Run(new.title),), new.blocks)
    title = merge((Block("text", runs=(Run(old.title),)),), (Block("text", runs=(Run(new.title),)),))
    # Titles with nothing in common come as two blocks: in one line they need a blank between them.
    runs = tuple(run for block in title for run in (Run(" "), *block.runs))[1:]
    return Change(new, "changed", runs, merge(old.blocks, new.blocks))
