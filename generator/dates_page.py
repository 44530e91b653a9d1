"""What applied on a date: the days from which each version was in force, and a field for a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise

from changelog.versions import Version
from generator.change_cards import format_language_note, format_whole_day, link_day
from generator.context import SiteContext, format_status_line
from generator.frame import build_frame
from generator.urls import relative_url
from generator.version_cards import EffectiveDay, list_effective_days, list_versions_never_in_force
from generator.view_models import Link, Tab
from policy.fields import Locale
from policy.localization import format_day

_MAX_ROWS_OF_ONE_LIST = 50


@dataclass(frozen=True, slots=True)
class DatesRow:
    """A version and the days on which it applies; `first_day` is for programs.

    `others` are the versions that it replaced on its first day. `changes` leads to what changed then.
    """

    first_day: str
    days: str
    link: Link
    language_note: str
    changes: Link | None
    others: Sequence[Link]


@dataclass(frozen=True, slots=True)
class DatesYear:
    """The rows that begin in one year; `year` is empty if there is one list for all."""

    year: str
    rows: Sequence[DatesRow]


@dataclass(frozen=True, slots=True)
class UnusedVersion:
    """A version that never came into force, and why."""

    link: Link
    status: str


@dataclass(frozen=True, slots=True)
class DatesPage:
    """Every version that was, is or will be in force, newest first.

    `before` answers for the days before the first version. `expected` is said of days after `built`, the day
    on which the page was made: later versions may apply by then.
    """

    lead: str
    before: str
    applied: str
    expected: str
    built: str
    years: Sequence[DatesYear]
    unused: Sequence[UnusedVersion]


def render_dates_page(site: SiteContext, locale: Locale) -> str:
    """Render the page of what applied on a date."""
    gettext = site.renderer.get_translator(locale)
    days = list_effective_days(site.log)
    rows = list(_list_rows(site, days, locale))
    first = days[0].day
    words = {"day": format_day(first, locale), "built": format_day(site.today, locale)}
    page = DatesPage(
        lead=gettext("Here you see which version of the policy applied on which days, in Norwegian time."),
        before=gettext(
            "The oldest version published here applies from {day}. What applied before that is not recorded "
            "here."
        ).format(**words),
        applied=gettext("This version applied on that day:"),
        expected=gettext(
            "According to what had been published on {built}, this version applies on that day. A newer one "
            "may replace it:"
        ).format(**words),
        built=site.today.isoformat(),
        years=list(_group_by_year(rows)),
        unused=list(_list_unused_versions(site, locale)),
    )
    prevailing_locale = site.log.policy.languages[0]
    frame = build_frame(site, locale, site.urls.dates_path, site.locales, Tab.CHANGES, prevailing_locale)
    return site.renderer.render("dates.html.j2", locale, frame=frame, page=page)


def _list_rows(site: SiteContext, days: Sequence[EffectiveDay], locale: Locale) -> Iterator[DatesRow]:
    """Yield the rows, newest first."""
    # A correction of an older text may take effect without coming into force.
    changes = [day for day in days if day.after is not day.before]
    ends: list[date | None] = [later.day - timedelta(days=1) for _, later in pairwise(changes)]
    for day, end in reversed(list(zip(changes, [*ends, None], strict=True))):
        yield _build_row(site, day, end, locale)


def _build_row(site: SiteContext, day: EffectiveDay, end: date | None, locale: Locale) -> DatesRow:
    is_past = day.day <= site.today
    return DatesRow(
        first_day=day.day.isoformat(),
        days=_format_days(site, day.day, end, locale),
        link=_link_version(site, day.after, locale),
        language_note="" if locale in day.after.documents else format_language_note(site, day.after, locale),
        changes=link_day(site, day, locale, site.urls.dates_path(locale)) if is_past and day.before else None,
        others=[_link_version(site, version, locale) for version in day.versions if version is not day.after],
    )


def _format_days(site: SiteContext, first: date, last: date | None, locale: Locale) -> str:
    gettext = site.renderer.get_translator(locale)
    if last is None:
        return gettext("From {day}").format(day=format_whole_day(first, locale))
    if first == last:
        return format_whole_day(first, locale)
    return gettext("From {first} to {last}").format(
        first=format_whole_day(first, locale), last=format_whole_day(last, locale)
    )


def _link_version(site: SiteContext, version: Version, locale: Locale) -> Link:
    gettext = site.renderer.get_translator(locale)
    own = locale if locale in version.documents else next(iter(version.documents))
    here = site.urls.dates_path(locale)
    text = f"{gettext('Version')}\N{NO-BREAK SPACE}{version.number}"
    return Link(text, relative_url(here, site.urls.version_path(own, version.number)), own)


def _group_by_year(rows: Sequence[DatesRow]) -> Iterator[DatesYear]:
    if len(rows) <= _MAX_ROWS_OF_ONE_LIST:
        yield DatesYear("", rows)
        return
    for year, group in groupby(rows, lambda row: row.first_day.partition("-")[0]):
        yield DatesYear(year, list(group))


def _list_unused_versions(site: SiteContext, locale: Locale) -> Iterator[UnusedVersion]:
    for version in reversed(list_versions_never_in_force(site.log)):
        link = _link_version(site, version, locale)
        yield UnusedVersion(link, format_status_line(site, version, locale))
