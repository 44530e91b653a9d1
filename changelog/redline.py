"""Redlines: two documents compared as readers see them (docs/reference/redline.md).

Every redline is truthful: leave out what is deleted and the words are those of the new document, in order;
leave out what is inserted, and what moved here, and they are those of the old one.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

from changelog.redline_changes import (
    AWAY,
    MOVE_KEY,
    MOVED,
    Change,
    RedlineUnit,
    UnitState,
    find_mark,
    list_changes,
    list_units,
)
from changelog.redline_comparison import Comparison, Step, UnmatchedUnits, build_blocks, compare_units
from changelog.redline_former import (
    FormerSection,
    find_former_sections,
    iter_former_sections,
    mark_former_title,
)
from changelog.redline_likeness import find_candidates, get_least_likeness_of_move
from changelog.redline_merge import merge_title
from changelog.redline_units import Unit, UnitKind, create_section_unit, list_section_units
from changelog.redline_units import list_units as list_block_units
from changelog.redline_words import DELETED, INSERTED, Mark
from changelog.section_ids import index_sections
from policy.blocks import Block, TextRun, count_common_ends, iter_leaves
from policy.canonical import have_same_words
from policy.document import Document, RenderedSection


class RedlineKind(StrEnum):
    """The difference that a redline shows in a section; the values are CSS classes of published pages."""

    SAME = "same"
    CHANGED = "changed"
    LINKS_CHANGED = "links-changed"
    FORM_CHANGED = "form-changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED_AWAY = "moved-away"
    MOVED_HERE = "moved-here"


ABSENT_KINDS = {RedlineKind.REMOVED, RedlineKind.MOVED_AWAY}  # the section is not there in the new document


# A section before and after; one of them is None if the section is in one document only.
SectionPair: TypeAlias = tuple[RenderedSection | None, RenderedSection | None]


@dataclass(frozen=True, eq=False)
class SectionRedline:
    """One section of a redline; `section` is the new one if there is one.

    A section that moved is in the redline twice: at its new place with what changed in it, and at its old
    place deleted as a whole. `move_key` is the same at both. `former_sections` are those that are none any
    more and whose titles stand in it, or only did: a section that is removed is one of them itself.
    """

    section: RenderedSection
    kind: RedlineKind
    title: tuple[TextRun, ...]
    blocks: tuple[Block, ...]
    move_key: str = ""
    former_sections: tuple[FormerSection, ...] = ()

    @cached_property
    def units(self) -> tuple[RedlineUnit, ...]:
        """Its title and its blocks."""
        units = list_units(self.title, self.blocks)
        if self.kind is RedlineKind.MOVED_AWAY:
            return (units[0]._replace(state=UnitState.MOVED_AWAY, move_key=self.move_key), *units[1:])
        if self.kind is RedlineKind.MOVED_HERE:
            return (units[0]._replace(state=UnitState.MOVED_HERE, move_key=self.move_key), *units[1:])
        return units

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Its changes as readers count them."""
        return list_changes(self.units)

    @property
    def has_deletions(self) -> bool:
        """Whether some text of a section that moved away did not move with it."""
        is_gone = any(unit.state is UnitState.DELETED for unit in self.units)
        return self.kind is RedlineKind.MOVED_AWAY and is_gone

    @property
    def has_own_change(self) -> bool:
        """Whether it shows a change; a section of which text is in another one now shows none of its own."""
        return bool(self.changes) or self.kind is RedlineKind.FORM_CHANGED


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
    return tuple(_SectionBuilder(compare_units(old_units, new_units, places), kept).iter_sections())


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
    (redline,) = _SectionBuilder(comparison, ()).iter_sections()
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
    (redline,) = _SectionBuilder(comparison, {old, new}).iter_sections()
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


class _SectionBuilder:
    """Divides the steps of a comparison into sections."""

    def __init__(self, comparison: Comparison, kept: Container[RenderedSection]) -> None:
        self._kept = kept  # the sections that are in both documents, wherever their titles stand
        self._steps = comparison.steps
        self._former = find_former_sections(comparison.steps, kept)
        self._containers = comparison.containers

    def iter_sections(self) -> Iterator[SectionRedline]:
        """Yield the sections: new ones, and between them those that are gone."""
        start: int | None = None
        for number, begins in enumerate(self._find_starts()):
            if begins:
                if start is not None:
                    yield self._build(self._steps[start:number])
                start = number
        if start is not None:
            yield self._build(self._steps[start:])

    def _find_starts(self) -> list[bool]:
        """Return for each step whether a section of the redline begins with it.

        A deleted title begins one if no text of another section follows in it that is still there.
        """
        starts: list[bool] = []
        is_at_end = True  # no new unit follows before the next new title
        for step in reversed(self._steps):
            if not step.is_old:
                is_title = step.unit.has_title
                starts.append(is_title)
                is_at_end = is_title
            else:
                is_gone = step.is_moved or (step.partner is None and step.unit.section not in self._kept)
                starts.append(step.unit.has_title and is_at_end and is_gone)
        starts.reverse()
        if starts:
            starts[0] = True
        return starts

    def _build(self, steps: Sequence[Step]) -> SectionRedline:
        redline = self._build_section(steps)
        former = tuple(iter_former_sections(steps, self._former))
        return replace(redline, former_sections=former) if former else redline

    def _build_section(self, steps: Sequence[Step]) -> SectionRedline:
        first, *rest = steps
        section = first.unit.section
        assert section
        if first.unit.kind is UnitKind.SECTION:
            return self._build_whole(first, rest)
        blocks = self._build_blocks(rest)
        if first.is_old:
            mark_kind = RedlineKind.MOVED_AWAY if first.partner else RedlineKind.REMOVED
            key = first.partner.section.id if first.partner and first.partner.section else ""
            return SectionRedline(section, mark_kind, _mark_title(section, DELETED), blocks, key)
        if first.partner is None:
            kind = RedlineKind.CHANGED if section in self._kept else RedlineKind.ADDED
            return SectionRedline(section, kind, _mark_title(section, INSERTED), blocks)
        before = first.partner.section
        old_title = before.title if before and first.partner.kind is UnitKind.TITLE else section.title
        title = merge_title(old_title, section.title)
        if first.is_moved:
            return SectionRedline(section, RedlineKind.MOVED_HERE, title, blocks, section.id)
        kind = _find_kind(before, section, title, blocks)
        return SectionRedline(section, kind, title, blocks)

    def _build_whole(self, first: Step, rest: Sequence[Step]) -> SectionRedline:
        """Build a section that is the same in both documents, at its new or at its old place."""
        section = first.unit.section
        assert section
        blocks = self._build_blocks(rest)
        if first.is_old:
            _, *marked = first.blocks
            title = _mark_title(section, DELETED)
            key = first.partner.section.id if first.partner and first.partner.section else ""
            return SectionRedline(section, RedlineKind.MOVED_AWAY, title, (*marked, *blocks), key)
        title = (TextRun(section.title),)
        if first.is_moved:
            return SectionRedline(
                section, RedlineKind.MOVED_HERE, title, (*section.blocks, *blocks), section.id
            )
        kind = RedlineKind.CHANGED if rest else RedlineKind.SAME
        return SectionRedline(section, kind, title, (*section.blocks, *blocks))

    def _build_blocks(self, steps: Sequence[Step]) -> tuple[Block, ...]:
        marked = [mark_former_title(step, self._former) for step in _mark_old_places(steps)]
        return build_blocks(marked, self._containers)


def _mark_old_places(steps: Sequence[Step]) -> list[Step]:
    """Return the steps after a title with the old place of each section that moved, title first, marked."""
    moved = {
        step.unit.section
        for step in steps
        if step.is_old and step.is_moved and step.unit.has_title and step.unit.section
    }
    return [_mark_old_place(step) if step.is_old and step.unit.section in moved else step for step in steps]


def _mark_old_place(step: Step) -> Step:
    section = step.partner.section if step.partner else None
    if not step.is_moved or section is None:
        return step
    place = (MOVED, AWAY), (MOVE_KEY, section.id)
    blocks = (
        block if MOVED in dict(block.attrs) else replace(block, attrs=(*block.attrs, *place))
        for block in step.blocks
    )
    return step._replace(blocks=tuple(blocks))


def _mark_title(section: RenderedSection, mark: Mark) -> tuple[TextRun, ...]:
    return (TextRun(section.title, marks=(mark,)),)


def _find_kind(
    before: RenderedSection | None,
    after: RenderedSection,
    title: tuple[TextRun, ...],
    blocks: tuple[Block, ...],
) -> RedlineKind:
    """Return what changed in a section that is in both documents."""
    runs = [*title, *(run for leaf in iter_leaves(blocks) for run in leaf.runs)]
    if any(find_mark(run) for run in runs):
        return RedlineKind.CHANGED
    units = list_units(title, blocks)
    if any(unit.is_moved for unit in units):
        return RedlineKind.CHANGED
    has_other_form = any(unit.has_other_form or unit.continues for unit in units)
    if any(run.former_href is not None for run in runs):
        return RedlineKind.CHANGED if has_other_form else RedlineKind.LINKS_CHANGED
    if before is None or not have_same_words(before.blocks, after.blocks):
        return RedlineKind.CHANGED  # some of its text is in another section now, unchanged
    return RedlineKind.SAME if after.looks_like(before) else RedlineKind.FORM_CHANGED
