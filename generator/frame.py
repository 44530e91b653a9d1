"""The frame of every page: whose policy it is, the tabs, the languages and the footer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias
from urllib.parse import quote, urlsplit

from generator.assets import ICON, SCRIPT, STYLESHEET
from generator.context import SiteContext
from generator.server_config import META_CONTENT_SECURITY_POLICY
from generator.urls import relative_url
from generator.view_models import (
    LanguageLink,
    LogoView,
    OrganisationView,
    PageFrame,
    SiteLinks,
    Tab,
    TabLink,
)
from policy.fact_models import Rights
from policy.fields import Locale
from policy.localization import format_enumeration, format_language_name, format_own_language_name
from policy.logos import measure_logo

# From the path of a page or of a file in the site to its address as a link of the page needs it.
Linker: TypeAlias = Callable[[str], str]


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
    link = partial(relative_url, here)
    return PageFrame(
        content_security_policy=META_CONTENT_SECURITY_POLICY,
        title=site.get_title(locale),
        description=_describe_policy(site, locale),
        organisation=_describe_organisation(site, locale, link),
        canonical=site.base_url + here,
        languages=[
            LanguageLink(
                locale=other,
                name=format_own_language_name(other, locales),
                href=link(path_in(other)),
                canonical=site.base_url + path_in(other),
            )
            for other in locales
        ],
        tabs=list(_list_tabs(site, locale, link, tab, here)),
        links=_list_links(site, locale, link),
        prevailing_notice=_format_prevailing_notice(site, locale, prevailing_locale or locale, locales),
    )


def build_placeless_frame(site: SiteContext, locale: Locale, locales: Sequence[Locale]) -> PageFrame:
    """Return the frame of a page that a server shows at any address: its links are absolute paths.

    All its languages are on one page, where `_LOCALE` is the anchor of each.
    """
    link = make_absolute_linker(site)
    names = {other: format_own_language_name(other, locales) for other in locales}
    return PageFrame(
        content_security_policy=META_CONTENT_SECURITY_POLICY,
        title=site.get_title(locale),
        description=_describe_policy(site, locale),
        organisation=_describe_organisation(site, locale, link),
        canonical="",
        languages=[LanguageLink(other, name, f"#_{other}", canonical="") for other, name in names.items()],
        tabs=list(_list_tabs(site, locale, link, None, None)),
        links=_list_links(site, locale, link),
        prevailing_notice="",
    )


def make_absolute_linker(site: SiteContext) -> Linker:
    """Return the linker of a page that may be shown at any address of the host."""
    return urlsplit(site.base_url).path.__add__


def describe_frame(site: SiteContext, locale: Locale) -> object:
    """Return all that a page's frame depends on besides the page itself, for the digest of a stored page."""
    link = make_absolute_linker(site)
    return (
        site.get_title(locale),
        _describe_policy(site, locale),
        _describe_organisation(site, locale, link),
        _list_links(site, locale, link),
        has_rights(site, locale),
    )


def _describe_policy(site: SiteContext, locale: Locale) -> str:
    """Return in a sentence what the policy of the front page tells, as far as it is stated as facts."""
    gettext = site.renderer.get_translator(locale)
    facts = site.find_front_page_version(locale).policy.facts
    topics = {
        gettext("what is collected"): facts.categories,
        gettext("what for"): facts.purposes,
        gettext("who receives it"): facts.recipients,
        gettext("how long it is kept"): facts.retention,
        gettext("what your rights are"): facts.rights != Rights(),
    }
    told = format_enumeration([topic for topic, rows in topics.items() if rows], locale)
    line = gettext("How {organisation} handles personal data: {topics}.")
    if not told:
        line = gettext("How {organisation} handles personal data.")
    name = site.find_settings(locale).controller.name.get_text(locale)
    return line.format(organisation=name, topics=told)


def _describe_organisation(site: SiteContext, locale: Locale, link: Linker) -> OrganisationView:
    controller, brand = site.find_settings(locale).controller, site.log.policy.settings.brand
    logo = None
    if brand.logo:
        asset = site.assets[brand.logo]
        logo = LogoView(link(asset.path), *measure_logo(brand.logo, asset.content))
    return OrganisationView(
        name=controller.name.get_text(locale),
        href=controller.website or "",
        logo=logo,
        address=" ".join(controller.address.get_text(locale).split()) if controller.address else "",
        email=controller.email or "",
        email_href=f"mailto:{quote(controller.email, safe='@+')}" if controller.email else "",
    )


def _list_links(site: SiteContext, locale: Locale, link: Linker) -> SiteLinks:
    urls = site.urls
    return SiteLinks(
        home=link(urls.home_path(locale)),
        changelog=link(urls.changelog_path(locale)),
        feed=link(urls.feed_path(locale)),
        help_centre=link(urls.help_centre_path(locale)),
        verification=link(urls.verification_path(locale)),
        accessibility=link(urls.accessibility_path(locale)),
        stylesheet=link(site.assets[STYLESHEET].path),
        script=link(site.assets[SCRIPT].path),
        icon=link(site.assets[ICON].path),
    )


def _list_tabs(
    site: SiteContext, locale: Locale, link: Linker, current: Tab | None, here: str | None
) -> Iterator[TabLink]:
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
        yield TabLink(name, link(path), is_current=tab is current, is_here=path == here)


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
