"""The change log as an Atom feed (RFC 4287): each version with its full note and redline.

Readers of feeds have no style sheet, and resolve relative addresses each in its own way: an entry is written
like a letter, with styles of its own and absolute addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import takewhile
from urllib.parse import urljoin, urlsplit

from changelog.log_entries import EntryKind, LogEntry
from changelog.redline_sections import SectionRedline
from changelog.versions import Version, VersionLevel
from generator import views
from generator.change_messages import (
    MESSAGE_STYLES,
    build_links,
    build_note,
    build_redline,
    has_redline,
    resolve_links,
)
from generator.context import SiteContext, format_permanent_status
from generator.help_centre import format_announcement_title
from generator.note_leads import drop_footnotes, split_summary
from generator.page_models import Feed, FeedEntry
from generator.view_models import VersionState
from policy.blocks import Block, render_prose
from policy.fields import Locale
from policy.localization import format_day

# A feed with every version would grow without end; readers of feeds keep what they have seen.
_MAX_ENTRIES = 50
_SUMMARY_SENTENCES = 3
_MINUTES_PER_DAY = 24 * 60


def render_feed(site: SiteContext, locale: Locale, read_entry: Callable[[Version], str]) -> str:
    """Render `feed.xml` of one language: the newest 50 versions, newest first.

    `read_entry` returns a version's own entry, which is stored in its folder: no later version changes it.
    """
    newest_first = (version for version in reversed(site.log.versions) if locale in version.documents)
    versions = list(newest_first)[:_MAX_ENTRIES]
    feed = Feed(
        id=_create_id(site, locale),
        title=site.get_title(locale),
        author=site.find_settings(locale).controller.name.get_text(locale),
        address=site.base_url + site.urls.feed_path(locale),
        changelog_href=site.base_url + site.urls.changelog_path(locale),
        updated=_format_moment(max(_find_moments(site, version, locale)[1] for version in versions)),
        entries=[site.renderer.mark_safe(read_entry(version)) for version in versions],
    )
    return site.renderer.render_xml("feed.xml.j2", locale, feed=feed)


def render_feed_entry(
    site: SiteContext, version: Version, locale: Locale, redlines: Sequence[SectionRedline]
) -> str:
    """Render a version's entry of the feed: its note, and what it changes in each section."""
    number = version.number
    path_in = site.urls.changes_path if site.find_redline_base(version, locale) else site.urls.version_path
    title = _format_title(site, version, locale)
    status = _format_status(site, version, locale)
    published, updated = _find_moments(site, version, locale)
    content = _build_content(site, version, locale, redlines, status)
    entry = FeedEntry(
        id=_create_id(site, locale, number),
        title=title,
        href=site.base_url + path_in(locale, number),
        published=_format_moment(published),
        updated=_format_moment(updated),
        summary=f"{status} {_summarize(version.note_texts[locale].summary, locale)}",
        content=site.renderer.render_message_blocks(content, MESSAGE_STYLES),
    )
    return site.renderer.render_xml("feed_entry.xml.j2", locale, entry=entry)


def _summarize(summary: Sequence[Block], locale: Locale) -> str:
    """Return the first sentences of a summary on one line."""
    blocks, _ = split_summary(drop_footnotes(summary), locale, sentence_limit=_SUMMARY_SENTENCES)
    lines = []
    for block in blocks:
        words = "; ".join(render_prose([block]).splitlines())
        lines.append(words if words[-1:] in {"", *".!?…:"} else f"{words}.")
    return " ".join(filter(None, lines))


def _format_status(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return the days of a version, and whether it took effect, in words that stay true."""
    status = format_permanent_status(site, version, locale)
    if version.is_superseded:
        gettext = site.renderer.get_translator(locale)
        status += f" {views.format_state(VersionState.SUPERSEDED, gettext)}."
    return status


def _build_content(
    site: SiteContext, version: Version, locale: Locale, redlines: Sequence[SectionRedline], status: str
) -> Iterator[Block]:
    note = build_note(site, version, locale, _format_title(site, version, locale), status)
    page = site.base_url + site.urls.version_path(locale, version.number)
    yield from resolve_links(note, lambda address: urljoin(page, address))
    gettext = site.renderer.get_translator(locale)
    version_name = gettext("Read version {number} in full").format(number=version.number)
    yield from build_links(site, version, locale, version_name)
    shown = redlines if has_redline(site, version, locale) else ()
    opening, sections = build_redline(site, locale, shown)
    yield from opening
    for section in sections:
        yield from section.blocks


def _create_id(site: SiteContext, locale: Locale, number: str = "") -> str:
    """Return the id of a feed, or of an entry: a `tag:` URI (RFC 4151) that no other address changes.

    The address and the day of the first version name the publisher for good, wherever the site is today.
    """
    first = site.log.versions[0]
    address = urlsplit(first.settings.base_url)
    own = f"{locale}/{number}" if number else locale
    port = address.port or ""
    return f"tag:{address.hostname},{first.published}:{port}{address.path}{own}"


def _format_title(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return the title of the note and the day: that on which the version takes effect, if it does."""
    gettext = site.renderer.get_translator(locale)
    day = format_day(version.effective, locale)
    title = version.note_texts[locale].title
    if version.is_never_in_force:
        state = VersionState.WITHDRAWN if version.withdrawn_by else VersionState.SUPERSEDED
        title = title or format_announcement_title(site, version, locale)
        return f"{title} – {views.format_state(state, gettext).lower()}"
    if version.level is VersionLevel.FIRST:
        line = gettext("{title}: first version, from {day}")
        return line.format(title=site.get_title(locale), day=day)
    if not title:
        return format_announcement_title(site, version, locale)
    return gettext("{title} (from {day})").format(title=title, day=day)


def _find_moments(site: SiteContext, version: Version, locale: Locale) -> tuple[datetime, datetime]:
    """Return when a version was published, and when its entry last changed, so that readers fetch it again.

    No time of day is published: the minutes count the versions of the day before this one, the seconds the
    corrections of its texts and the removals of words from its entry.
    """
    same_day = takewhile(
        lambda other: other.published == version.published, reversed(site.log.list_versions_before(version))
    )
    position = sum(1 for _ in same_day)
    removals = _list_removals(site, version, locale)
    last_day, count = version.last_update
    return (
        _create_moment(version.published, position),
        _create_moment(max((last_day, *removals)), position, count + len(removals)),
    )


def _list_removals(site: SiteContext, version: Version, locale: Locale) -> list[date]:
    """Return the days on which words were removed from a version or from the one that it is compared with."""
    base = site.find_redline_base(version, locale)
    redacted = {one.number for one in (version, base) if one and one.redactions}
    if not redacted:
        return []
    return [
        entry.day
        for entry in site.log.entries
        if entry.kind is EntryKind.REDACTED
        and entry.fields["language"] == locale
        and any(number in redacted for number in _list_numbers(entry))
    ]


def _list_numbers(entry: LogEntry) -> list[str]:
    versions = entry.fields["versions"]
    return list(versions) if isinstance(versions, Mapping) else []


def _create_moment(day: date, minutes: int, seconds: int = 0) -> datetime:
    minutes = min(minutes, _MINUTES_PER_DAY - 1)
    return datetime.combine(day, time(minutes // 60, minutes % 60, min(seconds, 59)), UTC)


def _format_moment(moment: datetime) -> str:
    """Return a moment as in RFC 3339."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
