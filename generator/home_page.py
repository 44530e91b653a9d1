"""The front page: the policy in force, what is to change or has changed lately, and all of it in short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from changelog.versions import Version
from generator import views
from generator.change_cards import (
    ChangeCard,
    build_change_card,
    create_day_anchor,
    format_whole_day,
    link_day,
)
from generator.context import SiteContext
from generator.frame import build_frame
from generator.section_dates import RemovedSection, find_last_change, list_removed_sections
from generator.summary_card import SummaryRow, list_summary_rows
from generator.urls import relative_url
from generator.version_cards import (
    EffectiveDay,
    list_effective_days,
    list_recent_days,
    list_upcoming_days,
)
from generator.view_models import DocumentView, Link, Tab, VersionState
from policy.fields import Locale
from policy.localization import format_day, format_language_name


@dataclass(frozen=True, slots=True)
class RemovedNotice:
    """That a section was removed, at its old anchor; `href` leads to that change, if it has a page."""

    id: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """The version in force; hrefs are empty if there is no such page in this language.

    `in_force` leads to the version in force, if that is in other languages only. `changes` leads to what
    changed last, unless a card does. `summary` is empty if the policy begins with one, or has no facts.
    """

    version: str
    status: str
    in_force: Link | None
    permanent_href: str
    dates_href: str
    predecessor_href: str
    changes: Link | None
    cards: Sequence[ChangeCard]
    summary: Sequence[SummaryRow]
    removed: Sequence[RemovedNotice]
    document: DocumentView


def render_home_page(site: SiteContext, locale: Locale) -> str:
    """Render the version in force below what is to change and what has changed lately."""
    here = site.urls.home_path(locale)
    version = site.find_front_page_version(locale)
    before = site.find_redline_base(version, locale)
    days = list_effective_days(site.log)
    recent = list_recent_days(days, site.today, site.log.policy.settings.show_days)
    page = HomePage(
        version=version.number,
        status=_format_current_status(site, version, days, locale),
        in_force=_link_version_in_force(site, locale),
        permanent_href=relative_url(here, site.urls.version_path(locale, version.number)),
        dates_href=relative_url(here, site.urls.dates_path(locale)),
        predecessor_href=relative_url(here, site.urls.version_path(locale, before.number)) if before else "",
        changes=_link_last_change(site, version, days, recent, locale),
        cards=[
            *_list_upcoming_cards(site, days, locale),
            *(
                build_change_card(site, day, locale, here, link_day(site, day, locale, here))
                for day in recent
            ),
        ],
        summary=list(list_summary_rows(site, version, locale)),
        removed=[
            _describe_removal(site, section, locale)
            for section in list_removed_sections(site, version, locale)
        ],
        document=views.build_document_view(
            site.renderer,
            version,
            locale,
            site.log.policy.current_ids,
            dict(_list_last_changes(site, version, locale)),
        ),
    )
    prevailing_locale = next(iter(version.documents))
    frame = build_frame(site, locale, site.urls.home_path, site.locales, Tab.POLICY, prevailing_locale)
    return site.renderer.render("policy.html.j2", locale, frame=frame, page=page)


def _list_last_changes(site: SiteContext, version: Version, locale: Locale) -> Iterator[tuple[str, Link]]:
    """Yield the id of each section that has changed since it is in the policy, with a link to that change."""
    gettext = site.renderer.get_translator(locale)
    here = site.urls.home_path(locale)
    for section in version.documents[locale].sections:
        changed, section_id = find_last_change(site, version, section.id, locale)
        if changed.effective > site.today or not site.find_redline_base(changed, locale):
            continue  # it is not in force yet, or is as it was in the first version in this language
        text = gettext("Last changed {day}").format(day=format_day(changed.effective, locale))
        path = f"{site.urls.changes_path(locale, changed.number)}#{section_id}"
        yield section.id, Link(text, relative_url(here, path), locale)


def _describe_removal(site: SiteContext, section: RemovedSection, locale: Locale) -> RemovedNotice:
    gettext = site.renderer.get_translator(locale)
    day = format_day(section.version.effective, locale)
    changes = site.urls.changes_path(locale, section.version.number)
    has_page = site.find_redline_base(section.version, locale) is not None
    return RemovedNotice(
        id=section.id,
        text=gettext("The section ‘{title}’ was removed on {day}.").format(title=section.title, day=day),
        href=relative_url(site.urls.home_path(locale), changes) if has_page else "",
    )


def _list_upcoming_cards(
    site: SiteContext, days: Sequence[EffectiveDay], locale: Locale
) -> Iterator[ChangeCard]:
    """Yield a card for each day to come on which something changes, unless the policy begins on it."""
    gettext = site.renderer.get_translator(locale)
    here = site.urls.home_path(locale)
    upcoming = [day for day in list_upcoming_days(days, site.today) if day.before and day.changes]
    for day in upcoming:
        anchor = f"#{create_day_anchor(day.day)}" if len(upcoming) > 1 else ""
        href = relative_url(here, site.urls.upcoming_path(locale) + anchor)
        link = Link(gettext("See everything that is changing"), href, locale)
        yield build_change_card(site, day, locale, here, link)


def _link_last_change(
    site: SiteContext,
    version: Version,
    days: Sequence[EffectiveDay],
    recent: Sequence[EffectiveDay],
    locale: Locale,
) -> Link | None:
    """Return a link to what changed when a version took effect; None if a card has it, or no page."""
    day = next((day for day in days if day.after == version and day.day <= site.today), None)
    if day is None or day in recent or not day.before:
        return None
    here = site.urls.home_path(locale)
    if day.announced:
        return link_day(site, day, locale, here)
    if not site.find_redline_base(version, locale):
        return None
    gettext = site.renderer.get_translator(locale)
    text = gettext("See what changed in version {number}").format(number=version.number)
    return Link(text, relative_url(here, site.urls.changes_path(locale, version.number)), locale)


def _link_version_in_force(site: SiteContext, locale: Locale) -> Link | None:
    """Return a link to the version in force if it is in other languages only."""
    version = site.log.find_version_in_force(site.today)
    if version is None or locale in version.documents:
        return None
    gettext = site.renderer.get_translator(locale)
    other = next(iter(version.documents))
    language = format_language_name(other, locale, site.locales)
    text = gettext("The version in force, in {language}").format(language=language)
    href = relative_url(site.urls.home_path(locale), site.urls.home_path(other))
    return Link(text, href, other)


def _format_current_status(
    site: SiteContext, version: Version, days: Sequence[EffectiveDay], locale: Locale
) -> str:
    """Return from when to when a version applies, so that it is true on later days too."""
    gettext = site.renderer.get_translator(locale)
    replaced = next((day.day for day in days if day.before == version and day.after != version), None)
    last = replaced - timedelta(days=1) if replaced else version.effective
    match views.find_version_state(site.log, version, site.today):
        case VersionState.IN_FORCE if replaced:
            line = gettext("Version {number}, in force from {effective} to {last}.")
        case VersionState.IN_FORCE:
            line = gettext("Version {number}, in force since {effective}.")
        case VersionState.UPCOMING:
            line = gettext("Version {number} takes effect on {effective}.")
        case _:
            line = gettext("Version {number}, the last one in this language. It is not in force.")
    return line.format(
        number=version.number,
        effective=format_whole_day(version.effective, locale),
        last=format_whole_day(last, locale),
    )
