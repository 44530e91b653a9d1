"""The endringslogg as an Atom feed (RFC 4287): each version with its full note and redline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import urls, views

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from changelog.versions import Version
    from generator.context import Edition
    from policy.fields import Locale

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


def entry(edition: Edition, version: Version, locale: Locale, changes: Sequence[views.Values]) -> str:
    """Print a version's part of the feed: its note and its redline; of a first version there is none."""
    say = edition.printer.words(locale)
    number = version.number
    page = urls.changes(locale, number) if changes else urls.version(locale, number)
    return edition.printer.render("feed_entry.xml.j2", locale, {
        "title": f"{say('Version')} {number}: {views.level_name(version.level, say)}",
        "href": edition.base_url + page,
        "updated": _moment(version),
        "told": version.told[locale],
        "changes": [row for row in changes if row["kind"] != "same"],
    })  # fmt: skip


def _moment(version: Version) -> str:
    """Say the day of publication as a moment (RFC 3339): its beginning, for no clock is published."""
    return f"{version.published}T00:00:00Z"
