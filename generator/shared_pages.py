"""The pages of the whole site, which may differ in every build: the change log."""

from __future__ import annotations

from collections.abc import Iterator

from changelog.versions import Version, VersionLevel
from generator import views
from generator.context import SiteContext, build_note_mark, format_status_line
from generator.frame import build_frame
from generator.page_models import (
    ChangelogEntry,
    ChangelogPage,
)
from generator.urls import relative_url
from generator.view_models import Link, Tab, TouchedSection
from policy.fields import Locale
from policy.localization import format_enumeration, format_language_name, format_term


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
