"""What every page is printed from, and the frame that every page shares."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from changelog.announcements import Announcement, list_announcements
from common.errors import InputError
from generator import urls
from generator.rendering import Renderer
from generator.since_redlines import SinceRedlines
from policy.localization import format_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from changelog.versions import Version, VersionLog
    from generator.since_redlines import StoredRedlines
    from policy.fields import Locale

    Values = dict[str, Any]

LANGUAGES = {"nb": "Norsk", "en": "English"}


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file of the site: its path below the base and its text."""

    path: str
    text: str


class StoredFileReader(Protocol):
    """Gives a file of a version's folder, as it was written when the version was new."""

    def __call__(self, version: Version, path: str) -> str: ...  # noqa: D102 - the class says it


@dataclass(frozen=True, eq=False)
class SiteContext:
    """All that pages are made of; `assets` leads from a file's name to its path, its hash in it."""

    log: VersionLog
    today: date
    base_url: str
    assets: Mapping[str, str]
    renderer: Renderer
    redlines: SinceRedlines

    @cached_property
    def locales(self) -> tuple[Locale, ...]:
        """Every language that some version has, those of today first."""
        every = (locale for version in reversed(self.log.versions) for locale in version.documents)
        return tuple(dict.fromkeys((*self.log.policy.languages, *every)))

    def predecessor(self, version: Version) -> Version | None:
        """Give the version before, whatever came of it."""
        return self.log.find_predecessor(version)

    def has_since(self, version: Version, locale: Locale) -> bool:
        """Whether there is a page of all that changed since a version."""
        return locale in version.documents and version.has_since_page and version != self.latest(locale)

    def latest(self, locale: Locale) -> Version:
        """Give the newest version in a language, in force or not."""
        return next(version for version in reversed(self.log.versions) if locale in version.documents)

    def last_announced_before(self, version: Version, locale: Locale) -> Version | None:
        """Give the version that readers were told of last before this one."""
        before = self.log.versions_before(version)
        told = [old for old in before if old.has_since_page and locale in old.documents]
        return told[-1] if told else None

    @cached_property
    def announcements(self) -> tuple[Announcement, ...]:
        """Every announcement ever made, the newest first."""
        return list_announcements(self.log)

    def current_version(self, locale: Locale) -> Version:
        """Give the version that a language's front page shows: that in force, else the nearest there is."""
        current = self.log.find_version_in_force(self.today)
        coming = self.log.find_upcoming_versions(self.today)
        wanted = (*((current,) if current else ()), *coming, *reversed(self.log.versions))
        fitting: list[Version] = [version for version in wanted if locale in version.documents]
        return fitting[0]


def create_context(
    log: VersionLog,
    today: date,
    templates: Path,
    base_url: str | None = None,
    kept: StoredRedlines | None = None,
) -> SiteContext:
    """Make the edition of a day; InputError where `base_url` is no address that pages can stand below.

    `kept` is what the build before printed of redlines.
    """
    base = base_url or log.policy.settings.base_url
    if not re.fullmatch(r"https?://[^\s<>\"/?#]+/([^\s<>\"?#]*/)?", base):
        raise InputError(f"'{base}' is no base address; write it like https://example.no/personvern/")
    names = {name: path for name, (path, _) in load_assets(templates).items()}
    printer = Renderer(templates)
    return SiteContext(log, today, base, names, printer, SinceRedlines(printer, kept or {}))


def load_assets(templates: Path) -> dict[str, tuple[str, str]]:
    """Give each asset's path, with the hash of its content in its name, and its text."""
    found = {}
    for path in sorted((templates / "assets").iterdir()):
        text = path.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        found[path.name] = (f"assets/{path.stem}.{digest}{path.suffix}", text)
    return found


def render_page(
    edition: SiteContext, template: str, locale: Locale, where: Callable[[Locale], str], values: Values
) -> str:
    """Print a page that stands at `where` in each of `values["locales"]`."""
    here = where(locale)
    alternates = [
        {
            "locale": other,
            "canonical": edition.base_url + where(other),
            "href": urls.relative_url(here, where(other)),
            "name": LANGUAGES[other],
        }
        for other in values["locales"]
    ]
    say = edition.renderer.translator(locale)
    first = values.get("prevails", locale)
    prevailing = (
        "" if first == locale else say("If the language versions differ, the Norwegian one prevails.")
    )
    if prevailing and first != "nb":
        prevailing = say("If the language versions differ, the English one prevails.")
    address = {
        "home": urls.relative_url(here, urls.home_path(locale)),
        "changelog": urls.relative_url(here, urls.changelog_path(locale)),
        "feed": urls.relative_url(here, urls.feed_path(locale)),
        "help_centre": urls.relative_url(here, urls.help_centre_path(locale)),
        "versions_json": urls.relative_url(here, "api/versions.json"),
        "predecessor": urls.relative_url(here, values["predecessor"]) if values.get("predecessor") else "",
        "asset": lambda name: urls.relative_url(here, edition.assets[name]),
    }
    frame = {
        "title": edition.log.policy.settings.title.in_locale(locale),
        "host": urlsplit(edition.base_url).hostname,
        "prevailing": prevailing,
        "url": address,
        "page": {
            "canonical": edition.base_url + here,
            "kind": values.get("kind", ""),
            "alternates": alternates,
        },
    }
    return edition.renderer.render(template, locale, {**frame, **values})


def format_status_line(edition: SiteContext, version: Version, locale: Locale) -> str:
    """Say a version's days, below a heading with its number; only what no later version can make untrue."""
    say = edition.renderer.translator(locale)
    if not version.commit:
        return say("Draft, not published. To take effect on {day} at the earliest.").format(
            day=format_day(version.effective, locale)
        )
    if version.effective == version.published:
        line = say("Published on {published}, with effect from the same day.")
    else:
        line = say("Published on {published}, announced to take effect on {effective}.")
    days = {
        "published": format_day(version.published, locale),
        "effective": format_day(version.effective, locale),
    }
    return line.format(**days)
