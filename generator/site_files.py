"""Every file of the site: its path and its text. Of the files of a version, later ones change frames only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from changelog.redline import compute_redline
from changelog.redline_sections import SectionRedline
from changelog.section_ids import map_to_current_ids
from changelog.versions import Version
from generator import redline_views
from generator.accessibility_page import render_accessibility_page
from generator.changelog_page import render_changelog_page, render_changelog_year
from generator.contact_page import render_contact_page
from generator.context import SiteContext, SiteFile, StoredFileReader
from generator.cumulative_pages import render_cumulative_changes_page
from generator.dates_page import render_dates_page
from generator.feed import render_feed, render_feed_entry
from generator.help_centre import render_announcements_json, render_help_centre_files
from generator.home_page import render_home_page
from generator.json_api import (
    render_log_json,
    render_policy_jsonld,
    render_timestamps_json,
    render_versions_json,
)
from generator.letters import has_letter, render_letter_files
from generator.not_found_page import render_not_found_page
from generator.page_models import SitemapAddress, SitemapEntry
from generator.public_files import PublicFile
from generator.rights_page import render_rights_page
from generator.server_config import render_server_files
from generator.timeline import build_timeline
from generator.upcoming_page import DayPages, list_day_pages, render_day_page, render_upcoming_page
from generator.urls import changes_subfolder
from generator.verification_page import render_verification_page
from generator.version_pages import render_changes_page, render_version_page
from policy.document import render_policy_text
from policy.fields import Locale

# Renders a few files when it is called, perhaps in another process.
FileProducer: TypeAlias = Callable[[], Iterable[PublicFile]]


def render_version_files(site: SiteContext, version: Version) -> Iterator[SiteFile]:
    """Render the folder of one version: its pages, texts and feed entry in each language, and its letters."""
    for locale, document in version.documents.items():
        yield SiteFile(f"{locale}/index.html", render_version_page(site, version, locale))
        yield SiteFile(f"{locale}/policy.txt", render_policy_text(document))
        redline: Sequence[SectionRedline] = ()
        if before := site.find_redline_base(version, locale):
            ids = map_to_current_ids([document], site.log.policy.current_ids)
            redline = compute_redline(before.documents[locale], document, ids)
            rendered = redline_views.render_section_redlines(site.renderer, locale, redline)
            page = render_changes_page(site, version, before, locale, rendered)
            yield SiteFile(f"{locale}/{changes_subfolder(locale)}index.html", page)
        yield SiteFile(f"feed/{locale}.xml", render_feed_entry(site, version, locale, redline))
    if has_letter(version):
        for file in render_letter_files(site, version):
            yield SiteFile(f"letter/{file.path}", file.text)


def render_day_files(site: SiteContext, pages: DayPages) -> Iterator[SiteFile]:
    """Render the folder of a day in the past: its page in each language."""
    for locale in pages.locales:
        yield SiteFile(f"{locale}/index.html", render_day_page(site, pages.day, locale))


def create_shared_file_producers(site: SiteContext, read_stored_file: StoredFileReader) -> list[FileProducer]:
    """Return the producers of the files outside the store, which may differ in every build."""
    producers: list[FileProducer] = []
    years = build_timeline(site).years
    # Entries of the feed are read from the versions' folders: rendering 50 redlines again would take longer.
    for locale in site.locales:
        read_entry = partial(read_stored_file, path=f"feed/{locale}.xml")
        producers += [
            _create_producer(
                f"{site.urls.changelog_path(locale)}index.html", render_changelog_page, site, locale
            ),
            _create_producer(f"{site.urls.home_path(locale)}index.html", render_home_page, site, locale),
            _create_producer(
                f"{site.urls.upcoming_path(locale)}index.html", render_upcoming_page, site, locale
            ),
            _create_producer(f"{site.urls.dates_path(locale)}index.html", render_dates_page, site, locale),
            _create_producer(
                f"{site.urls.verification_path(locale)}index.html", render_verification_page, site, locale
            ),
            _create_producer(
                f"{site.urls.accessibility_path(locale)}index.html", render_accessibility_page, site, locale
            ),
            _create_producer(f"{site.urls.rights_path(locale)}index.html", render_rights_page, site, locale),
            _create_producer(
                f"{site.urls.contact_path(locale)}index.html", render_contact_page, site, locale
            ),
            _create_producer(site.urls.feed_path(locale), render_feed, site, locale, read_entry),
            partial(render_help_centre_files, site, locale),
        ]
        producers += [
            _create_producer(
                f"{site.urls.year_path(locale, year)}index.html", render_changelog_year, site, locale, year
            )
            for year in years
        ]
    producers += [
        _create_producer("404.html", render_not_found_page, site),
        _create_producer("sitemap.xml", _render_sitemap, site),
        _create_producer("api/versions.json", render_versions_json, site),
        _create_producer("api/log.json", render_log_json, site),
        _create_producer("api/timestamps.json", render_timestamps_json, site),
        _create_producer("api/announcements.json", render_announcements_json, site),
        _create_producer("api/policy.jsonld", render_policy_jsonld, site),
        _create_producer("notice.js", site.renderer.render_unescaped, "notice.js"),
        _create_producer("verify.js", site.renderer.render_unescaped, "verify.js"),
        lambda: [SiteFile(path, text) for path, text in render_server_files(site).items()],
    ]
    return producers + create_cumulative_page_producers(site)


def _create_producer(path: str, render: Callable[..., str], *arguments: object) -> FileProducer:
    """Return a producer of a single file."""
    return lambda: [SiteFile(path, render(*arguments))]


def create_cumulative_page_producers(site: SiteContext) -> list[FileProducer]:
    """Return the producers of the pages of cumulative changes.

    Pages of neighbouring versions have most of their redlines in common, which one process computes once.
    """
    return [
        _create_producer(
            f"{site.urls.cumulative_changes_path(locale, version.number)}index.html",
            render_cumulative_changes_page, site, version, locale,
        )
        for locale in site.locales
        for version in site.log.versions
        if site.has_cumulative_changes_page(version, locale)
    ]  # fmt: skip


def _render_sitemap(site: SiteContext) -> str:
    entries = []
    for path_in, locales in _list_pages(site):
        languages = [SitemapAddress(locale, site.base_url + path_in(locale)) for locale in locales]
        entries += [SitemapEntry(language.canonical, languages) for language in languages]
    return site.renderer.render_xml("sitemap.xml.j2", site.locales[0], entries=entries)


def _list_pages(site: SiteContext) -> Iterator[tuple[Callable[[Locale], str], Sequence[Locale]]]:
    """Yield every page as its path in a language and the languages that have it."""
    yield site.urls.home_path, site.locales
    yield site.urls.upcoming_path, site.locales
    yield site.urls.dates_path, site.locales
    for day, locales in list_day_pages(site):
        yield partial(site.urls.day_path, day=day.day), locales
    yield site.urls.changelog_path, site.locales
    for year in build_timeline(site).years:
        yield partial(site.urls.year_path, year=year), site.locales
    yield site.urls.verification_path, site.locales
    yield site.urls.rights_path, site.locales
    yield site.urls.contact_path, site.locales
    yield site.urls.accessibility_path, site.locales
    for version in site.log.versions:
        number, own = version.number, list(version.documents)
        yield partial(site.urls.version_path, number=number), own
        with_redline = [locale for locale in own if site.find_redline_base(version, locale)]
        yield partial(site.urls.changes_path, number=number), with_redline
        with_cumulative_page = [
            locale for locale in site.locales if site.has_cumulative_changes_page(version, locale)
        ]
        yield partial(site.urls.cumulative_changes_path, number=number), with_cumulative_page
    yield site.urls.help_centre_path, site.locales
    for announcement in site.announcements:
        if announcement.is_in_help_centre:
            version = announcement.version
            yield partial(site.urls.help_centre_path, number=version.number), list(version.documents)
