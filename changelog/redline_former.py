"""Sections of the old document that are none in the new one, and where their text is now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from changelog.redline_comparison import Step
from changelog.redline_units import UnitKind
from policy.document import RenderedSection

_MOST = 0.5  # of the words of a section; less than that of them in other sections, and it is gone
_SECTION_KINDS = {UnitKind.TITLE, UnitKind.SECTION}


class FormerSection(NamedTuple):
    """A section that is gone; `merged_into` has most of its text now.

    `is_divided` means that most of it is in several sections. `anchor` is where its title stands in the
    redline.
    """

    section: RenderedSection
    merged_into: RenderedSection | None
    is_divided: bool
    anchor: str


def find_former_sections(
    steps: Iterable[Step], kept: Container[RenderedSection]
) -> Mapping[RenderedSection, FormerSection]:
    """Return the old sections that are not in the new document, except those with a new title or place."""
    places: dict[RenderedSection, Counter[RenderedSection | None]] = defaultdict(Counter)
    renamed: set[RenderedSection] = set()
    for step in steps:
        old = step.unit if step.is_old else step.partner
        if old is None or old.section is None or (step.is_old and step.partner):
            continue
        new_section = None if step.is_old else step.unit.section
        if old.kind in _SECTION_KINDS:
            places[old.section][new_section] += 0
            if new_section and step.unit.kind in _SECTION_KINDS:
                renamed.add(old.section)
        else:
            places[old.section][new_section] += len(old.keys)
    return {
        section: _create_former_section(section, counts)
        for section, counts in places.items()
        if section not in renamed and section not in kept
    }


def _create_former_section(
    section: RenderedSection, counts: Counter[RenderedSection | None]
) -> FormerSection:
    total = counts.total()
    target = max((new for new in counts if new), key=counts.__getitem__, default=None)
    words = counts[target] if target else 0
    is_merged = words >= total * _MOST and words > 0
    is_divided = not is_merged and total - counts[None] >= max(total * _MOST, 1)
    return FormerSection(section, target if is_merged else None, is_divided, f"_removed-{section.id}")


def iter_former_sections(
    steps: Iterable[Step], former: Mapping[RenderedSection, FormerSection]
) -> Iterator[FormerSection]:
    """Yield the former sections whose titles stand among some steps; one may be a heading now."""
    for step in steps:
        if found := _find_former_section(step, former):
            new_section = None if step.is_old else step.unit.section
            yield found._replace(anchor=new_section.id) if new_section else found


def _find_former_section(step: Step, former: Mapping[RenderedSection, FormerSection]) -> FormerSection | None:
    """Return the former section whose title a step shows, as deleted or as a heading."""
    if step.is_old and step.partner:
        return None
    unit = step.unit if step.is_old else step.partner
    is_title = unit is not None and unit.kind in _SECTION_KINDS
    return former.get(unit.section) if is_title and unit and unit.section else None


def mark_former_title(step: Step, former: Mapping[RenderedSection, FormerSection]) -> Step:
    """Return a step with the anchor and the number of the former section whose deleted title it shows."""
    found = _find_former_section(step, former)
    if not step.is_old or found is None:
        return step
    first, *rest = step.blocks
    attrs = (
        ("id", found.anchor),
        ("class", "removed"),
        ("data-number", str(found.section.number)),
    )
    return step._replace(blocks=(replace(first, attrs=(*first.attrs, *attrs)), *rest))
