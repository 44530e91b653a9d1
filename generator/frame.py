"""The frame of every page: brand bar, tabs, languages, footer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from generator.assets import STYLESHEET
from generator.context import SiteContext
from generator.urls import relative_url
from generator.view_models import LanguageLink, PageFrame, SiteLinks, Tab, TabLink
from policy.fact_models import Rights
from policy.fields import Locale
from policy.localization import format_language_name, format_own_language_name


def build_frame(
    site: SiteContext,
    locale: Locale,
    path_in: Callable[[Locale], str],
    locales: Sequence[Locale],
    tab: Tab | None = None,
    prevailing_locale: Locale | None = None,
) -> PageFrame:
    """Return the frame of a page that has the path `path_in(locale)` in each of `locales`.

    `tab` is the part of the site that the page belongs to. In any other language than `prevailing_locale` a
    notice says which language version prevails.
    """
    here = path_in(locale)
    urls = site.urls
    return PageFrame(
        title=site.get_title(locale),
        host=urlsplit(site.base_url).hostname or "",
        canonical=site.base_url + here,
        languages=[
            LanguageLink(
                locale=other,
                name=format_own_language_name(other, locales),
                href=relative_url(here, path_in(other)),
                canonical=site.base_url + path_in(other),
            )
            for other in locales
        ],
        tabs=list(_list_tabs(site, locale, here, tab)),
        links=SiteLinks(
            home=relative_url(here, urls.home_path(locale)),
            changelog=relative_url(here, urls.changelog_path(locale)),
            feed=relative_url(here, urls.feed_path(locale)),
            help_centre=relative_url(here, urls.help_centre_path(locale)),
            verification=relative_url(here, urls.verification_path(locale)),
            stylesheet=relative_url(here, site.assets[STYLESHEET]),
        ),
        prevailing_notice=_format_prevailing_notice(site, locale, prevailing_locale or locale, locales),
    )


def _list_tabs(site: SiteContext, locale: Locale, here: str, current: Tab | None) -> Iterator[TabLink]:
    gettext = site.renderer.get_translator(locale)
    pages = {
        Tab.POLICY: (gettext("The policy"), site.urls.home_path(locale)),
        Tab.CHANGES: (gettext("Changes"), site.urls.changelog_path(locale)),
        Tab.RIGHTS: (gettext("Your rights"), site.urls.rights_path(locale)),
        Tab.CONTACT: (gettext("Contact"), site.urls.contact_path(locale)),
    }
    if not has_rights(site, locale):
        del pages[Tab.RIGHTS]
    for tab, (name, path) in pages.items():
        yield TabLink(name, relative_url(here, path), is_current=tab is current, is_here=path == here)


def has_rights(site: SiteContext, locale: Locale) -> bool:
    """Whether the policy of the front page states rights as facts, so that they have a page."""
    return site.find_front_page_version(locale).policy.facts.rights != Rights()


def _format_prevailing_notice(
    site: SiteContext, locale: Locale, prevailing_locale: Locale, locales: Sequence[Locale]
) -> str:
    if locale == prevailing_locale:
        return ""
    gettext = site.renderer.get_translator(locale)
    return gettext("If the language versions differ, the version in {language} prevails.").format(
        language=format_language_name(prevailing_locale, locale, locales)
    )
