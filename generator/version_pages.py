"""The pages of one version: the version itself, what changed in it, the cumulative changes since it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from changelog.redline import SectionRedline, compute_redline
from changelog.section_ids import map_to_current_ids
from changelog.versions import Version
from generator import views
from generator.context import SiteContext, build_note_mark, format_status_line
from generator.fact_rows import build_fact_rows
from generator.frame import build_frame
from generator.page_models import ChangesPage, CumulativeChangesPage, CumulativeChangesStep, VersionPage
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
    touched = [section for section in sections if section.id in version.touched_sections]
    page = ChangesPage(
        number=version.number,
        heading=gettext("What changed in version {number}").format(number=version.number),
        level_name=views.format_level(version.level, gettext),
        status=format_status_line(site, version, locale),
        version_frame=build_version_frame_view(site, version, locale, path_in(locale)),
        note=version.note_texts[locale],
        note_mark=build_note_mark(version, locale),
        permanent_href="../",
        predecessor_href=relative_url(path_in(locale), site.urls.version_path(locale, before.number)),
        touched=views.list_touched_sections(site.renderer, locale, touched),
        redline=views.build_redline_view(before.number, version.number, sections, "../"),
        facts=build_fact_rows(site, before, version, locale),
    )
    locales = [other for other in version.documents if other in before.documents]
    frame = build_frame(site, locale, path_in, locales, Tab.CHANGES, next(iter(version.documents)))
    return site.renderer.render("changes.html.j2", locale, frame=frame, page=page)


def compute_cumulative_redline(
    site: SiteContext, version: Version, locale: Locale
) -> tuple[SectionRedline, ...]:
    """Return the redline from a version to the latest version in a language."""
    later = site.log.list_versions_after(version)
    documents = [after.documents[locale] for after in reversed(later) if locale in after.documents]
    ids = map_to_current_ids(documents, site.log.policy.current_ids)
    return compute_redline(version.documents[locale], site.find_latest_version(locale).documents[locale], ids)


def render_cumulative_changes_page(site: SiteContext, version: Version, locale: Locale) -> str:
    """Render the changes from a version to the latest: the note of each version, and one redline."""
    gettext = site.renderer.get_translator(locale)
    latest = site.find_latest_version(locale)
    redline = compute_cumulative_redline(site, version, locale)
    sections = views.render_section_redlines(site.renderer, locale, redline)
    later = reversed(site.log.list_versions_after(version))  # newest first, like the change log
    path_in = partial(site.urls.cumulative_changes_path, number=version.number)
    page = CumulativeChangesPage(
        heading=gettext("Everything that has changed since version {number}").format(number=version.number),
        lead=gettext("From version {old} to version {new}.").format(old=version.number, new=latest.number),
        steps=[
            _get_cumulative_step(site, step, locale)
            for step in later
            if locale in step.note_texts and not step.counterpart
        ],
        touched=views.list_touched_sections(site.renderer, locale, sections),
        redline=views.build_redline_view(
            version.number,
            latest.number,
            sections,
            relative_url(path_in(locale), site.urls.version_path(locale, latest.number)),
        ),
    )
    locales = [other for other in site.locales if site.has_cumulative_changes_page(version, other)]
    frame = build_frame(site, locale, path_in, locales, Tab.CHANGES, next(iter(latest.documents)))
    return site.renderer.render("cumulative_changes.html.j2", locale, frame=frame, page=page)


def _get_cumulative_step(site: SiteContext, version: Version, locale: Locale) -> Markup:
    """Return a version's rendered note, the same on every page of cumulative changes that has it."""
    return site.cumulative_step_cache.get_or_render(
        (version, locale), lambda: _render_cumulative_step(site, version, locale)
    )


def _render_cumulative_step(site: SiteContext, version: Version, locale: Locale) -> Markup:
    gettext = site.renderer.get_translator(locale)
    has_redline = site.find_redline_base(version, locale) is not None
    target = (site.urls.changes_path if has_redline else site.urls.version_path)(locale, version.number)
    step = CumulativeChangesStep(
        heading=f"{gettext('Version')} {version.number}",
        # All pages of cumulative changes are siblings, so the relative address is the same on each of them.
        href=relative_url(site.urls.cumulative_changes_path(locale, version.number), target),
        status=format_status_line(site, version, locale),
        note=version.note_texts[locale],
        is_open=version.has_cumulative_changes_page,
    )
    return site.renderer.mark_safe(
        site.renderer.render("_partials/cumulative_changes_step.html.j2", locale, step=step)
    )
