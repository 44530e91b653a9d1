"""The endringslogg as an Atom feed (RFC 4287): each version with its full note and redline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import urls, views

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from changelog.versions import Version
    from generator.context import SiteContext
    from policy.fields import Locale

_NEWEST = 50


def render_feed(edition: SiteContext, locale: Locale, entries: Callable[[Version], str]) -> str:
    """Print `feed.xml` of one language: the newest 50 versions, the newest first (contract §5).

    `entries` gives each version's own part, which stands in its folder: no later version changes it.
    """
    told = [version for version in reversed(edition.log.versions) if locale in version.documents][:_NEWEST]
    base = edition.base_url
    return edition.renderer.render("feed.xml.j2", locale, {
        "title": edition.log.policy.settings.title.in_locale(locale),
        "author": edition.log.policy.settings.controller.name.in_locale(locale),
        "address": base + urls.feed_path(locale),
        "home": base + urls.changelog_path(locale),
        "updated": _moment(told[0]),
        "entries": [edition.renderer.mark_safe(entries(version)) for version in told],
    })  # fmt: skip


def render_feed_entry(
    edition: SiteContext, version: Version, locale: Locale, changes: Sequence[views.Values]
) -> str:
    """Print a version's part of the feed: its note and its redline; of a first version there is none."""
    say = edition.renderer.translator(locale)
    number = version.number
    page = urls.changes_path(locale, number) if changes else urls.version_path(locale, number)
    return edition.renderer.render("feed_entry.xml.j2", locale, {
        "title": f"{say('Version')} {number}: {views.level_name(version.level, say)}",
        "href": edition.base_url + page,
        "updated": _moment(version),
        "told": version.note_texts[locale],
        "changes": [row for row in changes if row["kind"] != "same"],
    })  # fmt: skip


def _moment(version: Version) -> str:
    """Say the day of publication as a moment (RFC 3339): its beginning, for no clock is published."""
    return f"{version.published}T00:00:00Z"
