"""Which versions are on which page: by the day that each belongs to, the latest first, older ones by year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from changelog.versions import Version
from generator.context import SiteContext

_PAGE_LIMIT = 50  # versions; fewer are on one page, whatever their years


@dataclass(frozen=True, slots=True)
class Timeline:
    """Versions, the latest day first: those of the page itself, and those of each older year."""

    main: tuple[Version, ...]
    years: Mapping[int, tuple[Version, ...]]


def find_timeline_day(version: Version) -> date:
    """Return the day that a version belongs to: that of its effect, or of its publication if it has none."""
    return version.published if version.is_never_in_force else version.effective


def build_timeline(site: SiteContext) -> Timeline:
    """Return the versions of each page of the change log, the same in every language.

    The main page has every version that does not apply yet and the one that does. A year that has left it
    never returns, so that published addresses stay.
    """
    in_force = site.log.find_version_in_force(site.today) or site.log.latest
    return split_by_year(site.log.versions, find_timeline_day(in_force).year)


def format_version_count(count: int, gettext: Callable[[str], str]) -> str:
    """Return how many versions there are, in words."""
    return gettext("1 version") if count == 1 else gettext("{count} versions").format(count=count)


def split_by_year(versions: Sequence[Version], kept_from: int | None = None) -> Timeline:
    """Return versions, which are oldest first, by year: years from `kept_from` on are never split off."""
    positions = {version.number: position for position, version in enumerate(versions)}
    newest_first = sorted(
        versions, key=lambda version: (find_timeline_day(version), positions[version.number]), reverse=True
    )
    main: list[Version] = []
    years: dict[int, tuple[Version, ...]] = {}
    for year, found in groupby(newest_first, lambda version: find_timeline_day(version).year):
        own = tuple(found)
        is_kept = kept_from is not None and year >= kept_from
        if not years and (is_kept or len(main) + len(own) <= _PAGE_LIMIT):
            main += own
        else:
            years[year] = own
    return Timeline(tuple(main), years)
