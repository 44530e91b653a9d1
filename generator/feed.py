"""The change log as an Atom feed (RFC 4287): each version with its full note and redline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from changelog.redline import RedlineKind, SectionRedline
from changelog.redline_excerpts import SectionExcerpt, select_changes
from changelog.redline_helpers import add_helper_words
from changelog.redline_words import UNCHANGED
from changelog.versions import Version
from generator import views
from generator.context import SiteContext, format_permanent_status
from generator.fact_rows import build_fact_blocks
from generator.page_models import Feed, FeedEntry, FeedSection
from generator.rendering import Renderer
from generator.view_models import VersionState
from policy.blocks import Block
from policy.fields import Locale

# A feed with every version would grow without end; readers of feeds keep what they have seen.
_MAX_ENTRIES = 50


def render_feed(site: SiteContext, locale: Locale, read_entry: Callable[[Version], str]) -> str:
    """Render `feed.xml` of one language: the newest 50 versions, newest first.

    `read_entry` returns a version's own entry, which is stored in its folder: no later version changes it.
    """
    newest_first = (version for version in reversed(site.log.versions) if locale in version.documents)
    versions = list(newest_first)[:_MAX_ENTRIES]
    feed = Feed(
        title=site.get_title(locale),
        author=site.find_settings(locale).controller.name.get_text(locale),
        address=site.base_url + site.urls.feed_path(locale),
        changelog_href=site.base_url + site.urls.changelog_path(locale),
        updated=max(map(_format_last_update, versions)),
        entries=[site.renderer.mark_safe(read_entry(version)) for version in versions],
    )
    return site.renderer.render_xml("feed.xml.j2", locale, feed=feed)


def render_feed_entry(
    site: SiteContext, version: Version, locale: Locale, redlines: Iterable[SectionRedline]
) -> str:
    """Render a version's entry of the feed: its note, and what it changes in each section."""
    gettext = site.renderer.get_translator(locale)
    number = version.number
    before = site.find_redline_base(version, locale)
    path_in = site.urls.changes_path if before else site.urls.version_path
    title = version.note_texts[locale].title or views.format_level(version.level, gettext)
    withdrawn = views.format_state(VersionState.WITHDRAWN, gettext) if version.withdrawn_by else ""
    entry = FeedEntry(
        title=f"{gettext('Version')} {number}: {title}" + (f" ({withdrawn})" if withdrawn else ""),
        href=site.base_url + path_in(locale, number),
        published=f"{version.published}T00:00:00Z",
        updated=_format_last_update(version),
        status=format_permanent_status(site, version, locale) if version.withdrawn_by else "",
        note=version.note_texts[locale],
        facts=build_fact_blocks(site, before, version, locale) if before else (),
        sections=list(_build_sections(site.renderer, locale, redlines)),
    )
    return site.renderer.render_xml("feed_entry.xml.j2", locale, entry=entry)


_MOVED_KINDS = {RedlineKind.MOVED_HERE, RedlineKind.MOVED_AWAY}


def _build_sections(
    renderer: Renderer, locale: Locale, redlines: Iterable[SectionRedline]
) -> Iterator[FeedSection]:
    """Yield what changed in each section; one that moved is whole at both places, as on the page."""
    words = renderer.get_helper_words(locale)
    # Readers of feeds have no style sheet that would set these words apart.
    words = words._replace(moved_here=f"[{words.moved_here}]", moved_away=f"[{words.moved_away}]")
    for redline in redlines:
        if not redline.has_own_change:
            continue
        title = Block("h2", runs=redline.title)
        excerpt = SectionExcerpt(title, redline.blocks)
        if redline.kind not in _MOVED_KINDS:
            excerpt = select_changes(redline)
        announced = views.ANNOUNCED_MARKS.get(redline.kind, UNCHANGED)
        heading, *blocks = add_helper_words((excerpt.title, *excerpt.blocks), words, announced)
        yield FeedSection(
            redline.kind,
            renderer.render_blocks(locale, (replace(heading, tag="text", attrs=()),)),
            views.find_section_label(renderer, locale, redline),
            renderer.render_blocks(locale, blocks),
        )


def _format_last_update(version: Version) -> str:
    """Return when the entry of a version last changed (RFC 3339), so that readers fetch it again.

    No time of day is published: the seconds count the corrections, of which one day may have several.
    """
    day, correction_count = version.last_update
    minutes, seconds = divmod(min(correction_count, 3599), 60)
    return f"{day}T00:{minutes:02}:{seconds:02}Z"
