"""The sections of a redline: how the steps of a comparison make them up, and what changed in each."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

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
from changelog.redline_comparison import Comparison, Step, build_blocks
from changelog.redline_former import (
    FormerSection,
    find_former_sections,
    iter_former_sections,
    mark_former_title,
)
from changelog.redline_merge import merge_title
from changelog.redline_units import UnitKind
from changelog.redline_words import DELETED, INSERTED, Mark
from policy.blocks import Block, TextRun, iter_leaves
from policy.canonical import have_same_words
from policy.document import RenderedSection


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


def build_sections(comparison: Comparison, kept: Container[RenderedSection]) -> Iterator[SectionRedline]:
    """Yield the sections of a comparison: new ones, and between them those that are gone.

    `kept` are the sections that are in both documents, wherever their titles stand.
    """
    return _SectionBuilder(comparison, kept).iter_sections()


class _SectionBuilder:
    """Divides the steps of a comparison into sections."""

    def __init__(self, comparison: Comparison, kept: Container[RenderedSection]) -> None:
        self._kept = kept
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
