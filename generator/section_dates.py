"""When each section last changed for readers, and which sections are gone, from the versions behind one.

A version that was never in force changed nothing for readers: what it changed counts from the next version on
that had the change and was in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from changelog.versions import Version
from generator.context import SiteContext
from policy.document import RenderedSection
from policy.fields import Locale


class RemovedSection(NamedTuple):
    """A section that a version no longer has: its id and title, and the version that took it out."""

    id: str
    title: str
    version: Version


class LastChange(NamedTuple):
    """The version that last changed a section, and the id of the section in it."""

    version: Version
    section_id: str


def find_last_change(site: SiteContext, version: Version, section_id: str, locale: Locale) -> LastChange:
    """Return the version since which readers of a language see a section as it is in `version`.

    For a section that never changed, that is the version in which it is first.
    """
    since = LastChange(version, section_id)
    section = _index_sections(version, locale)[section_id]
    for before in _iter_predecessors(site, version, locale):
        earlier = _find_counterpart(section, _index_sections(before, locale), site.log.policy.current_ids)
        if earlier is None or not section.looks_like(earlier):
            break
        section = earlier
        since = since if before.is_never_in_force else LastChange(before, section.id)
    return since


def list_removed_sections(site: SiteContext, version: Version, locale: Locale) -> list[RemovedSection]:
    """Return the sections that the versions behind `version` had, and nothing leads to any more."""
    current_ids = site.log.policy.current_ids
    document = version.documents[locale]
    reachable = {section.id for section in document.sections} | {old for old, _ in document.former_ids}
    reachable |= {old for old, current in current_ids.items() if current in reachable}
    removed: dict[str, RemovedSection] = {}
    since = version
    for before in _iter_predecessors(site, version, locale):
        for section in before.documents[locale].sections:
            if section.id not in reachable:
                # Of one that was taken out twice, the last time.
                removed.setdefault(section.id, RemovedSection(section.id, section.title, since))
        since = since if before.is_never_in_force else before
    return list(removed.values())


def _iter_predecessors(site: SiteContext, version: Version, locale: Locale) -> Iterator[Version]:
    """Yield the versions behind a version, newest first, as long as they have the language."""
    before = site.find_predecessor(version)
    while before and locale in before.documents:
        yield before
        before = site.find_predecessor(before)


def _index_sections(version: Version, locale: Locale) -> Mapping[str, RenderedSection]:
    return {section.id: section for section in version.documents[locale].sections}


def _find_counterpart(
    section: RenderedSection, earlier: Mapping[str, RenderedSection], current_ids: Mapping[str, str]
) -> RenderedSection | None:
    """Return the section under its id, or under one that it had before."""
    former = (old for old, current in current_ids.items() if current == section.id)
    ids = (section.id, *section.aliases, *former)
    return next((earlier[section_id] for section_id in ids if section_id in earlier), None)
