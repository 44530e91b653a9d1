"""Announcements as letters: a complete message in each language, to which the notifier adds the addressee.

Text and HTML are rendered from the same blocks, so they cannot differ. A letter links only to addresses below
`base_url`, loads nothing, tracks nothing and praises nothing, so that it is not marketing
(markedsføringsloven § 15).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from itertools import groupby

from changelog.redline import RedlineKind, SectionRedline, compute_redline
from changelog.section_ids import map_to_current_ids
from changelog.versions import Version
from common.mail_headers import set_mailbox, set_subject
from generator.context import JSON_SCHEMA, SiteContext, SiteFile, format_withdrawal
from generator.help_centre import format_announcement_title
from generator.page_models import LetterPage
from policy.blocks import Block, TextRun, iter_leaves, render_text
from policy.fields import Locale
from policy.localization import format_day
from policy.models import Channel

# Many mail programs ignore style sheets: each element carries its own style, with the reader's colours.
_STYLES = {
    "h1": "font-size:22px;line-height:1.3;margin:0 0 16px",
    "h2": "font-size:18px;line-height:1.3;margin:28px 0 8px",
    "h3": "font-size:16px;line-height:1.3;margin:20px 0 6px",
    "p": "margin:0 0 12px",
    "ul": "margin:0 0 12px;padding-left:22px",
    "ol": "margin:0 0 12px;padding-left:22px",
    "li": "margin:0 0 4px",
    "table": "border-collapse:collapse;width:100%;margin:0 0 12px",
    "th": "text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid #8a94a3",
    "td": "text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid #8a94a3",
    "ins": "text-decoration:underline;font-weight:600",
    "del": "text-decoration:line-through",
}


_VISIBLE_DIGITS = 32  # of the entry's hash: 128 bits; the header has all of it


def find_sender_address(version: Version) -> str:
    """Return the address that letters of a version are sent from; empty if its settings name none."""
    mail, controller = version.settings.mail, version.settings.controller
    return (mail.from_ if mail else controller.email) or ""


def has_letter(version: Version) -> bool:
    """Whether a version has a letter: it is announced by mail, and there is an address to send it from."""
    return Channel.EMAIL in version.channels and bool(find_sender_address(version))


def render_letter_files(site: SiteContext, version: Version) -> Iterator[SiteFile]:
    """Render the letters of a version, such as `nb.eml`, and `letter.json` (docs/reference/output.md)."""
    digests = {}
    for locale in version.documents:
        message = _render_message(site, version, locale)
        digests[locale] = hashlib.sha256(message).hexdigest()
        # Quoted-printable, so that a letter passes relays without 8BITMIME (RFC 6152) unchanged.
        yield SiteFile(f"{locale}.eml", message.decode("ascii"))
    metadata = {
        "schema": JSON_SCHEMA,
        "version": version.number,
        # The notifier sends nothing more of the versions that this one takes the place of.
        **{key: list(numbers) for key, numbers in _list_replaced_versions(version).items() if numbers},
        "level": version.level,
        "published": str(version.published),
        "effective": str(version.effective),
        "languages": list(version.documents),
        "sha256": digests,
        "entry": version.entry_hash,
        # More than before: the notifier sends no letter any more that still has the words.
        **({"redactions": redactions} if (redactions := _count_redactions(site, version)) else {}),
    }
    yield SiteFile("letter.json", json.dumps(metadata, ensure_ascii=False, indent=1) + "\n")


def _count_redactions(site: SiteContext, version: Version) -> int:
    """Return how many rows of redactions.yaml have removed words from a version or its redline."""
    bases = [site.find_redline_base(version, locale) for locale in version.documents]
    rows = {row.effect for shown in (version, *bases) if shown for row in shown.redactions}
    return len(rows)


def _list_replaced_versions(version: Version) -> Mapping[str, tuple[str, ...]]:
    return {"withdraws": version.withdraws, "brings_forward": version.brings_forward}


def _render_message(site: SiteContext, version: Version, locale: Locale) -> bytes:
    """Render a message (RFC 5322) without To, Date and Message-ID, which the notifier sets."""
    body = tuple(_build_body(site, version, locale))
    subject = format_announcement_title(site, version, locale)
    mail, controller = version.settings.mail, version.settings.controller
    message = EmailMessage(policy=SMTP)
    set_mailbox(message, "From", controller.name.get_text(locale), find_sender_address(version))
    if mail and mail.reply_to:
        set_mailbox(message, "Reply-To", "", mail.reply_to)
    set_subject(message, subject)
    message["Policy-Log-Entry"] = version.entry_hash
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: vacation responders do not answer it
    message.set_content(_format_text(body), cte="quoted-printable")
    html = _format_html(site, subject, body, locale)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = locale
    for part in message.iter_parts():
        del part["MIME-Version"]  # it belongs to the message, not to its parts (RFC 2045 §4)
    # The library's boundary is random: the same letter must have the same bytes in every build.
    message.set_boundary(f"klartekst-{version.entry_hash[:24]}")
    return message.as_bytes()


def render_letter_html(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return the HTML of the letter of a version in one language."""
    body = tuple(_build_body(site, version, locale))
    return _format_html(site, format_announcement_title(site, version, locale), body, locale)


def _format_html(site: SiteContext, subject: str, body: tuple[Block, ...], locale: Locale) -> str:
    page = LetterPage(subject, site.renderer.render_mail_blocks(body, _STYLES))
    return site.renderer.render("mail/letter.html.j2", locale, page=page)


def _build_body(site: SiteContext, version: Version, locale: Locale) -> Iterator[Block]:
    """Yield what changes, what the reader can do before it does, where to read more, and the redline."""
    gettext = site.renderer.get_translator(locale)
    note = version.note_texts[locale]
    effective = format_day(version.effective, locale)
    yield _create_leaf("h1", format_announcement_title(site, version, locale))
    withdrawal = format_withdrawal(site, version, locale)
    takes_effect = gettext("The change takes effect on {day}.").format(day=effective)
    yield _create_leaf("p", withdrawal or takes_effect)
    yield from _remove_links(note.summary)
    if note.action:
        heading = gettext("What you can do") if withdrawal else gettext("What you can do before {day}")
        yield _create_leaf("h2", heading.format(day=effective))
        yield from _remove_links(note.action)
    if note.reason:
        yield _create_leaf("h2", gettext("Why the policy is changing"))
        yield from _remove_links(note.reason)
    yield _create_leaf("h2", gettext("Read more"))
    yield Block("ul", tuple(Block("li", runs=(link,)) for link in _list_links(site, version, locale)))
    yield from _build_redline(site, version, locale)
    yield from _build_evidence(site, version, locale)


def _build_redline(site: SiteContext, version: Version, locale: Locale) -> Iterator[Block]:
    before = site.find_redline_base(version, locale)
    if before is None:
        return
    if _has_unchanged_text(version):
        return
    gettext = site.renderer.get_translator(locale)
    document = version.documents[locale]
    ids = map_to_current_ids([document], site.log.policy.current_ids)
    sections = compute_redline(before.documents[locale], document, ids)
    if all(section.kind is RedlineKind.SAME for section in sections):
        yield _create_leaf("p", gettext("The text has not changed in this language."))
        return
    yield _create_leaf("h2", gettext("Detailed changes"))
    yield _create_leaf("p", gettext("Added text is shown as [added: …], deleted text as [deleted: …]."))
    for section in sections:
        yield from _spell_out_marks(_list_changed_blocks(section), gettext)
        if section.kind is RedlineKind.FORM_CHANGED:
            yield _create_leaf("p", gettext("Only the form of this section has changed, not its words."))


def _has_unchanged_text(version: Version) -> bool:
    """Whether a version only withdraws others: its letter says that the text stays as it was."""
    return bool(version.withdraws) and not version.touched_sections.ids


def _create_leaf(tag: str, text: str) -> Block:
    return Block(tag, runs=(TextRun(text),))


def _list_links(site: SiteContext, version: Version, locale: Locale) -> Iterator[TextRun]:
    gettext = site.renderer.get_translator(locale)
    base, number = site.base_url, version.number
    yield TextRun(gettext("Read the new policy in full"), base + site.urls.version_path(locale, number))
    if site.find_redline_base(version, locale) and not _has_unchanged_text(version):
        yield TextRun(gettext("See the changes word by word"), base + site.urls.changes_path(locale, number))
    if base_version := site.find_cumulative_changes_base(version, locale):
        text = gettext("Everything that has changed since version {number}").format(
            number=base_version.number
        )
        yield TextRun(text, base + site.urls.cumulative_changes_path(locale, base_version.number))
    anchor = f"{site.urls.changelog_path(locale)}#v{number}"
    yield TextRun(gettext("Full change log"), base + anchor)


def _build_evidence(site: SiteContext, version: Version, locale: Locale) -> Iterator[Block]:
    """Yield how the reader can use the letter as evidence of everything up to its own entry in the log."""
    gettext = site.renderer.get_translator(locale)
    line = get_evidence_line(site, locale).format(hash=version.entry_hash[:_VISIBLE_DIGITS])
    yield _create_leaf("p", line)
    address = site.base_url + site.urls.verification_path(locale)
    yield Block("p", runs=(TextRun(gettext("Check the change log"), address),))


def get_evidence_line(site: SiteContext, locale: Locale) -> str:
    """Return the sentences of a letter that name its entry in the log, which is `{hash}` in them."""
    gettext = site.renderer.get_translator(locale)
    return gettext(
        "Keep this e-mail if you want to be able to check later that the change log has not been altered. "
        "Its entry in the log is {hash}."
    )


def _list_changed_blocks(section: SectionRedline) -> tuple[Block, ...]:
    """Return the title of a section and its blocks that contain a mark; nothing if it did not change."""
    if section.kind is RedlineKind.SAME:
        return ()
    changed = tuple(
        block
        for block in section.blocks
        if any(_find_change_mark(run) for leaf in iter_leaves((block,)) for run in leaf.runs)
    )
    return (Block("h3", runs=section.title), *changed)


def _remove_links(content: Iterable[Block]) -> tuple[Block, ...]:
    """Return blocks with the text of links but no address: a letter links only to the policy itself."""
    return tuple(
        _map_runs(block, lambda runs: tuple(replace(run, href="") for run in runs)) for block in content
    )


def _spell_out_marks(content: Iterable[Block], gettext: Callable[[str], str]) -> tuple[Block, ...]:
    """Return blocks with marks in words, for text mail and for screen readers that do not announce them."""
    openings = {"ins": gettext("[added: "), "del": gettext("[deleted: ")}

    def spell_out(runs: tuple[TextRun, ...]) -> tuple[TextRun, ...]:
        result: list[TextRun] = []
        for mark, group in groupby(runs, key=_find_change_mark):
            # Footnote signs have no target in a letter.
            own = [replace(run, href="") for run in group if "footnote" not in run.marks]
            if mark and own:
                own[0] = replace(own[0], text=openings[mark] + own[0].text)
                last = own[-1].text
                # The closing bracket goes before trailing blanks, so that it touches the last word.
                own[-1] = replace(own[-1], text=last.rstrip() + "]" + last[len(last.rstrip()) :])
            result += own
        return tuple(result)

    return tuple(_map_runs(block, spell_out) for block in content)


def _find_change_mark(run: TextRun) -> str:
    """Return `ins`, `del` or nothing."""
    return next((mark for mark in run.marks if mark in {"ins", "del"}), "")


def _map_runs(block: Block, function: Callable[[tuple[TextRun, ...]], tuple[TextRun, ...]]) -> Block:
    """Return a block with `function` applied to the runs of each leaf, and at most a first number."""
    attrs = tuple((name, value) for name, value in block.attrs if name == "start")
    if block.is_leaf:
        return replace(block, runs=function(block.runs), attrs=attrs)
    children = tuple(_map_runs(child, function) for child in block.children)
    return replace(block, children=children, attrs=attrs)


def _format_text(body: Iterable[Block]) -> str:
    """Return the letter as plain text: list items on lines of their own, after a dash or their number."""
    paragraphs = []
    for block in body:
        if block.tag == "ul":
            paragraphs.append("\n".join(f"- {render_text((item,))}" for item in block.children))
        else:
            paragraphs.append(render_text((block,)))
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(paragraphs)) + "\n"
