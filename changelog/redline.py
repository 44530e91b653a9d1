"""Redlines: two documents compared as readers see them (docs/reference/redline.md).

Every redline is truthful: leave out what is deleted and the words are those of the new document, in order;
leave out what is inserted, and what moved here, and they are those of the old one.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from changelog.redline_comparison import Comparison, UnmatchedUnits, compare_units
from changelog.redline_likeness import find_candidates, get_least_likeness_of_move
from changelog.redline_sections import RedlineKind, SectionRedline, build_sections
from changelog.redline_units import Unit, create_section_unit, list_section_units
from changelog.redline_units import list_units as list_block_units
from changelog.section_ids import index_sections
from policy.blocks import TextRun, count_common_ends
from policy.document import Document, RenderedSection

# A section before and after; one of them is None if the section is in one document only.
SectionPair: TypeAlias = tuple[RenderedSection | None, RenderedSection | None]


class LocalRedline(NamedTuple):
    """A section compared with its counterpart alone, and what found no counterpart there, if anything."""

    redline: SectionRedline
    unmatched: UnmatchedUnits | None


def compute_redline(
    old: Document, new: Document, current_ids: Mapping[str, str]
) -> tuple[SectionRedline, ...]:
    """Return the redline of two documents; `current_ids` maps each former section id to today's."""
    pairs = pair_sections(old, new, current_ids)
    if pairs is not None:
        local = [compare_section(*pair) for pair in pairs]
        if not have_common_text(local):
            return tuple(redline.redline for redline in local)
    return compare_documents(old, new, current_ids)


def compare_documents(
    old: Document, new: Document, current_ids: Mapping[str, str]
) -> tuple[SectionRedline, ...]:
    """Return the redline of two documents whose text may have moved from section to section."""
    before, after = index_sections(old.sections, current_ids), index_sections(new.sections, current_ids)
    common = [(before[name], section) for name, section in after.items() if name in before]
    equal = {section for pair in common if pair[1].looks_like(pair[0]) for section in pair}
    old_units, old_places = _list_units(old.sections, equal)
    new_units, new_places = _list_units(new.sections, equal)
    places = [(old_places[earlier], new_places[later]) for earlier, later in common]
    kept = {section for pair in common for section in pair}
    return tuple(build_sections(compare_units(old_units, new_units, places), kept))


def pair_sections(
    old: Document, new: Document, current_ids: Mapping[str, str]
) -> tuple[SectionPair, ...] | None:
    """Return the sections of two documents in pairs, as a redline shows them; None if any of them moved."""
    ids = [section.id for section in new.sections]
    # Equal ids are mapped equally, whatever to.
    if len(set(ids)) == len(ids) and [section.id for section in old.sections] == ids:
        return tuple(zip(old.sections, new.sections, strict=True))
    before, after = index_sections(old.sections, current_ids), index_sections(new.sections, current_ids)
    kept = [name for name in before if name in after]
    if kept != [name for name in after if name in before]:
        return None
    pairs: list[SectionPair] = []
    old_items, new_items = iter(before.items()), iter(after.items())
    # Between two sections that are in both, what is gone comes before what is new. None ends the last gap.
    for anchor in (*kept, None):
        for name, section in old_items:
            if name == anchor:
                break
            pairs.append((section, None))
        for name, section in new_items:
            pairs.append((before[name] if name == anchor else None, section))
            if name == anchor:
                break
    return tuple(pairs)


@lru_cache(maxsize=128)
def compare_section(old: RenderedSection | None, new: RenderedSection | None) -> LocalRedline:
    """Return the redline of one section, compared with its counterpart alone.

    Nothing invalidates the cache: sections are immutable and equal only to themselves. The same pair gives
    the same object, so pages can reuse what they have rendered from it.
    """
    if old and new and new.looks_like(old):
        redline = SectionRedline(new, RedlineKind.SAME, (TextRun(new.title),), new.blocks)
        return LocalRedline(redline, None)
    if old and new:
        return _compare_changed_section(old, new)
    old_units, new_units = (list_section_units(section) if section else () for section in (old, new))
    comparison = compare_units(old_units, new_units, [])
    (redline,) = build_sections(comparison, ())
    return LocalRedline(redline, comparison.unmatched)


def _compare_changed_section(old: RenderedSection, new: RenderedSection) -> LocalRedline:
    """Compare a section of both documents; only what is between the first and the last block that differ.

    The blocks around it are their own counterparts, and nothing else can be: what is equal in the same order
    at both ends belongs together in every case (`match_units`), and no container holds some of both.
    """
    start, end = count_common_ends(old.blocks, new.blocks)
    comparison = _compare_middles(old, new, start, end)
    if comparison is None or any(step.is_moved for step in comparison.steps):
        start = end = 0  # the keys of moves count all units
        comparison = _compare_middles(old, new, start, end)
        assert comparison  # no end was left out
    (redline,) = build_sections(comparison, {old, new})
    blocks = (*new.blocks[:start], *redline.blocks, *new.blocks[len(new.blocks) - end :])
    return LocalRedline(replace(redline, blocks=blocks), comparison.unmatched)


def _compare_middles(old: RenderedSection, new: RenderedSection, start: int, end: int) -> Comparison | None:
    """Compare two sections without the first blocks and the last ones; None if some of these are needed."""
    old_units, new_units = (
        list_section_units(section, start, len(section.blocks) - end) for section in (old, new)
    )
    if len(old_units) != len(new_units) and end:
        # Equal units are matched from the start on, and those of the end may be among them.
        shorter, longer = sorted((old_units[1:], new_units[1:]), key=len)
        is_start = all(unit.identity == other.identity for unit, other in zip(shorter, longer, strict=False))
        if is_start and longer[len(shorter)].identity == list_block_units(new.blocks[-end:])[0].identity:
            return None
    return compare_units(old_units, new_units, [(range(len(old_units)), range(len(new_units)))])


def have_common_text(sections: Sequence[LocalRedline]) -> bool:
    """Whether something that is gone from one section is like something that is new in another.

    Text of a section that is in one document only has not moved if it stands in order in another one, and so
    need not be as much alike.
    """
    changed = [(section.redline, section.unmatched) for section in sections if section.unmatched]
    if len(changed) <= 1:
        return False
    lost = [(number, unit) for number, (_, unmatched) in enumerate(changed) for unit in unmatched.lost]
    found = [(number, unit) for number, (_, unmatched) in enumerate(changed) for unit in unmatched.found]
    alone = len(lost), len(found)
    for number, (_, unmatched) in enumerate(changed):
        lost += [(number, old) for old, _ in unmatched.weak]
        found += [(number, new) for _, new in unmatched.weak]
    is_single = [redline.kind in {RedlineKind.ADDED, RedlineKind.REMOVED} for redline, _ in changed]
    for likeness, i, j in find_candidates([unit for _, unit in lost], [unit for _, unit in found]):
        (old_section, _), (new_section, unit) = lost[i], found[j]
        may_be_in_order = is_single[old_section] or is_single[new_section]
        if old_section == new_section:
            continue
        if (i < alone[0] and j < alone[1] and may_be_in_order) or likeness >= get_least_likeness_of_move(
            unit
        ):
            return True
    return False


def _list_units(
    sections: Iterable[RenderedSection], equal: Container[RenderedSection]
) -> tuple[list[Unit], dict[RenderedSection, range]]:
    """Return the units of all sections, and the positions of each section's; an equal section is one unit."""
    units: list[Unit] = []
    places: dict[RenderedSection, range] = {}
    for section in sections:
        start = len(units)
        units += [create_section_unit(section)] if section in equal else list_section_units(section)
        places[section] = range(start, len(units))
    return units, places
