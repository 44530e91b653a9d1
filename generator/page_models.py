"""The values that the templates of whole pages receive, and of the other files of the site.

Like all view models they are frozen; see generator/view_models.py for what the names of fields mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from changelog.versions import NoteText
from generator.view_models import (
    DocumentView,
    FactRowsView,
    RedlineView,
    TouchedSection,
    VersionFrameView,
)
from policy.fields import Locale


@dataclass(frozen=True, slots=True)
class VersionPage:
    """The permanent page of a version; hrefs are empty if there is no such page in this language."""

    version: str
    status: str
    version_frame: VersionFrameView
    predecessor_href: str
    changes_href: str
    entry_hash: str
    document: DocumentView


@dataclass(frozen=True, slots=True)
class NoteMark:
    """What marks the note of a version on a page, so that its words can be verified: number and salt."""

    number: str
    salt: str


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What changed in one version; `heading` is used unless its note has a title."""

    number: str
    heading: str
    level_name: str
    status: str
    concerned: str
    version_frame: VersionFrameView
    note: NoteText
    note_mark: NoteMark | None
    permanent_href: str
    predecessor_href: str
    touched: Sequence[TouchedSection]
    redline: RedlineView
    facts: FactRowsView | None


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """An announced version; hrefs are absolute in the fragment that another site includes.

    `notice` says that the announcement is over, or why its version never comes into force; empty otherwise.
    `upcoming_href` leads to all that is to change, and is empty if the version is none of that.
    """

    number: str
    title: str
    status: str
    concerned: str
    note: NoteText
    is_current: bool
    is_withdrawn: bool
    facts: FactRowsView | None
    href: str
    version_href: str
    changes_href: str
    notice: str
    upcoming_href: str


@dataclass(frozen=True, slots=True)
class HelpCentrePage:
    """Every announcement, newest first."""

    announcements: Sequence[AnnouncementView]


@dataclass(frozen=True, slots=True)
class VerificationLanguage:
    """A language of the site, with the addresses that verify.js requests; `{version}` in them is a number."""

    locale: Locale
    name: str
    home: str
    changelog: str
    version: str
    changes: str


@dataclass(frozen=True, slots=True)
class VerificationPage:
    """The page that checks the log; `months` has a day of each month, as examples for verify.js."""

    script_href: str
    root_href: str
    log_href: str
    last_day: str
    last_hash: str
    languages: Sequence[VerificationLanguage]
    months: Sequence[str]


# --- Feed, sitemap, letter, server configuration -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One version in the feed: permanent id, absolute address, two moments (RFC 3339), text and HTML."""

    id: str
    title: str
    href: str
    published: str
    updated: str
    summary: str
    content: Markup


@dataclass(frozen=True, slots=True)
class Feed:
    """The Atom feed of one language; addresses are absolute, `entries` are rendered `FeedEntry`s."""

    id: str
    title: str
    author: str
    address: str
    changelog_href: str
    updated: str
    entries: Sequence[Markup]


@dataclass(frozen=True, slots=True)
class SitemapAddress:
    """A page in one language by its absolute address."""

    locale: Locale
    canonical: str


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page, and the same page in every language that has it."""

    canonical: str
    languages: Sequence[SitemapAddress]


@dataclass(frozen=True, slots=True)
class LetterPage:
    """The HTML part of a letter; `preheader` is what mail programs show beside the subject."""

    subject: str
    preheader: str
    body: Markup


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """The content of server configuration files.

    There are headers of every file, and other values of assets and of what is shared with `origins`.
    `text_types` are those types of `content_types`, by suffix, that have a charset.
    """

    base_path: str
    headers: Mapping[str, str]
    asset_headers: Mapping[str, str]
    shared_headers: Mapping[str, str]
    shared_paths: Sequence[str]
    origins: Sequence[str]
    content_types: Mapping[str, str]
    text_types: Mapping[str, str]
    folders_without_page: Sequence[str]
    feed_paths: Sequence[str]
    feed_name: str
    feed_type: str
    configuration_files: Sequence[str]


# --- Pages for editors, not published ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A section of the draft in one language: with its changes marked, and as readers will see it.

    `is_absent`: the draft has no such section at this place.
    """

    locale: Locale
    is_changed: bool
    is_absent: bool
    redline: Markup
    text: Markup


class PreviewGroup(NamedTuple):
    """Sections in order, a row each, whose cells are its languages; either all have changes or none has."""

    has_changes: bool
    rows: Sequence[Sequence[PreviewCell]]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding in the language of the editor: its severity, where it is, what is wrong and what to do."""

    severity: str
    place: str
    problem: str
    rule: str


@dataclass(frozen=True, slots=True)
class PreviewLabels:
    """The words of the preview itself, in the language of the editor."""

    title: str
    unreadable: str
    findings: str
    no_findings: str
    standing: str
    unmarked: str
    unchanged: str


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """The page of `serve`: findings of the change, those from before it, and the draft.

    `errors` are problems outside the files, such as a folder that is missing. Unless `is_readable`, the draft
    is the last one that could be read.
    """

    labels: PreviewLabels
    errors: Sequence[str]
    new_findings: Sequence[FindingView]
    standing_findings: Sequence[FindingView]
    is_readable: bool
    languages: Mapping[Locale, str]
    groups: Sequence[PreviewGroup]
    stylesheet: str


@dataclass(frozen=True, slots=True)
class HistoryVersionView:
    """An older version in the preview of an import; `skip` is why it is left out, empty if it is not."""

    number: int
    version: str
    day: str
    effective: str
    level: str
    skip: str
    comments: Sequence[str]
    redlines: Mapping[Locale, RedlineView]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The preview of `history`: what each older version changes."""

    versions: Sequence[HistoryVersionView]
    stylesheet: str


@dataclass(frozen=True, slots=True)
class DiffPage:
    """The page of `diff --format html`: a redline in each language that differs."""

    old: str
    new: str
    redlines: Mapping[Locale, RedlineView]
    stylesheet: str
