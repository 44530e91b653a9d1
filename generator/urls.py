"""Every path below `base_url`: Norwegian at the root, other languages under their code.

A path of a folder ends in a slash. Published addresses never change (docs/reference/output.md).
"""

from __future__ import annotations

from posixpath import commonprefix

from policy.fields import Locale

# Addresses are read by people and cited in letters, so each language has its own words.
_FOLDER_NAMES = {
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
    """Return the folder of the version in force, which holds all pages of the language."""
    return "" if locale == "nb" else f"{locale}/"


def version_path(locale: Locale, number: str) -> str:
    """Return the folder of a version's permanent page."""
    return f"{home_path(locale)}{_FOLDER_NAMES[locale]['version']}/{number}/"


def changes_subfolder(locale: Locale) -> str:
    """Return the folder of the page of changes, relative to the folder of its version."""
    return f"{_FOLDER_NAMES[locale]['changes']}/"


def changes_path(locale: Locale, number: str) -> str:
    """Return the folder of the page of what changed in a version."""
    return version_path(locale, number) + changes_subfolder(locale)


def changelog_path(locale: Locale) -> str:
    """Return the folder of the change log."""
    return f"{home_path(locale)}{_FOLDER_NAMES[locale]['changelog']}/"


def cumulative_changes_path(locale: Locale, number: str) -> str:
    """Return the folder of the page of the cumulative changes since a version."""
    return f"{changelog_path(locale)}{_FOLDER_NAMES[locale]['since']}/{number}/"


def feed_path(locale: Locale) -> str:
    """Return the path of the Atom feed."""
    return f"{changelog_path(locale)}feed.xml"


def help_centre_path(locale: Locale, number: str = "") -> str:
    """Return the folder of the help centre, or of the announcement of one version in it."""
    overview = f"{home_path(locale)}{_FOLDER_NAMES[locale]['help_centre']}/"
    return f"{overview}{number}/" if number else overview


def relative_url(page: str, target: str) -> str:
    """Return the relative address of `target` on the page in the folder `page`, both below the same base."""
    path, hash_sign, anchor = target.partition("#")
    page_parts, target_parts = page.split("/")[:-1], path.split("/")
    shared = len(commonprefix([page_parts, target_parts[:-1]]))
    steps = [*[".."] * (len(page_parts) - shared), *target_parts[shared:]]
    return ("/".join(steps) if any(steps) else "./") + hash_sign + anchor
