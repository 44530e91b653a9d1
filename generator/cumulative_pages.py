"""The cumulative changes since a version: how many, what to do about them, one redline, every version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from markupsafe import Markup

from changelog.redline import compute_redline
from changelog.redline_sections import SectionRedline
from changelog.section_ids import map_to_current_ids
from changelog.versions import NoteText, Version
from generator import redline_views, views
from generator.context import SiteContext, format_status_line
from generator.fact_rows import build_fact_rows
from generator.frame import build_frame
from generator.timeline import build_timeline, find_timeline_day, format_version_count, split_by_year
from generator.urls import relative_url
from generator.view_models import FactRowsView, Link, RedlineView, Tab, TouchedSection
from policy.fields import Locale
from policy.localization import format_day, format_enumeration, format_language_name

_VISIBLE_ACTIONS = 5  # links to versions with something to do, in the first screen


@dataclass(frozen=True, slots=True)
class CumulativeChangesStep:
    """A version between an old one and the latest; without a note, it lacks the language of the page.

    If it never came or comes into force, there is nothing that readers could do about it.
    """

    heading: str
    level_name: str
    link: Link
    status: str
    note: NoteText | None
    is_never_in_force: bool


@dataclass(frozen=True, slots=True)
class StepsOfDay:
    """The versions of one day, rendered, newest first; `heading` is the day, and how many they are."""

    heading: str
    steps: Sequence[Markup]


@dataclass(frozen=True, slots=True)
class CumulativeChangesPage:
    """All changes from one version to the latest.

    `lead` names both, `counts` says how many changes and versions there are, `actions_lead` in how many of
    these the reader can do something, and `actions` leads to them. `years` leads to the years whose versions
    are not on the page.
    """

    heading: str
    lead: str
    counts: str
    actions_lead: str
    actions: Sequence[Link]
    facts: FactRowsView | None
    days: Sequence[StepsOfDay]
    years: Sequence[Link]
    touched: Sequence[TouchedSection]
    redline: RedlineView


def render_cumulative_changes_page(site: SiteContext, version: Version, locale: Locale) -> str:
    """Render the changes from a version to the latest: in short, as one redline, and version by version."""
    gettext = site.renderer.get_translator(locale)
    path_in = partial(site.urls.cumulative_changes_path, number=version.number)
    here = path_in(locale)
    latest = site.find_latest_version(locale)
    sections = redline_views.render_section_redlines(
        site.renderer, locale, _compute_redline(site, version, latest, locale)
    )
    touched = redline_views.list_touched_sections(site.renderer, locale, sections)
    latest_href = relative_url(here, site.urls.version_path(locale, latest.number))
    redline = redline_views.build_redline_view(version.number, latest.number, sections, latest_href)
    # A correction of the version in force has the note of the upcoming version that was made with it.
    later = [after for after in site.log.list_versions_after(version) if not after.counterpart]
    in_effect = [after for after in later if not after.is_never_in_force]
    with_action = [
        after
        for after in reversed(in_effect)
        if locale in after.note_texts and after.note_texts[locale].action
    ]
    steps = split_by_year(later)
    page = CumulativeChangesPage(
        heading=gettext("Everything that has changed since version {number}").format(number=version.number),
        lead=_format_lead(site, version, latest, locale),
        counts=_format_counts(redline.change_count, len(touched), len(in_effect), gettext),
        actions_lead=_format_actions_lead(len(with_action), gettext),
        actions=[_link_action(site, after, locale, here) for after in with_action[:_VISIBLE_ACTIONS]],
        facts=build_fact_rows(site, version, latest, locale),
        days=list(_list_days(site, steps.main, locale)),
        years=list(_link_years(site, steps.years, locale, here)),
        touched=touched,
        redline=redline,
    )
    locales = [other for other in site.locales if site.has_cumulative_changes_page(version, other)]
    frame = build_frame(site, locale, path_in, locales, Tab.CHANGES, next(iter(latest.documents)))
    return site.renderer.render("cumulative_changes.html.j2", locale, frame=frame, page=page)


def _format_lead(site: SiteContext, version: Version, latest: Version, locale: Locale) -> str:
    """Return which versions are compared, and from when the newer one applies if it does not yet."""
    gettext = site.renderer.get_translator(locale)
    line = gettext("From version {old} to version {new}.")
    if latest.effective > site.today:
        line = gettext("From version {old} to version {new}, which takes effect on {day}.")
    return line.format(old=version.number, new=latest.number, day=format_day(latest.effective, locale))


def _format_actions_lead(count: int, gettext: Callable[[str], str]) -> str:
    """Return in how many versions readers are told what they can do."""
    if not count:
        return gettext("None of the versions asks you to do anything.")
    if count == 1:
        return gettext("In one version we say what you can do:")
    return gettext("In {count} versions we say what you can do:").format(count=count)


def _format_counts(changes: int, sections: int, versions: int, gettext: Callable[[str], str]) -> str:
    """Return how many changes there are, in how many sections and versions; no word may have changed."""
    in_versions = format_version_count(versions, gettext)
    if not changes:
        return f"{in_versions}."
    several = gettext("{count} sections").format(count=sections)
    in_sections = gettext("1 section") if sections == 1 else several
    several = gettext("{count} changes").format(count=changes)
    return gettext("{changes} in {sections}, made in {versions}.").format(
        changes=gettext("1 change") if changes == 1 else several, sections=in_sections, versions=in_versions
    )


def _compute_redline(
    site: SiteContext, version: Version, latest: Version, locale: Locale
) -> tuple[SectionRedline, ...]:
    """Return the redline from a version to the latest version in a language."""
    later = site.log.list_versions_after(version)
    documents = [after.documents[locale] for after in reversed(later) if locale in after.documents]
    ids = map_to_current_ids(documents, site.log.policy.current_ids)
    return compute_redline(version.documents[locale], latest.documents[locale], ids)


def _link_action(site: SiteContext, version: Version, locale: Locale, here: str) -> Link:
    """Return a link to a version with something to do, whose text is its title, or its number and day."""
    gettext = site.renderer.get_translator(locale)
    day = format_day(version.effective, locale)
    text = version.note_texts[locale].title or gettext("Version {number}, {day}").format(
        number=version.number, day=day
    )
    return Link(text, relative_url(here, _find_page(site, version, locale)), locale)


def _find_page(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return the path of what changed in a version, or of the version itself if there is no such page."""
    has_redline = site.find_redline_base(version, locale) is not None
    return (site.urls.changes_path if has_redline else site.urls.version_path)(locale, version.number)


def _list_days(site: SiteContext, versions: Sequence[Version], locale: Locale) -> Iterator[StepsOfDay]:
    gettext = site.renderer.get_translator(locale)
    for day, found in groupby(versions, find_timeline_day):
        steps = [_get_step(site, version, locale) for version in found]
        heading = f"{format_day(day, locale)} ({format_version_count(len(steps), gettext)})"
        yield StepsOfDay(heading, steps)


def _link_years(
    site: SiteContext, years: Mapping[int, tuple[Version, ...]], locale: Locale, here: str
) -> Iterator[Link]:
    """Yield a link to each year of the change log whose versions are not on the page."""
    gettext = site.renderer.get_translator(locale)
    own_pages = build_timeline(site).years
    for year, versions in years.items():
        page = site.urls.year_path(locale, year) if year in own_pages else site.urls.changelog_path(locale)
        text = f"{year} ({format_version_count(len(versions), gettext)})"
        yield Link(text, relative_url(here, f"{page}#v{versions[-1].number}"), locale)


def _get_step(site: SiteContext, version: Version, locale: Locale) -> Markup:
    """Return a version in short, rendered once: it is the same on every page that has it."""
    return site.cumulative_step_cache.get_or_render(
        (version, locale), lambda: _render_step(site, version, locale)
    )


def _render_step(site: SiteContext, version: Version, locale: Locale) -> Markup:
    gettext = site.renderer.get_translator(locale)
    # All pages of cumulative changes are siblings, so a relative address is the same on each of them.
    sibling = site.urls.cumulative_changes_path(locale, version.number)
    if locale in version.documents:
        link = Link(
            gettext("See what changed"), relative_url(sibling, _find_page(site, version, locale)), locale
        )
    else:
        link = _link_other_language(site, version, locale, sibling)
    step = CumulativeChangesStep(
        heading=f"{gettext('Version')} {version.number}",
        level_name=views.format_level(version.level, gettext),
        link=link,
        status=format_status_line(site, version, locale),
        note=version.note_texts.get(locale),
        is_never_in_force=version.is_never_in_force,
    )
    return site.renderer.mark_safe(
        site.renderer.render("_partials/cumulative_changes_step.html.j2", locale, step=step)
    )


def _link_other_language(site: SiteContext, version: Version, locale: Locale, here: str) -> Link:
    """Return a link to a version that was not published in a language, which says in which it was."""
    gettext = site.renderer.get_translator(locale)
    other = next(iter(version.documents))
    names = [format_language_name(code, locale, site.locales) for code in version.documents]
    text = gettext("Published in {language} only").format(language=format_enumeration(names, locale))
    return Link(text, relative_url(here, site.urls.version_path(other, version.number)), other)
