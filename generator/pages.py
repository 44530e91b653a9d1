"""Every file of the site there is: its path and its text. What belongs to one version stands by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from changelog.redline import identities, redline
from generator import urls, views
from generator.context import Edition, File, Written
from generator.feed import entry, feed
from generator.front_pages import changelog_page, home_page, missing_page
from generator.help_centre import announcements_json, help_centre_files
from generator.json_api import policy_jsonld, versions_json
from generator.letters import has_letter, letter_files
from generator.server_config import server_files
from generator.version_pages import changes_page, since, since_page, version_page
from policy.document import policy_txt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from changelog.versions import Version
    from policy.fields import Locale

    Maker = Callable[[], Iterable[File]]


def version_files(edition: Edition, version: Version) -> Iterator[File]:
    """Print the folder of one version: for each language its page, its words and its changes."""
    before = edition.predecessor(version)
    for locale, text in version.documents.items():
        yield File(f"{locale}/index.html", version_page(edition, version, before, locale))
        yield File(f"{locale}/policy.txt", policy_txt(text))
        changes: list[views.Values] = []
        if before and locale in before.documents:
            found = redline(before.documents[locale], text, identities([text], edition.log.policy.renamed))
            changes = views.changes(edition.printer, locale, found)
            page = changes_page(edition, version, before, locale, changes)
            yield File(f"{locale}/{urls.changes_in_version(locale)}index.html", page)
        yield File(f"feed/{locale}.xml", entry(edition, version, locale, changes))
    if has_letter(version):
        yield from (File(f"letter/{file.path}", file.text) for file in letter_files(edition, version))


def front_files(edition: Edition, written: Written, jobs: int) -> list[Maker]:
    """Give what prints the few files that change from one generation to the next, each by itself.

    `written` gives a file of a version's folder, by the version and its path there.
    """
    makers: list[Maker] = []
    for locale in edition.locales:
        entries = partial(written, path=f"feed/{locale}.xml")
        makers += [
            _one(f"{urls.changelog(locale)}index.html", partial(changelog_page, edition, locale)),
            _one(f"{urls.home(locale)}index.html", partial(home_page, edition, locale)),
            _one(urls.feed(locale), partial(feed, edition, locale, entries)),
            partial(help_centre_files, edition, locale),
        ]
    makers += [
        _one("404.html", partial(missing_page, edition)),
        _one("sitemap.xml", partial(_sitemap, edition)),
        _one("api/versions.json", partial(versions_json, edition)),
        _one("api/announcements.json", partial(announcements_json, edition)),
        _one("api/policy.jsonld", partial(policy_jsonld, edition)),
        _one("notice.js", partial(edition.printer.bare, "notice.js", {})),
        lambda: (File(path, text) for path, text in server_files(edition).items()),
    ]
    return makers + since_files(edition, jobs)


def _one(path: str, make: Callable[[], str]) -> Maker:
    return lambda: [File(path, make())]


def since_files(edition: Edition, jobs: int) -> list[Maker]:
    """Give what prints the pages of all that changed since a version; the sections that they share are."""
    places = {
        (version, locale): since(edition, version, locale)
        for locale in edition.locales
        for version in edition.log.versions
        if edition.has_since(version, locale)
    }
    wanted = ((locale, pair) for (_, locale), pairs in places.items() for pair in pairs)
    edition.redlines.prepare(wanted, jobs)
    return [
        _one(
            f"{urls.since(locale, version.number)}index.html",
            partial(since_page, edition, version, locale, pairs),
        )
        for (version, locale), pairs in places.items()
    ]


def _sitemap(edition: Edition) -> str:
    entries = []
    for where, locales in _addresses(edition):
        alternates = [{"locale": code, "canonical": edition.base_url + where(code)} for code in locales]
        entries += [{"canonical": row["canonical"], "alternates": alternates} for row in alternates]
    return edition.printer.render("sitemap.xml.j2", edition.locales[0], {"entries": entries})


def _addresses(edition: Edition) -> Iterator[tuple[Callable[[Locale], str], list[Locale]]]:
    """Give every page by its folder in a language, with the languages that have it."""
    yield urls.home, list(edition.locales)
    yield urls.changelog, list(edition.locales)
    for version in edition.log.versions:
        before = edition.predecessor(version)
        own = list(version.documents)
        since = [locale for locale in edition.locales if edition.has_since(version, locale)]
        yield partial(urls.version, number=version.number), own
        yield (
            partial(urls.changes, number=version.number),
            [c for c in own if before and c in before.documents],
        )
        yield partial(urls.since, number=version.number), since
    yield urls.help_centre, list(edition.locales)
    for announcement in edition.announcements:
        if announcement.in_help_centre:
            number = announcement.version.number
            yield partial(urls.help_centre, number=number), list(announcement.version.documents)
