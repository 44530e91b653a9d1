"""Sections of two documents by their ids: renamed ones, and which are touched by a change."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from policy.document import Document, RenderedSection
from policy.fields import Locale


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
    before, after = index_sections(old.sections, current_ids), index_sections(new.sections, current_ids)
    unmoved = find_unmoved_ids(list(before), list(after))
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


def index_sections(
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


def find_unmoved_ids(old: Sequence[str], new: Sequence[str]) -> dict[str, None]:
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
