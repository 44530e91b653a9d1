"""What letters and feed entries say of a version, as blocks, in the order of the page of changes.

A reader who listens hears within the first words what changes, from when, and what can be done about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from changelog.kind_of_change import KindOfChange, find_kind_of_redlines
from changelog.redline import compute_redline
from changelog.redline_sections import SectionRedline
from changelog.section_ids import map_to_current_ids
from changelog.versions import Version
from generator.concerned import format_concerned
from generator.context import SiteContext, format_withdrawal
from generator.fact_rows import build_fact_rows
from generator.message_redlines import ChangedSection, build_changed_sections
from generator.note_leads import find_room, split_summary
from policy.blocks import Block, TextRun, extract_words
from policy.fields import Locale
from policy.localization import format_day, format_term
from policy.models import DataProtectionOfficer

# Many mail programs and readers of feeds ignore style sheets: each element carries its own style, with the
# reader's colours.
MESSAGE_STYLES: Mapping[str, str] = {
    "h1": "font-size:22px;line-height:1.3;margin:0 0 16px",
    "h2": "font-size:18px;line-height:1.3;margin:28px 0 8px",
    "h3": "font-size:16px;line-height:1.3;margin:20px 0 6px",
    "h4": "font-size:15px;line-height:1.3;margin:16px 0 6px",
    "p": "margin:0 0 12px",
    "ul": "margin:0 0 12px;padding-left:22px",
    "ol": "margin:0 0 12px;padding-left:22px",
    "li": "margin:0 0 4px",
    "table": "border-collapse:collapse;width:100%;margin:0 0 12px",
    "th": "text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid #8a94a3",
    "td": "text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid #8a94a3",
    "pre": "margin:0 0 12px;white-space:pre-wrap;overflow-wrap:anywhere",
    "hr": "margin:28px 0 16px;border:0;border-top:1px solid #8a94a3",
    "ins": "text-decoration:underline;font-weight:600",
    "del": "text-decoration:line-through",
}


def create_leaf(tag: str, text: str) -> Block:
    """Return a block with plain text."""
    return Block(tag, runs=(TextRun(text),))


def build_note(
    site: SiteContext, version: Version, locale: Locale, title: str, first_line: str
) -> Iterator[Block]:
    """Yield the days, whom it concerns, the note, what changed of the facts, and whom to ask about it.

    `title` is what a reader has heard before. If that is so much that a listener would not get to what can be
    done, only the first sentences of the summary come before it.
    """
    gettext = site.renderer.get_translator(locale)
    note = version.note_texts[locale]
    action = tuple(_build_action(site, version, locale))
    summary = _show_footnotes(note.summary)
    rest: tuple[Block, ...] = ()
    base = site.find_redline_base(version, locale)
    facts = build_fact_rows(site, base, version, locale) if base else None
    changed = _list_facts(gettext("The changes at a glance"), facts.all_lines if facts else ())
    concerned = format_concerned(site, version, locale)
    room = find_room((title, first_line, concerned), action, locale)
    is_short = not action or len(extract_words((*summary, *changed))) <= room
    if not is_short:
        # The title of a note says what changes.
        summary, rest = split_summary(summary, locale, word_limit=room, least=0 if note.title else 1)
    yield create_leaf("p", first_line)
    if concerned:
        yield create_leaf("p", concerned)
    yield from chain(summary, changed, action) if is_short else chain(summary, action, changed)
    yield from _list_facts(gettext("This has not changed"), facts.unchanged if facts else ())
    if rest:
        yield from _head(gettext("More about this change"), rest)
    if note.reason:
        yield from _head(gettext("Why the policy is changing"), _show_footnotes(note.reason))
    if note.lower_reason:
        heading = gettext("Why this is not announced as a major change")
        yield from _head(heading, _show_footnotes(note.lower_reason))
    if contacts := list(_list_contacts(version, locale, gettext)):
        items = tuple(create_leaf("li", contact) for contact in contacts)
        yield from _head(gettext("Questions?"), (Block("ul", items),))


def _head(heading: str, content: Iterable[Block]) -> Iterator[Block]:
    yield create_leaf("h2", heading)
    yield from content


def _list_facts(heading: str, lines: Sequence[str]) -> tuple[Block, ...]:
    items = tuple(create_leaf("li", line) for line in lines)
    return (create_leaf("h2", heading), Block("ul", items)) if items else ()


def _build_action(site: SiteContext, version: Version, locale: Locale) -> Iterator[Block]:
    """Yield what the reader can do; of a change that is announced ahead, before it takes effect."""
    action = version.note_texts[locale].action
    if not action:
        return
    gettext = site.renderer.get_translator(locale)
    is_ahead = version.effective > version.published and not version.withdraws
    heading = gettext("What you can do before {day}") if is_ahead else gettext("What you can do")
    yield from _head(heading.format(day=format_day(version.effective, locale)), _show_footnotes(action))


def _list_contacts(version: Version, locale: Locale, gettext: Callable[[str], str]) -> Iterator[str]:
    """Yield the controller and the data protection officer, each with its ways of contact."""
    controller, officer = version.settings.controller, version.settings.dpo
    ways = controller.email or controller.phone or controller.website
    if ways:
        yield f"{controller.name.get_text(locale)}: {ways}"
    if officer:
        yield from _describe_officer(officer, locale, gettext)


def _describe_officer(
    officer: DataProtectionOfficer, locale: Locale, gettext: Callable[[str], str]
) -> Iterator[str]:
    name = officer.name.get_text(locale) if officer.name else ""
    ways = ", ".join(filter(None, (name, officer.email, officer.phone)))
    if ways:
        yield f"{gettext('Data protection officer')}: {ways}"


def build_links(site: SiteContext, version: Version, locale: Locale, version_name: str) -> Iterator[Block]:
    """Yield the links to the redline, the version, the cumulative changes and the change log."""
    gettext = site.renderer.get_translator(locale)
    links = tuple(Block("li", runs=(link,)) for link in _list_links(site, version, locale, version_name))
    yield from _head(gettext("Read more"), (Block("ul", links),))


def _list_links(site: SiteContext, version: Version, locale: Locale, version_name: str) -> Iterator[TextRun]:
    gettext = site.renderer.get_translator(locale)
    base, number = site.base_url, version.number
    if has_redline(site, version, locale):
        yield TextRun(gettext("See the changes word by word"), base + site.urls.changes_path(locale, number))
    yield TextRun(version_name, base + site.urls.version_path(locale, number))
    if base_version := site.find_cumulative_changes_base(version, locale):
        text = gettext("Everything that has changed since version {number}").format(
            number=base_version.number
        )
        yield TextRun(text, base + site.urls.cumulative_changes_path(locale, base_version.number))
    anchor = f"{site.urls.changelog_path(locale)}#v{number}"
    yield TextRun(gettext("Full change log"), base + anchor)


def has_redline(site: SiteContext, version: Version, locale: Locale) -> bool:
    """Whether a message of a version shows a redline, and leads to the page of it."""
    return site.find_redline_base(version, locale) is not None and not only_withdraws(version)


def only_withdraws(version: Version) -> bool:
    """Whether a version only withdraws others, and says that the text stays as it was."""
    return bool(version.withdraws) and not version.touched_sections.ids


def compute_sections(site: SiteContext, version: Version, locale: Locale) -> Sequence[SectionRedline]:
    """Return the redline of a version; empty if its messages show none."""
    before = site.find_redline_base(version, locale)
    if before is None or not has_redline(site, version, locale):
        return ()
    document = version.documents[locale]
    ids = map_to_current_ids([document], site.log.policy.current_ids)
    return compute_redline(before.documents[locale], document, ids)


def build_redline(
    site: SiteContext, locale: Locale, sections: Sequence[SectionRedline]
) -> tuple[tuple[Block, ...], tuple[ChangedSection, ...]]:
    """Return the opening of a redline, which says how to read it, and the sections that changed."""
    if not sections:
        return (), ()
    gettext = site.renderer.get_translator(locale)
    kind = find_kind_of_redlines(sections)
    if kind is None:
        return (create_leaf("p", gettext("The text has not changed in this language.")),), ()
    legend = (
        gettext("Added text is shown as [added: …], deleted text as [deleted: …].")
        if kind is KindOfChange.WORDS
        else format_term(f"note.{kind.term}", locale)
    )
    opening = (create_leaf("h2", gettext("Detailed changes")), create_leaf("p", legend))
    words = site.renderer.get_helper_words(locale)
    return opening, tuple(build_changed_sections(sections, words, gettext))


def resolve_links(content: Iterable[Block], resolve: Callable[[str], str]) -> tuple[Block, ...]:
    """Return blocks without anchors and classes, whose links lead where `resolve` says; "" is no link."""
    return tuple(
        replace(
            block,
            children=resolve_links(block.children, resolve),
            runs=tuple(replace(run, href=run.href and resolve(run.href)) for run in block.runs),
            attrs=tuple(pair for pair in block.attrs if pair[0] in {"start", "value"}),
        )
        for block in content
    )


def _show_footnotes(content: Iterable[Block]) -> tuple[Block, ...]:
    """Return the text of a note with the numbers of footnotes as text: no style sheet would draw them."""
    return tuple(
        replace(
            block,
            children=_show_footnotes(block.children),
            runs=tuple(TextRun(f"[{run.text}]") if "footnote" in run.marks else run for run in block.runs),
        )
        for block in content
    )


def format_first_line(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return when a change takes effect, or what it withdraws, as its letter says it."""
    gettext = site.renderer.get_translator(locale)
    takes_effect = gettext("The change takes effect on {day}.")
    return format_withdrawal(site, version, locale) or takes_effect.format(
        day=format_day(version.effective, locale)
    )
