"""The pages of one version: the version itself, what changed in it, the cumulative changes since it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from changelog.versions import Version
from generator import redline_views, views
from generator.concerned import format_concerned
from generator.context import SiteContext, build_note_mark, format_status_line
from generator.fact_rows import build_fact_rows
from generator.frame import build_frame
from generator.page_models import ChangesPage, VersionPage
from generator.urls import changes_subfolder, relative_url
from generator.version_frames import build_version_frame_view
from generator.view_models import RenderedSectionRedline, Tab
from policy.fields import Locale


def render_version_page(site: SiteContext, version: Version, locale: Locale) -> str:
    """Render the permanent page of a version."""
    path_in = partial(site.urls.version_path, number=version.number)
    before = site.find_redline_base(version, locale)
    predecessor = site.urls.version_path(locale, before.number) if before else ""
    page = VersionPage(
        version=version.number,
        status=format_status_line(site, version, locale),
        version_frame=build_version_frame_view(site, version, locale, path_in(locale)),
        predecessor_href=relative_url(path_in(locale), predecessor) if before else "",
        changes_href=changes_subfolder(locale) if before else "",
        entry_hash=version.entry_hash,
        document=views.build_document_view(site.renderer, version, locale, site.log.policy.current_ids),
    )
    locales = list(version.documents)
    frame = build_frame(site, locale, path_in, locales, Tab.CHANGES, locales[0])
    return site.renderer.render("version.html.j2", locale, frame=frame, page=page)


def render_changes_page(
    site: SiteContext,
    version: Version,
    before: Version,
    locale: Locale,
    sections: Sequence[RenderedSectionRedline],
) -> str:
    """Render what changed in a version: its note and its redline from the version before."""
    path_in = partial(site.urls.changes_path, number=version.number)
    gettext = site.renderer.get_translator(locale)
    page = ChangesPage(
        number=version.number,
        heading=gettext("What changed in version {number}").format(number=version.number),
        level_name=views.format_level(version.level, gettext),
        status=format_status_line(site, version, locale),
        concerned=format_concerned(site, version, locale),
        version_frame=build_version_frame_view(site, version, locale, path_in(locale)),
        note=version.note_texts[locale],
        note_mark=build_note_mark(version, locale),
        permanent_href="../",
        predecessor_href=relative_url(path_in(locale), site.urls.version_path(locale, before.number)),
        touched=redline_views.list_touched_sections(
            site.renderer, locale, sections, version.touched_sections.ids
        ),
        redline=redline_views.build_redline_view(before.number, version.number, sections, "../"),
        facts=build_fact_rows(site, before, version, locale),
    )
    locales = [other for other in version.documents if other in before.documents]
    frame = build_frame(site, locale, path_in, locales, Tab.CHANGES, next(iter(version.documents)))
    return site.renderer.render("changes.html.j2", locale, frame=frame, page=page)
