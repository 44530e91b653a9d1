"""Announcements as the help centre tells them: an overview, a page each, and data for another make."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from generator import urls
from generator.context import File, framed, line_of
from policy.blocks import prose
from policy.localization import day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changelog.announcements import Announcement
    from changelog.versions import Version
    from generator.context import Edition, Values
    from policy.fields import Locale


def help_centre_files(edition: Edition, locale: Locale) -> Iterator[File]:
    """Print the help centre in one language."""
    here = urls.help_centre(locale)
    told = [
        announcement
        for announcement in edition.announcements
        if announcement.in_help_centre and locale in announcement.version.documents
    ]
    rows = [_row(edition, announcement, locale, here) for announcement in told]
    values: Values = {"kind": "help-centre", "locales": list(edition.locales), "rows": rows}
    yield File(f"{here}index.html", framed(edition, "help_centre.html.j2", locale, urls.help_centre, values))
    # A fragment for somebody else's page: from there no relative address leads home, so these are absolute.
    shown = [_row(edition, each, locale, None) for each in told if each.lasts(edition.today)]
    fragment = edition.printer.render("help_centre_fragment.html.j2", locale, {"rows": shown})
    yield File(f"api/help-centre.{locale}.htm", fragment)
    for announcement in told:
        where = partial(urls.help_centre, number=announcement.version.number)
        row = _row(edition, announcement, locale, where(locale))
        values = {"locales": list(announcement.version.documents), "row": row}
        yield File(
            f"{where(locale)}index.html", framed(edition, "announcement.html.j2", locale, where, values)
        )


def title(edition: Edition, version: Version, locale: Locale) -> str:
    """Give the title that an announcement bears on every channel."""
    say = edition.printer.words(locale)
    name = edition.log.policy.settings.title.wording(locale)
    return say("{title}: changes from {day}").format(title=name, day=day(version.effective, locale))


def _row(edition: Edition, announcement: Announcement, locale: Locale, here: str | None) -> Values:
    version = announcement.version
    number, before = version.number, edition.predecessor(version)

    def address(target: str) -> str:
        return edition.base_url + target if here is None else urls.relative(here, target)

    return {
        "number": number,
        "title": title(edition, version, locale),
        "line": line_of(edition, version, locale),
        "told": version.told[locale],
        "lasts": announcement.lasts(edition.today),
        "href": address(urls.help_centre(locale, number)),
        "version": address(urls.version(locale, number)),
        "changes": address(urls.changes(locale, number)) if before and locale in before.documents else "",
    }


def announcements_json(edition: Edition) -> str:
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
        if announcement.lasts(edition.today)
    ]
    return json.dumps({"schema": 1, "announcements": rows}, ensure_ascii=False, indent=1) + "\n"


def _in_language(edition: Edition, version: Version, locale: Locale) -> dict[str, str | None]:
    base = edition.base_url
    known = edition.known(version, locale)
    return {
        "title": title(edition, version, locale),
        "summary": prose(version.told[locale].summary),
        "action": prose(version.told[locale].action),
        "url": base + urls.version(locale, version.number),
        "since_url": base + urls.since(locale, known.number) if known else None,
    }
