"""The values that templates receive: frozen dataclasses, one per repeated part; pages are in page_models.py.

A template names a field as `page.title`; a field that does not exist is an error (StrictUndefined). Fields of
type `Markup` are HTML that is already escaped; all other text is escaped when it is printed. `href` is an
address as a link on that page needs it: relative, unless the docstring says absolute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from markupsafe import Markup

from changelog.fact_rows import FactRowKind
from changelog.redline_former import FormerSection
from changelog.redline_sections import RedlineKind
from policy.fields import Locale

_MOST_LINES = 20  # of fact rows in a message


class VersionState(StrEnum):
    """The status of a version on the day of the build. The values are CSS classes in the change log."""

    IN_FORCE = "in-force"
    UPCOMING = "upcoming"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    FORMER = "former"


# --- Shared by all pages -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A page in one of its languages: `href` from the current page, `canonical` as an absolute address."""

    locale: Locale
    name: str
    href: str
    canonical: str


@dataclass(frozen=True, slots=True)
class SiteLinks:
    """Addresses that every page's header, footer and `<head>` link to."""

    home: str
    changelog: str
    feed: str
    help_centre: str
    verification: str
    accessibility: str
    stylesheet: str
    script: str
    icon: str


class Tab(StrEnum):
    """A part of the site, which every page of it marks as the current one."""

    POLICY = "policy"
    CHANGES = "changes"
    RIGHTS = "rights"
    CONTACT = "contact"


class TabLink(NamedTuple):
    """The link to a part of the site; `is_here` on the page that it leads to."""

    name: str
    href: str
    is_current: bool
    is_here: bool


class LogoView(NamedTuple):
    """The logo of the organisation, and the size that it is drawn in before the style sheet has its say."""

    href: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """Whose policy it is; `href` leads to their website. What the policy does not say is empty."""

    name: str
    href: str
    logo: LogoView | None
    address: str
    email: str
    email_href: str


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What base.html.j2 puts around every page; `prevailing_notice` is empty if no such notice is needed.

    `description` is of the whole policy, for search engines. `canonical` is empty for a page that has no
    address of its own.
    """

    content_security_policy: str
    title: str
    description: str
    organisation: OrganisationView
    canonical: str
    languages: Sequence[LanguageLink]
    tabs: Sequence[TabLink]
    links: SiteLinks
    prevailing_notice: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link and the language of the page that it leads to."""

    text: str
    href: str
    locale: Locale


# --- A document and a redline --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section of a document; `aliases` are further anchors that lead to it."""

    id: str
    number: int
    title: str
    lang: Locale
    aliases: tuple[str, ...]
    body: Markup


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document: its sections, the entries of its table of contents, the salts of its sections' hashes."""

    sections: Markup
    entries: Markup
    salts: str


class ParagraphChange(NamedTuple):
    """The lines of a changed paragraph or table row before and after; empty if there was or is none.

    `note` has what no word tells: that it moved, leads elsewhere or has another form.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class SectionRedlineView:
    """One section of a redline.

    `anchor` is empty if the new version has no such section there; `place` is the anchor of where it was
    before it moved. `label` says what happened to the section as a whole, with a link to its other place.
    """

    id: str
    number: int
    name: str
    title: Markup
    body: Markup
    kind: RedlineKind
    label: str
    label_href: str
    lang: Locale
    anchor: str
    place: str
    aliases: tuple[str, ...]
    has_deletions: bool
    paragraphs: tuple[ParagraphChange, ...]


@dataclass(frozen=True, slots=True)
class RenderedSectionRedline:
    """One section of a redline as HTML: in the redline itself, and in its table of before and after.

    Before each of the `parts` but the first there is the counter of a change: its number depends on the page.
    An unchanged section has no parts: a page names it only. `former_sections` are gone; their titles stand in
    it.
    """

    id: str
    number: int
    name: str
    lang: Locale
    kind: RedlineKind
    anchor: str
    parts: tuple[Markup, ...]
    before_after: Markup
    has_moves: bool
    former_sections: tuple[FormerSection, ...]


@dataclass(frozen=True, slots=True)
class RedlineView:
    """A redline between two named states.

    `document_href` leads to the page with the unchanged sections; empty if there is none. All ids of the
    redline begin with `prefix`. Without `has_changes`, and with `has_only_other_links` or
    `has_only_other_form`, no word is marked, and the page says why: a change may concern another language
    only.
    """

    old: str
    new: str
    sections: Sequence[RenderedSectionRedline]
    before_after: Markup
    document_href: str
    prefix: str
    change_count: int
    has_changes: bool
    has_moves: bool
    has_insertions: bool
    has_deletions: bool
    has_unchanged_sections: bool
    has_only_other_links: bool
    has_only_other_form: bool


@dataclass(frozen=True, slots=True)
class TouchedSection:
    """A section that a change touches; `label` says how, unless its words changed."""

    name: str
    label: str
    anchor: str = ""


# --- Around the text of a version ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VersionFrameView:
    """The frame of a version: its state, and links to the versions beside it, whose text is a number.

    `notice` says that it does not apply and why; empty for the version in force. `in_force_href` leads to
    what applies; empty while nothing does.
    """

    state: VersionState
    state_name: str
    notice: str
    in_force_href: str
    previous: Link | None
    following: Link | None


@dataclass(frozen=True, slots=True)
class FactRowView:
    """A fact row. `before` or `after` is empty if there is only one value; `line` is all of it on one line.

    `before_word` and `after_word` say what the values are; both are empty if the label says it. `remark` says
    whether a period is longer or shorter.
    """

    kind: FactRowKind
    label: str
    before_word: str
    before: str
    after_word: str
    after: str
    remark: str
    line: str


@dataclass(frozen=True, slots=True)
class FactRowsView:
    """What changed at a glance: the rows that matter most, the others, and what did not change."""

    rows: Sequence[FactRowView]
    hidden_rows: Sequence[FactRowView]
    more: str
    unchanged: Sequence[str]

    @property
    def lines(self) -> Sequence[str]:
        """The rows as lines of text, the last of which says how many more there are."""
        return [*(row.line for row in self.rows), *([self.more] if self.more else [])]

    @property
    def all_lines(self) -> Sequence[str]:
        """The same without leaving any out, unless there are very many: a message has nothing to open."""
        rows = [*self.rows, *self.hidden_rows]
        return [row.line for row in rows] if len(rows) <= _MOST_LINES else self.lines

    @property
    def hidden_count(self) -> int:
        """The number of rows that are collapsed, or left out where nothing can be collapsed."""
        return len(self.hidden_rows)
