"""Every file of the site there is: its path and its text. What belongs to one version stands by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from changelog.redline import compute_redline, map_to_current_ids
from generator import urls, views
from generator.context import SiteContext, SiteFile, StoredFileReader
from generator.feed import render_feed, render_feed_entry
from generator.front_pages import render_changelog_page, render_home_page, render_not_found_page
from generator.help_centre import render_announcements_json, render_help_centre_files
from generator.json_api import render_policy_jsonld, render_versions_json
from generator.letters import has_letter, render_letter_files
from generator.server_config import render_server_files
from generator.version_pages import (
    pair_with_latest,
    render_changes_page,
    render_since_page,
    render_version_page,
)
from policy.document import render_policy_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from changelog.versions import Version
    from policy.fields import Locale

    FileProducer = Callable[[], Iterable[SiteFile]]


def render_version_files(edition: SiteContext, version: Version) -> Iterator[SiteFile]:
    """Print the folder of one version: for each language its page, its words and its changes."""
    before = edition.predecessor(version)
    for locale, text in version.documents.items():
        yield SiteFile(f"{locale}/index.html", render_version_page(edition, version, before, locale))
        yield SiteFile(f"{locale}/policy.txt", render_policy_text(text))
        changes: list[views.Values] = []
        if before and locale in before.documents:
            found = compute_redline(
                before.documents[locale], text, map_to_current_ids([text], edition.log.policy.aliases)
            )
            changes = views.changes(edition.renderer, locale, found)
            page = render_changes_page(edition, version, before, locale, changes)
            yield SiteFile(f"{locale}/{urls.changes_subfolder(locale)}index.html", page)
        yield SiteFile(f"feed/{locale}.xml", render_feed_entry(edition, version, locale, changes))
    if has_letter(version):
        yield from (
            SiteFile(f"letter/{file.path}", file.text) for file in render_letter_files(edition, version)
        )


def front_file_producers(edition: SiteContext, written: StoredFileReader, jobs: int) -> list[FileProducer]:
    """Give what prints the few files that change from one generation to the next, each by itself.

    `written` gives a file of a version's folder, by the version and its path there.
    """
    makers: list[FileProducer] = []
    for locale in edition.locales:
        entries = partial(written, path=f"feed/{locale}.xml")
        makers += [
            _one(f"{urls.changelog_path(locale)}index.html", partial(render_changelog_page, edition, locale)),
            _one(f"{urls.home_path(locale)}index.html", partial(render_home_page, edition, locale)),
            _one(urls.feed_path(locale), partial(render_feed, edition, locale, entries)),
            partial(render_help_centre_files, edition, locale),
        ]
    makers += [
        _one("404.html", partial(render_not_found_page, edition)),
        _one("sitemap.xml", partial(_sitemap, edition)),
        _one("api/versions.json", partial(render_versions_json, edition)),
        _one("api/announcements.json", partial(render_announcements_json, edition)),
        _one("api/policy.jsonld", partial(render_policy_jsonld, edition)),
        _one("notice.js", partial(edition.renderer.render_unescaped, "notice.js", {})),
        lambda: (SiteFile(path, text) for path, text in render_server_files(edition).items()),
    ]
    return makers + since_page_producers(edition, jobs)


def _one(path: str, make: Callable[[], str]) -> FileProducer:
    return lambda: [SiteFile(path, make())]


def since_page_producers(edition: SiteContext, jobs: int) -> list[FileProducer]:
    """Give what prints the pages of all that changed since a version; the sections that they share are."""
    places = {
        (version, locale): pair_with_latest(edition, version, locale)
        for locale in edition.locales
        for version in edition.log.versions
        if edition.has_since(version, locale)
    }
    wanted = ((locale, pair) for (_, locale), pairs in places.items() for pair in pairs)
    edition.redlines.prepare(wanted, jobs)
    return [
        _one(
            f"{urls.since_path(locale, version.number)}index.html",
            partial(render_since_page, edition, version, locale, pairs),
        )
        for (version, locale), pairs in places.items()
    ]


def _sitemap(edition: SiteContext) -> str:
    entries = []
    for where, locales in _addresses(edition):
        alternates = [{"locale": code, "canonical": edition.base_url + where(code)} for code in locales]
        entries += [{"canonical": row["canonical"], "alternates": alternates} for row in alternates]
    return edition.renderer.render("sitemap.xml.j2", edition.locales[0], {"entries": entries})


def _addresses(edition: SiteContext) -> Iterator[tuple[Callable[[Locale], str], list[Locale]]]:
    """Give every page by its folder in a language, with the languages that have it."""
    yield urls.home_path, list(edition.locales)
    yield urls.changelog_path, list(edition.locales)
    for version in edition.log.versions:
        before = edition.predecessor(version)
        own = list(version.documents)
        since = [locale for locale in edition.locales if edition.has_since(version, locale)]
        yield partial(urls.version_path, number=version.number), own
        yield (
            partial(urls.changes_path, number=version.number),
            [c for c in own if before and c in before.documents],
        )
        yield partial(urls.since_path, number=version.number), since
    yield urls.help_centre_path, list(edition.locales)
    for announcement in edition.announcements:
        if announcement.in_help_centre:
            number = announcement.version.number
            yield partial(urls.help_centre_path, number=number), list(announcement.version.documents)
