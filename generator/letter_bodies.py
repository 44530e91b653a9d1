"""What a letter says, as blocks and as HTML: its sender, note, purpose, links, redline and log entry.

A letter links only to addresses below `base_url`, loads nothing, tracks nothing and praises nothing, so that
it is not marketing (markedsføringsloven § 15).
"""

from __future__ import annotations

import quopri
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from changelog.versions import Version
from generator.change_messages import (
    MESSAGE_STYLES,
    build_links,
    build_note,
    build_redline,
    compute_sections,
    create_leaf,
    format_first_line,
    only_withdraws,
    resolve_links,
)
from generator.context import SiteContext
from generator.help_centre import format_announcement_title
from generator.line_breaks import join_dates
from generator.message_redlines import ChangedSection
from generator.note_leads import drop_footnotes, split_summary
from generator.page_models import LetterPage
from policy.blocks import Block, TextRun, render_prose
from policy.fields import Locale

# Gmail hides what is beyond 102 kB of HTML. A redline is shortened to keep within it.
HTML_LIMIT = 100_000
_PREHEADER_WORDS = 25  # no mail program shows more
_VISIBLE_DIGITS = 32  # of the entry's hash: 128 bits; the header has all of it


@dataclass(frozen=True, slots=True)
class LetterBody:
    """The subject of a letter, and what it says as blocks and as HTML.

    `omitted` are the names of the sections that changed and that there is no room for.
    """

    subject: str
    blocks: tuple[Block, ...]
    html: str
    omitted: tuple[str, ...]

    @property
    def html_size(self) -> int:
        """The bytes of the HTML as they are transmitted."""
        return _measure(self.html)


def build_letter_body(site: SiteContext, version: Version, locale: Locale) -> LetterBody:
    """Return what the letter of a version says in one language."""
    gettext = site.renderer.get_translator(locale)
    title = format_announcement_title(site, version, locale)
    opening, sections = build_redline(site, locale, compute_sections(site, version, locale))
    first_line = format_first_line(site, version, locale)
    sender = version.settings.controller.name.get_text(locale)
    note = build_note(site, version, locale, f"{sender} {title}", first_line)
    before = (
        Block("p", runs=(TextRun(sender, marks=("strong",)),)),
        create_leaf("h1", title),
        *resolve_links(note, _drop_link),
        *_build_purpose(site, version, locale),
        *build_links(site, version, locale, _name_policy(version, gettext)),
        *opening,
    )
    after = tuple(_build_evidence(site, version, locale))
    render = partial(_render_html, site, locale, title, _format_preheader(version, locale, first_line))
    room = HTML_LIMIT - _measure(render((*before, *after)))
    changes, omitted = _select_sections(site, version, locale, sections, room)
    blocks = (*before, *changes, *after)
    return LetterBody(title, blocks, render(blocks), omitted)


def _name_policy(version: Version, gettext: Callable[[str], str]) -> str:
    """Return the words of the link to the policy: it is no new one if its version only withdraws others."""
    if only_withdraws(version):
        return gettext("Read the policy in full")
    return gettext("Read the new policy in full")


def _drop_link(_address: str) -> str:
    return ""


def _format_preheader(version: Version, locale: Locale, first_line: str) -> str:
    """Return what mail programs show beside the subject: the day unless that has it, and what changes."""
    note = version.note_texts[locale]
    lead, _ = split_summary(drop_footnotes(note.summary), locale, word_limit=_PREHEADER_WORDS)
    return " ".join([*([first_line] if note.title or version.withdraws else []), *render_prose(lead).split()])


def _build_purpose(site: SiteContext, version: Version, locale: Locale) -> Iterator[Block]:
    """Yield who sends the letter, why its reader gets it, and that it is no advertising."""
    gettext = site.renderer.get_translator(locale)
    controller = version.settings.controller
    address = " ".join(controller.address.get_text(locale).split()) if controller.address else ""
    sender = ", ".join(filter(None, (controller.name.get_text(locale), address)))
    yield create_leaf("h2", gettext("Why you get this e-mail"))
    line = gettext(
        "This e-mail is from {sender}. You get it because we have your e-mail address, and because we tell "
        "people by e-mail when we make changes like this to our privacy policy. It is information about your "
        "privacy, not advertising."
    )
    yield create_leaf("p", line.format(sender=sender))


def _render_html(site: SiteContext, locale: Locale, title: str, preheader: str, body: Iterable[Block]) -> str:
    page = LetterPage(title, preheader, site.renderer.render_message_blocks(body, MESSAGE_STYLES))
    return site.renderer.render("mail/letter.html.j2", locale, page=page)


def _measure(html: str) -> int:
    """Return how many bytes HTML has as quoted-printable."""
    encoded = quopri.encodestring(html.encode())
    return len(encoded) + encoded.count(b"\n")  # lines end in CRLF


def _select_sections(
    site: SiteContext, version: Version, locale: Locale, sections: Sequence[ChangedSection], room: int
) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Return the redline, or if there is no room for all of it what fits, and the names of other sections."""

    def measure(blocks: Iterable[Block]) -> int:
        return _measure(join_dates(site.renderer.render_message_blocks(blocks, MESSAGE_STYLES), locale))

    sizes = [measure(section.blocks) for section in sections]
    if sum(sizes) <= room:
        return tuple(block for section in sections for block in section.blocks), ()
    address = site.base_url + site.urls.changes_path(locale, version.number)
    describe = partial(_build_omission, site.renderer.get_translator(locale), address)
    room -= measure(describe([section.name for section in sections]))
    shown: list[Block] = []
    omitted = []
    for section, size in zip(sections, sizes, strict=True):
        if size > room:
            omitted.append(section.name)
            continue
        room -= size
        shown += section.blocks
    return (*shown, *describe(omitted)), tuple(omitted)


def _build_omission(gettext: Callable[[str], str], address: str, names: Sequence[str]) -> tuple[Block, ...]:
    """Return the names of the sections that there is no room for, and the link to their changes."""
    line = gettext("There is no room for all changes in this e-mail. These sections have changed too:")
    link = TextRun(gettext("See the changes word by word"), address)
    return (
        create_leaf("h3", gettext("More changes")),
        create_leaf("p", line),
        Block("ul", tuple(create_leaf("li", name) for name in names)),
        Block("p", runs=(link,)),
    )


def _build_evidence(site: SiteContext, version: Version, locale: Locale) -> Iterator[Block]:
    """Yield how the reader can use the letter as evidence of everything up to its own entry in the log."""
    gettext = site.renderer.get_translator(locale)
    yield Block("hr")
    line = gettext(
        "Keep this e-mail if you want to be able to check later that the change log has not been altered. "
        "Its entry in the log is {hash}."
    )
    yield create_leaf("p", line.format(hash=version.entry_hash[:_VISIBLE_DIGITS]))
    address = site.base_url + site.urls.verification_path(locale)
    yield Block("p", runs=(TextRun(gettext("Check the change log"), address),))
