"""What is around the text of a version on its own pages: whether it applies, and the versions beside it.

The frame is a function of the number, the version after it in the log, what replaced, overtook or withdrew
it, and of its state on the day. All of that is in one value, a part of the digest that names the folder of
the version: one more version changes the frames of few others, and a day those of two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from changelog.periods import find_replacement, find_superseding_version
from changelog.versions import Version
from generator import views
from generator.context import SiteContext
from generator.urls import relative_url
from generator.view_models import Link, VersionFrameView, VersionState
from policy.fields import Locale
from policy.localization import format_day


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The version before or after another: its number, and in which languages there is a redline of it."""

    number: str
    redlines: tuple[tuple[Locale, bool], ...]


@dataclass(frozen=True, slots=True)
class VersionFrame:
    """All that the frame of a version depends on.

    `other` is the number of the version that replaced, overtook or withdrew it, and `other_day` its day.
    """

    state: VersionState
    previous: Neighbour | None
    following: Neighbour | None
    other: str
    other_day: str
    is_any_in_force: bool


def find_version_frame(site: SiteContext, version: Version) -> VersionFrame:
    """Return what the frame of a version depends on today."""
    state = views.find_version_state(site.log, version, site.today)
    other = _find_other_version(site, version, state)
    day = other and (other.published if state is VersionState.WITHDRAWN else other.effective)
    return VersionFrame(
        state=state,
        previous=_describe_neighbour(site, site.log.find_version_before(version)),
        following=_describe_neighbour(site, site.log.find_version_after(version)),
        other=other.number if other else "",
        other_day=str(day or ""),
        is_any_in_force=site.log.find_version_in_force(site.today) is not None,
    )


def _describe_neighbour(site: SiteContext, version: Version | None) -> Neighbour | None:
    if version is None:
        return None
    redlines = ((locale, site.find_redline_base(version, locale) is not None) for locale in version.documents)
    return Neighbour(version.number, tuple(redlines))


def _find_other_version(site: SiteContext, version: Version, state: VersionState) -> Version | None:
    match state:
        case VersionState.FORMER:
            return find_replacement(site.log, version)
        case VersionState.SUPERSEDED:
            return find_superseding_version(site.log, version)
        case VersionState.WITHDRAWN:
            return site.log.get_version(version.withdrawn_by)
        case _:
            return None


def build_version_frame_view(
    site: SiteContext, version: Version, locale: Locale, here: str
) -> VersionFrameView:
    """Return the frame of a version for the page in the folder `here`."""
    gettext = site.renderer.get_translator(locale)
    state = views.find_version_state(site.log, version, site.today)
    is_any_in_force = site.log.find_version_in_force(site.today) is not None
    has_bar = bool(version.commit) and state is not VersionState.IN_FORCE
    return VersionFrameView(
        state=state,
        state_name=_format_state(state, gettext) if version.commit else "",
        notice=_format_notice(site, version, locale) if has_bar else "",
        in_force_href=relative_url(here, site.urls.home_path(locale)) if is_any_in_force else "",
        previous=_link_neighbour(site, site.log.find_version_before(version), locale, here),
        following=_link_neighbour(site, site.log.find_version_after(version), locale, here),
    )


def _format_state(state: VersionState, gettext: Callable[[str], str]) -> str:
    """Return a state in words, which every version has at the top of its page."""
    return gettext("Archived version") if state is VersionState.FORMER else views.format_state(state, gettext)


def _format_notice(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return in a sentence that a version does not apply, and why."""
    gettext = site.renderer.get_translator(locale)
    state = views.find_version_state(site.log, version, site.today)
    other = _find_other_version(site, version, state)
    match state:
        case VersionState.UPCOMING:
            line = gettext("This version does not apply yet. It takes effect on {effective}.")
        case VersionState.WITHDRAWN:
            line = gettext("This version was withdrawn before it took effect.")
        case VersionState.SUPERSEDED if other:
            line = gettext("Version {number} replaced this one before it took effect.")
        case VersionState.SUPERSEDED:
            line = gettext("Another version replaced this one before it took effect.")
        case _:
            line = gettext("This is an archived version.")
    return line.format(
        effective=format_day(version.effective, locale), number=other.number if other else version.number
    )


def _link_neighbour(site: SiteContext, version: Version | None, locale: Locale, here: str) -> Link | None:
    """Return a link to what changed in a version, or to the version itself; None if it lacks the language."""
    if version is None or locale not in version.documents:
        return None
    has_redline = site.find_redline_base(version, locale) is not None
    path = (site.urls.changes_path if has_redline else site.urls.version_path)(locale, version.number)
    return Link(version.number, relative_url(here, path), locale)
