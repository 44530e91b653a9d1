"""The pages of the whole site, which may differ in every build: the policy in force and the change log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from changelog.versions import Version, VersionLevel
from generator import views
from generator.context import SiteContext, build_note_mark, format_status_line
from generator.frame import build_frame
from generator.page_models import (
    ChangelogEntry,
    ChangelogPage,
    HomePage,
    NoteSummary,
    UpcomingNotice,
)
from generator.urls import relative_url
from generator.view_models import Link, Tab, TouchedSection, VersionState
from policy.fields import Locale
from policy.localization import format_day, format_enumeration, format_language_name, format_term


def render_home_page(site: SiteContext, locale: Locale) -> str:
    """Render the version in force, with notices of upcoming versions beside it."""
    here = site.urls.home_path(locale)
    version = site.find_front_page_version(locale)
    number = version.number
    before = site.find_redline_base(version, locale)
    page = HomePage(
        version=number,
        status=_format_current_status(site, version, locale),
        in_force=_link_version_in_force(site, locale),
        permanent_href=relative_url(here, site.urls.version_path(locale, number)),
        predecessor_href=relative_url(here, site.urls.version_path(locale, before.number)) if before else "",
        changes_href=relative_url(here, site.urls.changes_path(locale, number)) if before else "",
        upcoming=_build_upcoming_notices(site, version, locale),
        document=views.build_document_view(site.renderer, version, locale, site.log.policy.current_ids),
    )
    prevailing_locale = next(iter(version.documents))
    frame = build_frame(site, locale, site.urls.home_path, site.locales, Tab.POLICY, prevailing_locale)
    return site.renderer.render("policy.html.j2", locale, frame=frame, page=page)


def _link_version_in_force(site: SiteContext, locale: Locale) -> Link | None:
    """Return a link to the version in force if it is in other languages only."""
    version = site.log.find_version_in_force(site.today)
    if version is None or locale in version.documents:
        return None
    gettext = site.renderer.get_translator(locale)
    other = next(iter(version.documents))
    language = format_language_name(other, locale, site.locales)
    text = gettext("The version in force, in {language}").format(language=language)
    href = relative_url(site.urls.home_path(locale), site.urls.home_path(other))
    return Link(text, href, other)


def _format_current_status(site: SiteContext, version: Version, locale: Locale) -> str:
    gettext = site.renderer.get_translator(locale)
    match views.find_version_state(site.log, version, site.today):
        case VersionState.IN_FORCE:
            line = gettext("Version {number}, in force since {effective}.")
        case VersionState.UPCOMING:
            line = gettext("Version {number} is not in force yet. It takes effect on {effective}.")
        case _:
            line = gettext("Version {number}, the last one in this language. It is not in force.")
    return line.format(number=version.number, effective=format_day(version.effective, locale))


def _build_upcoming_notices(site: SiteContext, shown: Version, locale: Locale) -> list[UpcomingNotice]:
    """Return one notice for each day on which versions take effect, except the version that is shown."""
    upcoming: dict[date, list[Version]] = {}
    for version in site.log.find_upcoming_versions(site.today):
        if locale in version.documents and version != shown:
            upcoming.setdefault(version.effective, []).append(version)
    return [_build_upcoming_notice(site, versions, locale) for versions in upcoming.values()]


def _build_upcoming_notice(site: SiteContext, versions: Sequence[Version], locale: Locale) -> UpcomingNotice:
    gettext = site.renderer.get_translator(locale)
    here, last = site.urls.home_path(locale), versions[-1]
    # Minor versions need no notice of their own beside a larger one of the same day.
    announced = [version for version in versions if version.has_cumulative_changes_page] or versions
    return UpcomingNotice(
        number=last.number,
        status=gettext("Version {number} takes effect on {effective}.").format(
            number=last.number, effective=format_day(last.effective, locale)
        ),
        href=relative_url(here, site.urls.version_path(locale, last.number)),
        notes=[
            NoteSummary(
                number=version.number,
                title=version.note_texts[locale].title,
                summary=version.note_texts[locale].summary,
                href=relative_url(here, site.urls.changes_path(locale, version.number)),
            )
            for version in announced
        ],
    )


def render_changelog_page(site: SiteContext, locale: Locale) -> str:
    """Render the change log: every version, newest first."""
    page = ChangelogPage(
        [_build_changelog_entry(site, version, locale) for version in reversed(site.log.versions)],
        site.log.entries[-1].hash,
    )
    prevailing_locale = site.log.policy.languages[0]
    frame = build_frame(site, locale, site.urls.changelog_path, site.locales, Tab.CHANGES, prevailing_locale)
    return site.renderer.render("changelog.html.j2", locale, frame=frame, page=page)


def _build_changelog_entry(site: SiteContext, version: Version, locale: Locale) -> ChangelogEntry:
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
        is_unassessed=version.minimum_level is None and not version.is_cosmetic,
        status=format_status_line(site, version, locale),
        note=version.note_texts.get(locale),
        note_mark=build_note_mark(version, locale),
        kind_of_change=_format_kind_of_change(version, locale),
        touched=list(_list_touched_sections(site, version, locale)),
        links=list(_list_links(site, version, locale)),
    )


def _format_kind_of_change(version: Version, locale: Locale) -> str:
    """Return that only links or form changed; without a note, the standard text says so already."""
    kind = version.assessment and version.assessment.kind_to_tell
    has_note = bool(version.note_names or version.explanation_names)
    return format_term(f"note.{kind.term}", locale) if kind and has_note else ""


def _list_touched_sections(site: SiteContext, version: Version, locale: Locale) -> Iterator[TouchedSection]:
    """Yield the sections that a version touches, by their titles: the former ones of those it removed.

    Without a title in this language, a section is called by its id.
    """
    gettext = site.renderer.get_translator(locale)
    before = site.find_predecessor(version)
    documents = (old.documents.get(locale) for old in (before, version) if old)
    titles = {section.id: section.title for found in documents if found for section in found.sections}
    touched = version.touched_sections
    for label, ids in (
        (gettext("new"), () if version.level is VersionLevel.FIRST else touched.added),
        ("", touched.changed),
        (gettext("moved"), touched.moved),
        (gettext("removed"), touched.removed),
    ):
        for section_id in ids:
            yield TouchedSection(titles.get(section_id, section_id), label)


def _list_links(site: SiteContext, version: Version, locale: Locale) -> Iterator[Link]:
    gettext = site.renderer.get_translator(locale)
    here, number = site.urls.changelog_path(locale), version.number
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
