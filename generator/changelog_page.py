"""The change log: every version by the day on which it takes effect, the latest day first.

For each version that has left the main page there is a link on it, with the anchor that letters and feeds
lead to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby

from changelog.versions import NoteText, Version, VersionLevel
from generator import views
from generator.context import SiteContext, build_note_mark, format_status_line
from generator.frame import build_frame
from generator.page_models import NoteMark
from generator.timeline import Timeline, build_timeline, find_timeline_day, format_version_count
from generator.urls import relative_url
from generator.view_models import Link, Tab, VersionState
from policy.fields import Locale
from policy.localization import format_day, format_enumeration, format_language_name, format_term
from policy.models import Channel


@dataclass(frozen=True, slots=True)
class SectionName:
    """The title of a section that a version touches, its language, and how it is touched."""

    title: str
    lang: Locale
    label: str


@dataclass(frozen=True, slots=True)
class ChangelogEntry:
    """One version in the change log.

    `minimum_level_name` is set only if the version has a lower level. `is_unassessed` tells that there
    were no facts to assess it by. `kind_of_change` says beside a note that only links or form changed.
    `channels` says where it was announced; a channel without a page of its own has no `href`.
    """

    number: str
    state: VersionState
    state_name: str
    level: VersionLevel
    level_name: str
    minimum_level_name: str
    is_unassessed: bool
    status: str
    note: NoteText | None
    note_mark: NoteMark | None
    kind_of_change: str
    channels: Sequence[Link]
    touched: Sequence[SectionName]
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class ChangelogDay:
    """The versions of one day, newest first; `heading` is the day in words."""

    heading: str
    is_upcoming: bool
    entries: Sequence[ChangelogEntry]


@dataclass(frozen=True, slots=True)
class LevelChoice:
    """A level that the reader can choose to see alone."""

    level: VersionLevel
    name: str


@dataclass(frozen=True, slots=True)
class ChangelogYear:
    """A year that has a page of its own: the address of the page, and a link to each of its versions."""

    year: int
    title: str
    href: str
    versions: Sequence[Link]


@dataclass(frozen=True, slots=True)
class ChangelogPage:
    """The change log, or one year of it; `main_href` leads from there to the change log.

    `lead` says what is listed. `levels` is empty where there is nothing to choose.
    """

    lead: str
    year: int | None
    main_href: str
    upcoming_href: str
    dates_href: str
    days: Sequence[ChangelogDay]
    levels: Sequence[LevelChoice]
    years: Sequence[ChangelogYear]
    last_hash: str


def render_changelog_page(site: SiteContext, locale: Locale) -> str:
    """Render the change log: its newest years, or all of it if it is short."""
    timeline = build_timeline(site)
    return _render_page(site, locale, timeline.main, None, timeline)


def render_changelog_year(site: SiteContext, locale: Locale, year: int) -> str:
    """Render the page of an older year of the change log."""
    timeline = build_timeline(site)
    return _render_page(site, locale, timeline.years[year], year, timeline)


def _render_page(
    site: SiteContext, locale: Locale, versions: Sequence[Version], year: int | None, timeline: Timeline
) -> str:
    path_in = site.urls.changelog_path if year is None else partial(site.urls.year_path, year=year)
    here = path_in(locale)
    gettext = site.renderer.get_translator(locale)
    has_upcoming = year is None and bool(site.upcoming_versions)
    page = ChangelogPage(
        lead=_format_lead(site, locale),
        year=year,
        main_href=relative_url(here, site.urls.changelog_path(locale)),
        upcoming_href=relative_url(here, site.urls.upcoming_path(locale)) if has_upcoming else "",
        dates_href=relative_url(here, site.urls.dates_path(locale)),
        days=[
            _build_day(site, day, list(found), locale, here)
            for day, found in groupby(versions, find_timeline_day)
        ],
        levels=list(_list_levels(versions, gettext)),
        years=[
            _build_year(site, other, timeline.years[other], locale, here)
            for other in timeline.years
            if other != year
        ],
        last_hash=site.log.entries[-1].hash,
    )
    prevailing_locale = site.log.policy.languages[0]
    frame = build_frame(site, locale, path_in, site.locales, Tab.CHANGES, prevailing_locale)
    return site.renderer.render("changelog.html.j2", locale, frame=frame, page=page)


def _format_lead(site: SiteContext, locale: Locale) -> str:
    """Return what is listed, and that published texts stay as they are, apart from removed words."""
    gettext = site.renderer.get_translator(locale)
    if any(row.language == locale for version in site.log.versions for row in version.redactions):
        return gettext(
            "Every version of the privacy policy is listed here, by the day on which it takes effect. "
            "Nothing is left out. After publication, words have only been removed, and the versions in "
            "question say so."
        )
    return gettext(
        "Every version of the privacy policy is listed here, by the day on which it takes effect. Nothing is "
        "left out, and no version is changed after publication."
    )


def _build_day(
    site: SiteContext, day: date, versions: Sequence[Version], locale: Locale, here: str
) -> ChangelogDay:
    gettext = site.renderer.get_translator(locale)
    is_upcoming = day > site.today
    heading = gettext("From {day}") if is_upcoming else "{day}"
    return ChangelogDay(
        heading=heading.format(day=format_day(day, locale)),
        is_upcoming=is_upcoming,
        entries=[_build_entry(site, version, locale, here) for version in versions],
    )


def _list_levels(versions: Sequence[Version], gettext: Callable[[str], str]) -> Iterator[LevelChoice]:
    found = {version.level for version in versions}
    if len(found - {VersionLevel.FIRST}) > 1:
        for level in (VersionLevel.SPECIAL, VersionLevel.MAJOR, VersionLevel.MINOR):
            if level in found:
                yield LevelChoice(level, views.format_level(level, gettext))


def _build_year(
    site: SiteContext, year: int, versions: Sequence[Version], locale: Locale, here: str
) -> ChangelogYear:
    gettext = site.renderer.get_translator(locale)
    path = site.urls.year_path(locale, year)
    title = f"{year} ({format_version_count(len(versions), gettext)})"
    links = [
        Link(version.number, relative_url(here, f"{path}#v{version.number}"), locale) for version in versions
    ]
    return ChangelogYear(year, title, relative_url(here, path), links)


def _build_entry(site: SiteContext, version: Version, locale: Locale, here: str) -> ChangelogEntry:
    gettext = site.renderer.get_translator(locale)
    state = views.find_version_state(site.log, version, site.today)
    return ChangelogEntry(
        number=version.number,
        state=state,
        state_name=views.format_state(state, gettext),
        level=version.level,
        level_name=views.format_level(version.level, gettext),
        minimum_level_name=(
            views.format_level(version.minimum_level, gettext)
            if version.minimum_level and version.is_below_minimum
            else ""
        ),
        is_unassessed=(version.minimum_level is None and not version.is_cosmetic and not version.is_imported),
        status=format_status_line(site, version, locale),
        note=version.note_texts.get(locale),
        note_mark=build_note_mark(version, locale),
        kind_of_change=_format_kind_of_change(version, locale),
        channels=list(_list_channels(site, version, locale, here)),
        touched=list(_list_touched_sections(site, version, locale)),
        links=list(_list_links(site, version, locale, here)),
    )


def _format_kind_of_change(version: Version, locale: Locale) -> str:
    """Return that only links or form changed; without a note, the standard text says so already."""
    kind = version.assessment and version.assessment.kind_to_tell
    return format_term(f"note.{kind.term}", locale) if kind and version.has_note else ""


def _list_channels(site: SiteContext, version: Version, locale: Locale, here: str) -> Iterator[Link]:
    """Yield where a version was announced, the help centre with a link to its announcement there."""
    if version.number in site.log.corrected_numbers:
        return  # its change was in force already
    gettext = site.renderer.get_translator(locale)
    names = {
        Channel.HELP_CENTRE: gettext("the help centre"),
        Channel.LOGIN: gettext("at login"),
        Channel.EMAIL: gettext("by e-mail"),
        Channel.ALERT: gettext("in a banner on our websites"),
    }
    has_page = locale in version.documents and not version.is_superseded
    for channel in version.channels:
        path = site.urls.help_centre_path(locale, version.number)
        is_linked = has_page and channel is Channel.HELP_CENTRE
        yield Link(names[channel], relative_url(here, path) if is_linked else "", locale)


def _list_touched_sections(site: SiteContext, version: Version, locale: Locale) -> Iterator[SectionName]:
    """Yield the sections that a version touches, by their titles: the former ones of those it removed."""
    gettext = site.renderer.get_translator(locale)
    touched = version.touched_sections
    for label, ids in (
        (gettext("new"), () if version.level is VersionLevel.FIRST else touched.added),
        ("", touched.changed),
        (gettext("moved"), touched.moved),
        (gettext("removed"), touched.removed),
    ):
        for section_id in ids:
            title, lang = _find_section_title(site, version, section_id, locale)
            yield SectionName(title, lang, label)


def _find_section_title(
    site: SiteContext, version: Version, section_id: str, locale: Locale
) -> tuple[str, Locale]:
    """Return the last title of a section up to a version and its language: this one, or another without it.

    Nobody but editors knows the id of a section, so it is never shown where there is a title.
    """
    earlier = reversed(site.log.list_versions_before(version))
    other: tuple[str, Locale] | None = None
    for shown in (version, *earlier):
        for document in (shown.documents.get(locale), *shown.documents.values()):
            for section in document.sections if document else ():
                if section.id == section_id and section.locale == locale:
                    return section.title, locale
                if section.id == section_id and other is None:
                    other = section.title, section.locale
        if other and shown is not version and locale not in shown.documents:
            break  # the language is younger than the section's end
    return other or (section_id, locale)


def _list_links(site: SiteContext, version: Version, locale: Locale, here: str) -> Iterator[Link]:
    gettext = site.renderer.get_translator(locale)
    number = version.number
    if locale not in version.documents:
        other = next(iter(version.documents))
        names = [format_language_name(code, locale, site.locales) for code in version.documents]
        text = gettext("Published in {language} only").format(language=format_enumeration(names, locale))
        yield Link(text, relative_url(here, site.urls.version_path(other, number)), other)
        return
    pages = [(gettext("Read this version"), site.urls.version_path(locale, number))]
    if site.find_redline_base(version, locale):
        pages.insert(0, (gettext("See what changed"), site.urls.changes_path(locale, number)))
    if site.has_cumulative_changes_page(version, locale):
        pages.append(
            (gettext("Changes since this version"), site.urls.cumulative_changes_path(locale, number))
        )
    for text, path in pages:
        yield Link(text, relative_url(here, path), locale)
