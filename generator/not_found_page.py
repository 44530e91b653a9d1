"""The page that servers show for an address that leads nowhere: all languages on one page, absolute paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from generator.context import SiteContext
from generator.frame import Linker, build_placeless_frame, make_absolute_linker
from policy.fields import Locale
from policy.localization import format_day

# Whoever has mistyped the number of a version looks for a recent one; the change log has them all.
_MAX_VERSIONS = 25


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version and the day of its publication, in words that stay true."""

    title: str
    status: str
    href: str


@dataclass(frozen=True, slots=True)
class NotFoundText:
    """The page in one language, with its newest versions."""

    locale: Locale
    heading: str
    text: str
    policy_title: str
    home_href: str
    versions_title: str
    versions: Sequence[VersionRow]
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
    return NotFoundText(
        locale=locale,
        heading=gettext("Page not found"),
        text=gettext("Check the address for typing errors. Pages of published versions are never removed."),
        policy_title=site.get_title(locale),
        home_href=link(site.urls.home_path(locale)),
        versions_title=gettext("Versions"),
        versions=list(islice(_list_versions(site, locale, link), _MAX_VERSIONS)),
        changelog_title=gettext("Full change log"),
        changelog_href=link(site.urls.changelog_path(locale)),
    )


def _list_versions(site: SiteContext, locale: Locale, link: Linker) -> Iterator[VersionRow]:
    """Yield the versions in a language, newest first."""
    gettext = site.renderer.get_translator(locale)
    for version in reversed(site.log.versions):
        if locale in version.documents:
            yield VersionRow(
                title=f"{gettext('Version')} {version.number}",
                status=gettext("published on {day}").format(day=format_day(version.published, locale)),
                href=link(site.urls.version_path(locale, version.number)),
            )
