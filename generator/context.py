"""Everything that pages are rendered from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol

from changelog.announcements import Announcement, list_announcements
from changelog.periods import find_replacement
from changelog.record_hashes import find_note_salt
from changelog.versions import Version, VersionLog
from common.errors import InputError
from generator import views
from generator.assets import Asset, load_assets
from generator.brand import render_brand_styles, render_pictures
from generator.page_models import NoteMark
from generator.render_cache import RenderCache
from generator.rendering import Renderer
from generator.template_files import TemplateFiles
from generator.urls import SiteUrls
from generator.view_models import VersionState
from policy.fields import Locale
from policy.localization import format_day, format_enumeration
from policy.models import Settings
from policy.web_addresses import is_base_address

# The page of cumulative changes since a version repeats the notes of all later versions.
_CACHED_CUMULATIVE_STEPS = 2048
# Of all JSON files of the site and of letter.json.
JSON_SCHEMA = 2


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file of the site: its path below the base address and its text."""

    path: str
    text: str

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.text.encode()


class StoredFileReader(Protocol):
    """Reads a file of a version's folder, as it was rendered when the version was new."""

    def __call__(self, version: Version, path: str) -> str: ...  # noqa: D102 - the class says it


@dataclass(frozen=True, eq=False)
class SiteContext:
    """Everything that the pages of one site are rendered from, on one day.

    `assets` are by name; the path of each in the site contains a digest of its content.
    `cumulative_step_cache` needs no invalidation: a version's note is the same on every page of this site.
    """

    log: VersionLog
    today: date
    base_url: str
    assets: Mapping[str, Asset]
    renderer: Renderer
    cumulative_step_cache: RenderCache = field(default_factory=lambda: RenderCache(_CACHED_CUMULATIVE_STEPS))

    @cached_property
    def urls(self) -> SiteUrls:
        """The paths of the pages. The first language of the first version is at the root for good."""
        return SiteUrls(self.log.languages_by_age[0])

    @cached_property
    def locales(self) -> tuple[Locale, ...]:
        """Every language that some version has, today's languages first."""
        every = (locale for version in reversed(self.log.versions) for locale in version.documents)
        return tuple(dict.fromkeys((*self.log.policy.languages, *every)))

    @cached_property
    def announcements(self) -> tuple[Announcement, ...]:
        """Every announcement, newest first."""
        return list_announcements(self.log)

    @cached_property
    def upcoming_versions(self) -> tuple[Version, ...]:
        """The versions that take effect after today; each page asks for them."""
        return self.log.find_upcoming_versions(self.today)

    def find_settings(self, locale: Locale) -> Settings:
        """Return the settings that apply today, or those of the last version in a language that was dropped.

        While a version is announced, those of the version in force: a new name or address of the controller
        is not the controller's before its day. Otherwise the newest, since not every setting makes a version.
        """
        policy = self.log.policy
        if locale not in policy.languages:
            return self.find_latest_version(locale).settings
        in_force = self.log.find_version_in_force(self.today)
        if in_force and self.upcoming_versions:
            return in_force.settings
        return policy.settings

    def get_title(self, locale: Locale) -> str:
        """Return the title of the policy in a language."""
        return self.find_settings(locale).title.get_text(locale)

    def find_predecessor(self, version: Version) -> Version | None:
        """Return the version before, in force or not; None for the first."""
        return self.log.find_predecessor(version)

    def find_redline_base(self, version: Version, locale: Locale) -> Version | None:
        """Return the version that a version's redline starts from; None if there is no redline."""
        before = self.find_predecessor(version)
        return before if before and locale in before.documents else None

    def has_cumulative_changes_page(self, version: Version, locale: Locale) -> bool:
        """Whether there is a page of the cumulative changes since a version."""
        return (
            locale in version.documents
            and version.has_cumulative_changes_page
            and version != self.find_latest_version(locale)
        )

    def find_latest_version(self, locale: Locale) -> Version:
        """Return the newest version in a language, in force or not."""
        return next(version for version in reversed(self.log.versions) if locale in version.documents)

    def find_cumulative_changes_base(self, version: Version, locale: Locale) -> Version | None:
        """Return the last version before this one that has a page of cumulative changes; None without one."""
        base = self.find_predecessor(version)
        while base and not (base.has_cumulative_changes_page and locale in base.documents):
            base = self.find_predecessor(base)
        return base

    def find_front_page_version(self, locale: Locale) -> Version:
        """Return the version of the front page: the one in force, else the next, else the latest."""
        # A language may be added or dropped: then the version in force has no document in it.
        return next(version for version in self._iter_shown_first() if locale in version.documents)

    def _iter_shown_first(self) -> Iterator[Version]:
        if in_force := self.log.find_version_in_force(self.today):
            yield in_force
        yield from self.upcoming_versions
        yield from reversed(self.log.versions)


def create_site_context(
    log: VersionLog, today: date, templates: TemplateFiles, base_url: str | None = None
) -> SiteContext:
    """Return the context of a site on a day; `base_url` replaces that of policy.yaml.

    Raises InputError if the base address is not the absolute address of a folder.
    """
    base = base_url or log.policy.settings.base_url
    if not is_base_address(base):
        # Not repeated: an address may hold a password.
        raise InputError(
            "--base-url: not a base address; write it like https://example.no/personvern/, with letters a-z, "
            "digits and - . _ ~ only"
        )
    renderer, policy = Renderer(templates), log.policy
    pictures = render_pictures(renderer, policy)
    assets = load_assets(templates, render_brand_styles(policy.settings.brand), pictures)
    return SiteContext(log, today, base, assets, renderer)


def build_note_mark(version: Version, locale: Locale) -> NoteMark | None:
    """Return the mark of a version's note; None if it has none, or none in this language."""
    if not version.has_note or locale not in version.documents:
        return None
    return NoteMark(version.number, find_note_salt(version, locale))


def format_permanent_status(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return the days of a version in words that are true on every later day too."""
    gettext = site.renderer.get_translator(locale)
    days = _format_days(
        site, version, locale, gettext("Published on {published}, to take effect on {effective}.")
    )
    return " ".join((days, *_list_effects(site, version, locale)))


def format_status_line(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return the days of a version in words for a page that is built anew when they change."""
    gettext = site.renderer.get_translator(locale)
    state = views.find_version_state(site.log, version, site.today)
    match state:
        case VersionState.UPCOMING:
            line = gettext("Published on {published}. Takes effect on {effective}.")
        case VersionState.SUPERSEDED | VersionState.WITHDRAWN:
            line = gettext("Published on {published}. Was due to take effect on {effective}.")
        case _:
            line = gettext("Published on {published}. Took effect on {effective}.")
    days = _format_days(site, version, locale, line)
    if state is VersionState.FORMER:
        days = _format_period(site, version, locale) or days
    return " ".join((days, *_list_effects(site, version, locale)))


def _format_period(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return from when until when a version applied; empty if that is no whole day."""
    replacement = find_replacement(site.log, version)
    if replacement is None or replacement.effective == version.effective:
        return ""
    gettext = site.renderer.get_translator(locale)
    last = replacement.effective - timedelta(days=1)
    line = (
        gettext("Published on {published}. Applied on {effective} only.")
        if last == version.effective
        else gettext("Published on {published}. Applied from {effective} up to and including {last}.")
    )
    return line.format(
        published=format_day(version.published, locale),
        effective=format_day(version.effective, locale),
        last=format_day(last, locale),
    )


def format_withdrawal(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return which announced versions a version withdraws, in a sentence; empty if it withdraws none."""
    if not version.withdraws:
        return ""
    gettext = site.renderer.get_translator(locale)
    base = site.find_predecessor(version)
    versions = format_versions(site, version.withdraws, locale)
    if base is None or version.touched_sections.ids:
        return gettext("Withdraws {versions}.").format(versions=versions)
    line = gettext("Withdraws {versions}. The text is that of version {base} again.")
    return line.format(versions=versions, base=base.number)


def format_versions(site: SiteContext, numbers: Iterable[str], locale: Locale) -> str:
    """Return "version 2.0 and version 3.0"."""
    word = site.renderer.get_translator(locale)("version")
    return format_enumeration([f"{word} {number}" for number in numbers], locale)


def _list_effects(site: SiteContext, version: Version, locale: Locale) -> Iterator[str]:
    """Yield sentences on what a version does to others, and on whether it was withdrawn."""
    gettext = site.renderer.get_translator(locale)
    if version.is_imported:
        yield gettext("This version is from before this change log.")
    if version.withdrawn_by:
        day = site.log.get_version(version.withdrawn_by).published
        yield gettext("Withdrawn on {day}.").format(day=format_day(day, locale))
    if withdrawal := format_withdrawal(site, version, locale):
        yield withdrawal
    if any(row.language == locale for row in version.redactions):
        yield gettext("Words have been removed from this version since it was published.")
    if version.brings_forward:
        versions = format_versions(site, version.brings_forward, locale)
        yield gettext("Brings forward the changes of {versions}.").format(versions=versions)
    if version.counterpart:
        line = gettext("The same change was also made in version {number}.")
        yield line.format(number=version.counterpart)


def _format_days(site: SiteContext, version: Version, locale: Locale, line: str) -> str:
    """Fill in `line`, unless the version is a draft or took effect at once."""
    gettext = site.renderer.get_translator(locale)
    if not version.commit:
        line = gettext("Draft, not published. Takes effect on {effective} at the earliest.")
    elif version.effective == version.published:
        line = gettext("Published on {published}. Took effect the same day.")
    return line.format(
        published=format_day(version.published, locale), effective=format_day(version.effective, locale)
    )
