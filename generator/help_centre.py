"""Announcements as the help centre tells them: an overview, a page each, and data for another make."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from generator import urls
from generator.context import SiteFile, format_status_line, render_page
from policy.blocks import render_prose
from policy.localization import format_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changelog.announcements import Announcement
    from changelog.versions import Version
    from generator.context import SiteContext, Values
    from policy.fields import Locale


def render_help_centre_files(edition: SiteContext, locale: Locale) -> Iterator[SiteFile]:
    """Print the help centre in one language."""
    here = urls.help_centre_path(locale)
    told = [
        announcement
        for announcement in edition.announcements
        if announcement.in_help_centre and locale in announcement.version.documents
    ]
    rows = [_row(edition, announcement, locale, here) for announcement in told]
    values: Values = {"kind": "help-centre", "locales": list(edition.locales), "rows": rows}
    yield SiteFile(
        f"{here}index.html",
        render_page(edition, "help_centre.html.j2", locale, urls.help_centre_path, values),
    )
    # A fragment for somebody else's page: from there no relative address leads home, so these are absolute.
    shown = [_row(edition, each, locale, None) for each in told if each.is_shown_on(edition.today)]
    fragment = edition.renderer.render("help_centre_fragment.html.j2", locale, {"rows": shown})
    yield SiteFile(f"api/help-centre.{locale}.htm", fragment)
    for announcement in told:
        where = partial(urls.help_centre_path, number=announcement.version.number)
        row = _row(edition, announcement, locale, where(locale))
        values = {"locales": list(announcement.version.documents), "row": row}
        yield SiteFile(
            f"{where(locale)}index.html", render_page(edition, "announcement.html.j2", locale, where, values)
        )


def announcement_title(edition: SiteContext, version: Version, locale: Locale) -> str:
    """Give the title that an announcement bears on every channel."""
    say = edition.renderer.translator(locale)
    name = edition.log.policy.settings.title.in_locale(locale)
    return say("{title}: changes from {day}").format(title=name, day=format_day(version.effective, locale))


def _row(edition: SiteContext, announcement: Announcement, locale: Locale, here: str | None) -> Values:
    version = announcement.version
    number, before = version.number, edition.predecessor(version)

    def address(target: str) -> str:
        return edition.base_url + target if here is None else urls.relative_url(here, target)

    return {
        "number": number,
        "title": announcement_title(edition, version, locale),
        "line": format_status_line(edition, version, locale),
        "told": version.note_texts[locale],
        "lasts": announcement.is_shown_on(edition.today),
        "href": address(urls.help_centre_path(locale, number)),
        "version": address(urls.version_path(locale, number)),
        "changes": address(urls.changes_path(locale, number))
        if before and locale in before.documents
        else "",
    }


def render_announcements_json(edition: SiteContext) -> str:
    """Print `api/announcements.json`: what is announced on the day of the build, the newest first."""
    rows = [
        {
            "version": announcement.version.number,
            "level": announcement.version.level,
            "channels": [channel.value for channel in announcement.version.channels],
            "published": str(announcement.version.published),
            "effective": str(announcement.version.effective),
            "until": str(announcement.until),
            "languages": {
                locale: _in_language(edition, announcement.version, locale)
                for locale in announcement.version.documents
            },
        }
        for announcement in edition.announcements
        if announcement.is_shown_on(edition.today)
    ]
    return json.dumps({"schema": 1, "announcements": rows}, ensure_ascii=False, indent=1) + "\n"


def _in_language(edition: SiteContext, version: Version, locale: Locale) -> dict[str, str | None]:
    base = edition.base_url
    known = edition.last_announced_before(version, locale)
    return {
        "title": announcement_title(edition, version, locale),
        "summary": render_prose(version.note_texts[locale].summary),
        "action": render_prose(version.note_texts[locale].action),
        "url": base + urls.version_path(locale, version.number),
        "since_url": base + urls.since_path(locale, known.number) if known else None,
    }
