"""The page that servers show for an address that leads nowhere: all languages on one page, absolute paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from changelog.versions import Version
from generator import views
from generator.context import SiteContext
from generator.frame import Linker, build_placeless_frame, make_absolute_linker
from policy.fields import Locale
from policy.localization import format_day

# Whoever has mistyped the number of a version looks for a recent one; the change log has them all.
_MAX_VERSIONS = 25


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version, the day from which it applies, and its state in words; `state_name` may be empty."""

    number: str
    day: str
    state_name: str
    href: str


@dataclass(frozen=True, slots=True)
class NotFoundText:
    """The page in one language, with its newest versions; `is_complete` says that these are all."""

    locale: Locale
    heading: str
    text: str
    policy_title: str
    home_href: str
    versions_title: str
    versions: Sequence[VersionRow]
    version_label: str
    is_complete: bool
    changelog_title: str
    changelog_href: str


@dataclass(frozen=True, slots=True)
class NotFoundPage:
    """The page in every language of the site."""

    languages: Sequence[NotFoundText]


def render_not_found_page(site: SiteContext) -> str:
    """Render the 404 page. Servers show it at any address, so its links are absolute paths."""
    link, locale = make_absolute_linker(site), site.locales[0]
    page = NotFoundPage([_build_text(site, other, link) for other in site.locales])
    frame = build_placeless_frame(site, locale, site.locales)
    return site.renderer.render("404.html.j2", locale, frame=frame, page=page)


def _build_text(site: SiteContext, locale: Locale, link: Linker) -> NotFoundText:
    gettext = site.renderer.get_translator(locale)
    rows = list(islice(_list_versions(site, locale, link), _MAX_VERSIONS + 1))
    return NotFoundText(
        locale=locale,
        heading=gettext("Page not found"),
        text=gettext("Check the address for typing errors. Pages of published versions are never removed."),
        policy_title=site.get_title(locale),
        home_href=link(site.urls.home_path(locale)),
        versions_title=gettext("Versions"),
        versions=rows[:_MAX_VERSIONS],
        version_label=gettext("Version"),
        is_complete=len(rows) <= _MAX_VERSIONS,
        changelog_title=gettext("Full change log"),
        changelog_href=link(site.urls.changelog_path(locale)),
    )


def _list_versions(site: SiteContext, locale: Locale, link: Linker) -> Iterator[VersionRow]:
    """Yield the versions in a language, newest first."""
    for version in reversed(site.log.versions):
        if locale in version.documents:
            yield VersionRow(
                number=version.number,
                day=format_day(version.effective, locale),
                state_name=_format_state(site, version, locale),
                href=link(site.urls.version_path(locale, version.number)),
            )


def _format_state(site: SiteContext, version: Version, locale: Locale) -> str:
    state = views.find_version_state(site.log, version, site.today)
    return views.format_state(state, site.renderer.get_translator(locale))
