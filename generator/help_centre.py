"""Announcements for the help centre: an overview, a page each, a fragment and JSON for other systems."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from changelog.announcements import Announcement
from changelog.versions import NoteText, Version
from common.errors import InputError
from generator.concerned import format_concerned
from generator.context import (
    JSON_SCHEMA,
    SiteContext,
    SiteFile,
    format_status_line,
    format_withdrawal,
)
from generator.fact_rows import build_fact_rows
from generator.frame import build_frame
from generator.note_leads import drop_footnotes, find_room, split_summary
from generator.notice_lines import NoticeLine, list_notice_lines
from generator.page_models import AnnouncementView, HelpCentrePage
from generator.urls import relative_url
from generator.view_models import Tab
from languages.loader import get_language
from policy.blocks import Block, TextRun, render_prose
from policy.fields import Locale
from policy.localization import format_day
from policy.models import Channel

# notice.js and the WordPress plugin refuse a file beyond these limits as a whole (docs/reference/output.md).
_FILE_LIMIT = 256 * 1024
_LIST_LIMIT = 100
_TEXT_LIMIT = 20_000
_SENTENCE_LIMIT = 3  # of the summary in a notice
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def render_help_centre_files(site: SiteContext, locale: Locale) -> Iterator[SiteFile]:
    """Render the help centre in one language."""
    announcements = [
        announcement
        for announcement in site.announcements
        if announcement.is_in_help_centre and locale in announcement.version.documents
    ]
    yield _render_overview(site, locale, announcements)
    yield _render_fragment(site, locale, announcements)
    for announcement in announcements:
        yield _render_announcement(site, locale, announcement)


def _render_overview(site: SiteContext, locale: Locale, announcements: Sequence[Announcement]) -> SiteFile:
    here = site.urls.help_centre_path(locale)
    href = partial(relative_url, here)
    page = HelpCentrePage(
        [_build_announcement_view(site, announcement, locale, href) for announcement in announcements]
    )
    frame = build_frame(site, locale, site.urls.help_centre_path, site.locales, Tab.CHANGES)
    text = site.renderer.render("help_centre.html.j2", locale, frame=frame, page=page)
    return SiteFile(f"{here}index.html", text)


def _render_fragment(site: SiteContext, locale: Locale, announcements: Sequence[Announcement]) -> SiteFile:
    """Render the current announcements for another site's page, hence with absolute addresses."""
    page = HelpCentrePage(
        [
            _build_announcement_view(site, announcement, locale, lambda path: site.base_url + path)
            for announcement in announcements
            if announcement.is_shown_on(site.today)
        ]
    )
    text = site.renderer.render("help_centre_fragment.html.j2", locale, page=page)
    return SiteFile(f"api/help-centre.{locale}.htm", text)


def _render_announcement(site: SiteContext, locale: Locale, announcement: Announcement) -> SiteFile:
    path_in = partial(site.urls.help_centre_path, number=announcement.version.number)
    here = path_in(locale)
    view = _build_announcement_view(site, announcement, locale, partial(relative_url, here))
    frame = build_frame(site, locale, path_in, list(announcement.version.documents), Tab.CHANGES)
    text = site.renderer.render("announcement.html.j2", locale, frame=frame, announcement=view)
    return SiteFile(f"{here}index.html", text)


def format_announcement_title(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return the title of an announcement, the same in every channel: that of its note if it has one."""
    if title := version.note_texts[locale].title:
        return title
    gettext = site.renderer.get_translator(locale)
    name = site.get_title(locale)
    if version.withdraws:
        day = format_day(site.log.get_version(version.withdraws[0]).effective, locale)
        return gettext("{title}: the change announced for {day} is withdrawn").format(title=name, day=day)
    day = format_day(version.effective, locale)
    # Several versions may take effect on one day.
    line = gettext("{title}: changes from {day} (version {number})")
    return line.format(title=name, day=day, number=version.number)


def _build_announcement_view(
    site: SiteContext, announcement: Announcement, locale: Locale, href: Callable[[str], str]
) -> AnnouncementView:
    """Return an announcement for a template; `href` turns a path of the site into a link."""
    version = announcement.version
    before = site.find_redline_base(version, locale)
    is_upcoming = version.effective > site.today and not version.withdrawn_by
    return AnnouncementView(
        number=version.number,
        title=format_announcement_title(site, version, locale),
        status=format_status_line(site, version, locale),
        concerned=format_concerned(site, version, locale),
        note=version.note_texts[locale],
        is_current=announcement.is_shown_on(site.today),
        is_withdrawn=bool(version.withdrawn_by),
        facts=build_fact_rows(site, before, version, locale) if before else None,
        href=href(site.urls.help_centre_path(locale, version.number)),
        version_href=href(site.urls.version_path(locale, version.number)),
        changes_href=href(site.urls.changes_path(locale, version.number)) if before else "",
        notice=_format_notice(site, announcement, locale),
        upcoming_href=href(site.urls.upcoming_path(locale)) if is_upcoming else "",
    )


def _format_notice(site: SiteContext, announcement: Announcement, locale: Locale) -> str:
    """Return in a sentence that an announcement is over, and why; nothing while it is shown."""
    gettext = site.renderer.get_translator(locale)
    if announcement.version.withdrawn_by:
        return gettext("What was announced here has been withdrawn.")
    return "" if announcement.is_shown_on(site.today) else gettext("This is an earlier announcement.")


def render_announcements_json(site: SiteContext) -> str:
    """Render `api/announcements.json`: the announcements of the day of the build, newest first.

    `languages` has all that a notice needs to know of the languages of the site and of its announcements.
    Raises InputError if it is longer than notices accept, or a text of it.
    """
    shown = [announcement for announcement in site.announcements if announcement.is_shown_on(site.today)]
    announced = {locale for announcement in shown for locale in announcement.version.documents}
    languages = [
        _describe_language(site, locale)
        for locale in site.locales
        if locale in announced.union(site.log.policy.languages)
    ]
    rows: list[dict[str, Any]] = [
        {
            "version": announcement.version.number,
            "entry": announcement.version.entry_hash,
            "level": announcement.version.level,
            "channels": [channel.value for channel in announcement.version.channels],
            "published": str(announcement.version.published),
            "effective": str(announcement.version.effective),
            "until": str(announcement.until),
            "affects": list(announcement.version.affects),
            "languages": {
                locale: _describe_in_language(site, announcement.version, locale)
                for locale in announcement.version.documents
            },
        }
        for announcement in shown
    ]
    data = {
        "schema": JSON_SCHEMA,
        "built": str(site.today),
        "languages": languages,
        "announcements": rows,
    }
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    _reject_unshowable(rows, len(text.encode()))
    return text


def _reject_unshowable(rows: Sequence[dict[str, Any]], size: int) -> None:
    """Raise InputError if notices would not show announcements: nobody would be told of any of them."""
    for row in rows:
        for locale, texts in row["languages"].items():
            for name in ("title", "summary", "action"):
                problem = _find_text_problem(texts[name])
                if name != "title" and len(texts[f"{name}_lines"]) > _LIST_LIMIT:
                    problem = f"has more than {_LIST_LIMIT} paragraphs and items of lists"
                if problem:
                    raise InputError(
                        f"version {row['version']}: the {name} of its note in '{locale}' {problem}, "
                        "and notices on websites would show nothing; correct the note"
                    )
    if size > _FILE_LIMIT or len(rows) > _LIST_LIMIT:
        raise InputError(
            f"api/announcements.json has {size // 1024} kB (announcements: {len(rows)}), and notices on "
            f"websites show nothing of one beyond {_FILE_LIMIT // 1024} kB or {_LIST_LIMIT} announcements: "
            "shorten the notes, or lower 'show_days' in policy.yaml"
        )


def _find_text_problem(text: str) -> str:
    """Return what is wrong with a text for a notice; empty if nothing is, or if there is no text."""
    if len(text) > _TEXT_LIMIT:
        return f"has more than {_TEXT_LIMIT:,} characters"
    if _CONTROL_CHARACTER.search(text):
        return "has a control character"
    return "" if not text or any(map(str.isalnum, text)) else "has no letter or digit"


def _describe_language(site: SiteContext, locale: Locale) -> dict[str, object]:
    words = get_language(locale).words
    # The front page of a language that was dropped shows an old version: nobody should be sent there.
    is_current = locale in site.log.policy.languages
    return {
        "code": locale,
        "readers": words.readers,
        "home": site.base_url + site.urls.home_path(locale) if is_current else None,
        "labels": words.notice.model_dump(exclude={"effective"}),
    }


def _describe_in_language(site: SiteContext, version: Version, locale: Locale) -> dict[str, Any]:
    note = version.note_texts[locale]
    base = site.find_cumulative_changes_base(version, locale)
    before = site.find_redline_base(version, locale)
    facts = build_fact_rows(site, before, version, locale) if before else None
    words = get_language(locale).words.notice
    title = format_announcement_title(site, version, locale)
    concerned = format_concerned(site, version, locale)
    effective_line = format_withdrawal(site, version, locale) or words.effective.format(
        day=format_day(version.effective, locale)
    )
    return {
        "title": title,
        "effective_line": effective_line,
        "summary": render_prose(note.summary),
        "action": render_prose(note.action),
        **_describe_lines(note, locale, (words.heading, title, effective_line), concerned),
        "facts": list(facts.lines) if facts else [],
        "unchanged": list(facts.unchanged) if facts else [],
        "url": site.base_url + site.urls.version_path(locale, version.number),
        "changes_url": site.base_url + site.urls.changes_path(locale, version.number)
        if site.find_redline_base(version, locale)
        else None,
        "announcement_url": site.base_url + site.urls.help_centre_path(locale, version.number)
        if Channel.HELP_CENTRE in version.channels
        else None,
        "since_url": site.base_url + site.urls.cumulative_changes_path(locale, base.number) if base else None,
    }


def _describe_lines(
    note: NoteText, locale: Locale, opening: Sequence[str], concerned: str
) -> dict[str, list[NoticeLine]]:
    """Return what a notice shows below its title and day, the `opening` that is read out before.

    The first line says whom the change concerns, if the note does.
    """
    summary, action = drop_footnotes(note.summary), drop_footnotes(note.action)
    room = sys.maxsize
    if action:
        heading = Block("p", runs=(TextRun(get_language(locale).words.notice.action),))
        room = find_room((*opening, concerned), (heading, *action), locale)
    first = list_notice_lines([Block("p", runs=(TextRun(concerned),))])
    lead, _ = split_summary(summary, locale, word_limit=room, sentence_limit=_SENTENCE_LIMIT)
    return {
        "summary_lines": [*first, *(list_notice_lines(lead) or list_notice_lines(summary))],
        "action_lines": list_notice_lines(action),
    }
