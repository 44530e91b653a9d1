"""Every path below `base_url`: one language at the root, the others below their codes.

A path of a folder ends in a slash. Published addresses never change (docs/reference/output.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from posixpath import commonprefix
from urllib.parse import quote

from languages.loader import get_language
from languages.models import FolderNames
from policy.fields import Locale


def _get_folder_names(locale: Locale) -> FolderNames:
    """Return the names of folders in a language: people read addresses, and letters cite them."""
    return get_language(locale).words.urls


@dataclass(frozen=True, slots=True)
class SiteUrls:
    """The path of every page of a site whose language at the root is `root`."""

    root: Locale

    def home_path(self, locale: Locale) -> str:
        """Return the folder of the version in force, which holds all pages of the language."""
        return "" if locale == self.root else f"{locale}/"

    def version_path(self, locale: Locale, number: str) -> str:
        """Return the folder of a version's permanent page."""
        return f"{self.home_path(locale)}{_get_folder_names(locale).version}/{number}/"

    def changes_path(self, locale: Locale, number: str) -> str:
        """Return the folder of the page of what changed in a version."""
        return self.version_path(locale, number) + changes_subfolder(locale)

    def changelog_path(self, locale: Locale) -> str:
        """Return the folder of the change log."""
        return f"{self.home_path(locale)}{_get_folder_names(locale).changelog}/"

    def cumulative_changes_path(self, locale: Locale, number: str) -> str:
        """Return the folder of the page of the cumulative changes since a version."""
        return f"{self.changelog_path(locale)}{_get_folder_names(locale).since}/{number}/"

    def verification_path(self, locale: Locale) -> str:
        """Return the folder of the page that verifies the log."""
        return f"{self.changelog_path(locale)}{_get_folder_names(locale).verification}/"

    def feed_path(self, locale: Locale) -> str:
        """Return the path of the Atom feed."""
        return f"{self.changelog_path(locale)}feed.xml"

    def year_path(self, locale: Locale, year: int) -> str:
        """Return the folder of the part of the change log with the versions of one year."""
        return f"{self.changelog_path(locale)}{year}/"

    def upcoming_path(self, locale: Locale) -> str:
        """Return the folder of the page of the changes that have not taken effect yet."""
        return f"{self.home_path(locale)}{_get_folder_names(locale).upcoming}/"

    def rights_path(self, locale: Locale) -> str:
        """Return the folder of the page of the reader's rights."""
        return f"{self.home_path(locale)}{_get_folder_names(locale).rights}/"

    def contact_path(self, locale: Locale) -> str:
        """Return the folder of the page of whom to write to."""
        return f"{self.home_path(locale)}{_get_folder_names(locale).contact}/"

    def dates_path(self, locale: Locale) -> str:
        """Return the folder of the page of what applied on a date."""
        return f"{self.home_path(locale)}{_get_folder_names(locale).dates}/"

    def day_path(self, locale: Locale, day: date) -> str:
        """Return the folder of the page of what changed on a day, where no version's page has all."""
        return f"{self.dates_path(locale)}{day.isoformat()}/"

    def accessibility_path(self, locale: Locale) -> str:
        """Return the folder of the accessibility page."""
        return f"{self.home_path(locale)}{_get_folder_names(locale).accessibility}/"

    def help_centre_path(self, locale: Locale, number: str = "") -> str:
        """Return the folder of the help centre, or of the announcement of one version in it."""
        overview = f"{self.home_path(locale)}{_get_folder_names(locale).help_centre}/"
        return f"{overview}{number}/" if number else overview


def changes_subfolder(locale: Locale) -> str:
    """Return the folder of the page of changes, relative to the folder of its version."""
    return f"{_get_folder_names(locale).changes}/"


def relative_url(page: str, target: str) -> str:
    """Return the relative address of `target` on the page in the folder `page`, both below the same base."""
    path, hash_sign, anchor = target.partition("#")
    page_parts, target_parts = page.split("/")[:-1], path.split("/")
    shared = len(commonprefix([page_parts, target_parts[:-1]]))
    steps = [*[".."] * (len(page_parts) - shared), *target_parts[shared:]]
    return ("/".join(steps) if any(steps) else "./") + hash_sign + anchor


def create_mail_link(email: str, subject: str = "", body: str = "") -> str:
    """Return the address of a link that prepares an e-mail (RFC 6068)."""
    fields = {"subject": subject, "body": body.replace("\n", "\r\n")}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items() if value)
    return f"mailto:{quote(email, safe='@+')}" + (f"?{query}" if query else "")
