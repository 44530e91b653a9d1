"""The endringslogg as an Atom feed (RFC 4287): each version with its full note and redline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changelog.redline import identities, redline
from generator import urls, views

if TYPE_CHECKING:
    from collections.abc import Callable

    from changelog.redline import Change
    from changelog.versions import Version
    from generator.edition import Edition
    from policy.leaves import Locale

_NEWEST = 50


def feed(edition: Edition, locale: Locale, entries: Callable[[Version], str]) -> str:
    """Print `feed.xml` of one language: the newest 50 versions, the newest first (contract §5).

    `entries` gives each version's own part, which stands in its folder: no later version changes it.
    """
    told = [version for version in reversed(edition.log.versions) if locale in version.documents][:_NEWEST]
    base = edition.base_url
    return edition.printer.render("feed.xml.j2", locale, {
        "title": edition.log.policy.settings.title.wording(locale),
        "author": edition.log.policy.settings.controller.name.wording(locale),
        "address": base + urls.feed(locale),
        "home": base + urls.changelog(locale),
        "updated": _moment(told[0]),
        "entries": [edition.printer.printed(entries(version)) for version in told],
    })  # fmt: skip


def entry(edition: Edition, version: Version, before: Version | None, locale: Locale) -> str:
    """Print a version's part of the feed: its note and what changed."""
    say = edition.printer.words(locale)
    known = before is not None and locale in before.documents
    number = version.number
    page = urls.changes(locale, number) if known else urls.version(locale, number)
    found = _redline(edition, version, before, locale) if before and known else ()
    return edition.printer.render("feed_entry.xml.j2", locale, {
        "title": f"{say('Version')} {number}: {views.level_name(version.level, say)}",
        "href": edition.base_url + page,
        "updated": _moment(version),
        "told": version.told[locale],
        "changes": views.changes(edition.printer, locale, found),
    })  # fmt: skip


def _redline(edition: Edition, version: Version, before: Version, locale: Locale) -> tuple[Change, ...]:
    new = version.documents[locale]
    found = redline(before.documents[locale], new, identities([new], edition.log.policy.renamed))
    return tuple(change for change in found if change.kind != "same")


def _moment(version: Version) -> str:
    """Say the day of publication as a moment (RFC 3339): its beginning, for no clock is published."""
    return f"{version.published}T00:00:00Z"
