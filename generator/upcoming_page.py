"""What changes on some days as one redline: what is to come, and what changed on a day in the past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from changelog.versions import Version
from generator.change_cards import (
    ChangeCard,
    build_change_card,
    build_redline_of_days,
    format_language_note,
    format_whole_day,
    has_day_page,
    link_day,
    list_actions,
)
from generator.context import SiteContext
from generator.fact_rows import build_fact_rows
from generator.frame import build_frame
from generator.urls import relative_url
from generator.version_cards import (
    EffectiveDay,
    list_effective_days,
    list_recent_days,
    list_upcoming_days,
)
from generator.view_models import FactRowsView, Link, RedlineView, Tab, TouchedSection
from policy.blocks import Block
from policy.fields import Locale
from policy.localization import format_day, format_enumeration

_MAX_NAMED_DAYS = 3


class DayPages(NamedTuple):
    """A day in the past that has a page of its own, and the languages of the page."""

    day: EffectiveDay
    locales: Sequence[Locale]


@dataclass(frozen=True, slots=True)
class DaysPage:
    """What changes on some days: the net facts, a card for each day, what readers can do, and one redline.

    There is no redline without two versions in this language, and nothing but the `lead` and the `links`
    without a day.
    """

    heading: str
    lead: str
    facts: FactRowsView | None
    cards: Sequence[ChangeCard]
    actions: Sequence[tuple[Block, ...]]
    links: Sequence[Link]
    touched: Sequence[TouchedSection]
    redline: RedlineView | None


def render_upcoming_page(site: SiteContext, locale: Locale) -> str:
    """Render what is to change, from the version in force to the newest one."""
    every_day = list_effective_days(site.log)
    days = list_upcoming_days(every_day, site.today)
    page = (
        _build_page(site, days, locale, site.urls.upcoming_path(locale))
        if days
        else _build_page_without_days(site, every_day, locale)
    )
    prevailing_locale = next(iter((days[-1].after if days else site.log.latest).documents))
    frame = build_frame(site, locale, site.urls.upcoming_path, site.locales, Tab.CHANGES, prevailing_locale)
    return site.renderer.render("days.html.j2", locale, frame=frame, page=page)


def render_day_page(site: SiteContext, day: EffectiveDay, locale: Locale) -> str:
    """Render what changed on a day in the past, from what was in force until then."""
    path_in = partial(site.urls.day_path, day=day.day)
    page = _build_page(site, [day], locale, path_in(locale))
    locales = [other for other in site.locales if has_day_page(site, day, other)]
    frame = build_frame(site, locale, path_in, locales, Tab.CHANGES, next(iter(day.after.documents)))
    return site.renderer.render("days.html.j2", locale, frame=frame, page=page)


def list_day_pages(site: SiteContext) -> Iterator[DayPages]:
    """Yield each day that has a page of its own, and the languages of the page."""
    for day in list_effective_days(site.log):
        if locales := [locale for locale in site.locales if has_day_page(site, day, locale)]:
            yield DayPages(day, locales)


def _build_page(site: SiteContext, days: Sequence[EffectiveDay], locale: Locale, here: str) -> DaysPage:
    before, after = days[0].before, days[-1].after
    redline: RedlineView | None = None
    touched: Sequence[TouchedSection] = ()
    if before and locale in before.documents and locale in after.documents:
        redline, touched = build_redline_of_days(site, before, after, locale, here)
    return DaysPage(
        heading=_format_heading(site, days, locale),
        lead=_format_lead(site, before, after, locale),
        facts=build_fact_rows(site, before, after, locale) if before else None,
        cards=[
            build_change_card(site, day, locale, here, _link_version(site, day, locale, here)) for day in days
        ],
        actions=list_actions(days, locale),
        links=[],
        touched=touched,
        redline=redline,
    )


def _format_heading(site: SiteContext, days: Sequence[EffectiveDay], locale: Locale) -> str:
    """Return a heading that is true on every later day too."""
    gettext = site.renderer.get_translator(locale)
    words = [format_whole_day(day.day, locale) for day in days]
    if days[-1].day <= site.today:
        line = gettext("Withdrawn on {day}") if days[-1].is_withdrawal else gettext("Changed on {day}")
        return line.format(day=words[0])
    if not days[0].before and len(days) == 1:
        return gettext("First version from {day}").format(day=words[0])
    if len(days) > _MAX_NAMED_DAYS:
        return gettext("Changes from {first} to {last}").format(first=words[0], last=words[-1])
    return gettext("Changes from {day}").format(day=format_enumeration(words, locale))


def _format_lead(site: SiteContext, before: Version | None, after: Version, locale: Locale) -> str:
    """Return which versions are compared, or why none are."""
    gettext = site.renderer.get_translator(locale)
    if not before:
        line = gettext("Version {number} takes effect on {effective}.")
        return line.format(number=after.number, effective=format_day(after.effective, locale))
    lead = gettext("From version {old} to version {new}.").format(old=before.number, new=after.number)
    for version in (before, after):
        if locale not in version.documents:
            line = gettext("Version {number}: {note}.")
            note = format_language_note(site, version, locale)
            lead = f"{lead} {line.format(number=version.number, note=note)}"
    return lead


def _link_version(site: SiteContext, day: EffectiveDay, locale: Locale, here: str) -> Link:
    """Return a link to the text that is in force from a day."""
    gettext = site.renderer.get_translator(locale)
    own = locale if locale in day.after.documents else next(iter(day.after.documents))
    text = gettext("Read version {number} in full").format(number=day.after.number)
    return Link(text, relative_url(here, site.urls.version_path(own, day.after.number)), own)


def _build_page_without_days(site: SiteContext, days: Sequence[EffectiveDay], locale: Locale) -> DaysPage:
    gettext = site.renderer.get_translator(locale)
    here = site.urls.upcoming_path(locale)
    recent = list_recent_days(days, site.today, site.log.policy.settings.show_days)
    lead = gettext("As of {day}, no upcoming changes have been published.")
    links = [link for day in recent if (link := link_day(site, day, locale, here))]
    home, changelog = site.urls.home_path(locale), site.urls.changelog_path(locale)
    links += [
        Link(gettext("Read the current version"), relative_url(here, home), locale),
        Link(gettext("Change log"), relative_url(here, changelog), locale),
    ]
    return DaysPage(
        heading=gettext("No upcoming changes"),
        lead=lead.format(day=format_day(site.today, locale)),
        facts=None,
        cards=(),
        actions=(),
        links=links,
        touched=(),
        redline=None,
    )
