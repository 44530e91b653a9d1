"""Every address below `base_url`: Norwegian at the root, other languages under their code (contract §5)."""

from __future__ import annotations

from posixpath import commonprefix
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policy.fields import Locale

_WORDS = {
    "nb": {
        "version": "versjon",
        "changes": "endringer",
        "changelog": "endringslogg",
        "since": "siden",
        "help_centre": "hjelpesenter",
    },
    "en": {
        "version": "version",
        "changes": "changes",
        "changelog": "changelog",
        "since": "since",
        "help_centre": "help-centre",
    },
}


def home_path(locale: Locale) -> str:
    """Give the folder of the version in force, which is that of the language too."""
    return "" if locale == "nb" else f"{locale}/"


def version_path(locale: Locale, number: str) -> str:
    """Give the folder of a version's own page, for ever."""
    return f"{home_path(locale)}{_WORDS[locale]['version']}/{number}/"


def changes_subfolder(locale: Locale) -> str:
    """Give the folder of a version's change page below that of the version."""
    return f"{_WORDS[locale]['changes']}/"


def changes_path(locale: Locale, number: str) -> str:
    """Give the folder of the page of what changed in a version."""
    return version_path(locale, number) + changes_subfolder(locale)


def changelog_path(locale: Locale) -> str:
    """Give the folder of the change log, the endringslogg."""
    return f"{home_path(locale)}{_WORDS[locale]['changelog']}/"


def since_path(locale: Locale, number: str) -> str:
    """Give the folder of the page of all that changed since a version."""
    return f"{changelog_path(locale)}{_WORDS[locale]['since']}/{number}/"


def feed_path(locale: Locale) -> str:
    """Give the address of the Atom feed."""
    return f"{changelog_path(locale)}feed.xml"


def help_centre_path(locale: Locale, number: str = "") -> str:
    """Give the folder of the help centre's announcements, or of one of them."""
    overview = f"{home_path(locale)}{_WORDS[locale]['help_centre']}/"
    return f"{overview}{number}/" if number else overview


def relative_url(page: str, target: str) -> str:
    """Lead from the folder of a page to another address below the same base."""
    path, sharp, anchor = target.partition("#")
    here, there = page.split("/")[:-1], path.split("/")
    shared = len(commonprefix([here, there[:-1]]))
    steps = [*[".."] * (len(here) - shared), *there[shared:]]
    return ("/".join(steps) if any(steps) else "./") + sharp + anchor
