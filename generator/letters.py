"""Announcements as letters: a complete message in each language, to which the notifier adds the addressee.

Text and HTML are rendered from the same blocks, so they cannot differ. A letter links only to addresses below
`base_url`, loads nothing, tracks nothing and praises nothing, so that it is not marketing
(markedsføringsloven § 15).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP

from changelog.before_after import CELL_SEPARATOR
from changelog.kind_of_change import KindOfChange, find_kind_of_redlines
from changelog.redline import compute_redline
from changelog.section_ids import map_to_current_ids
from changelog.versions import Version
from common.mail_headers import set_mailbox, set_subject
from generator.context import JSON_SCHEMA, SiteContext, SiteFile, format_withdrawal
from generator.fact_rows import build_fact_blocks
from generator.help_centre import format_announcement_title
from generator.letter_redlines import build_changed_blocks
from generator.page_models import LetterPage
from policy.blocks import Block, TextRun, render_line
from policy.fields import Locale
from policy.localization import format_day, format_term
from policy.models import Channel

# Many mail programs ignore style sheets: each element carries its own style, with the reader's colours.
_STYLES = {
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
    if before := site.find_redline_base(version, locale):
        yield from build_fact_blocks(site, before, version, locale)
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
    kind = find_kind_of_redlines(sections)
    if kind is None:
        yield _create_leaf("p", gettext("The text has not changed in this language."))
        return
    yield _create_leaf("h2", gettext("Detailed changes"))
    if kind is KindOfChange.WORDS:
        yield _create_leaf("p", gettext("Added text is shown as [added: …], deleted text as [deleted: …]."))
    else:
        yield _create_leaf("p", format_term(f"note.{kind.term}", locale))
    yield from build_changed_blocks(sections, site.renderer.get_helper_words(locale), gettext)


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


def _remove_links(content: Iterable[Block]) -> tuple[Block, ...]:
    """Return blocks with the text of links but no address: a letter links only to the policy itself."""
    return tuple(
        replace(
            block,
            children=_remove_links(block.children),
            runs=tuple(replace(run, href="") for run in block.runs),
            attrs=tuple(pair for pair in block.attrs if pair[0] == "start"),
        )
        for block in content
    )


def _format_text(body: Iterable[Block]) -> str:
    """Return the letter as plain text; items of lists follow a dash or their number, cells a vertical bar."""
    return "\n\n".join(filter(None, ("\n".join(_render_lines(block)) for block in body))) + "\n"


def _render_lines(block: Block) -> Iterator[str]:
    if block.is_leaf:
        yield from filter(None, [render_line(block.runs)])
    elif block.tag == "tr":
        yield CELL_SEPARATOR.join(" ".join(_render_lines(cell)) for cell in block.children)
    elif block.tag in {"ul", "ol"}:
        number = int(dict(block.attrs).get("start", 1))
        for item in block.children:
            number = int(dict(item.attrs).get("value", number))
            sign = f"{number}." if block.tag == "ol" else "-"
            first, *rest = [*_render_lines(item)] or [""]
            yield f"{sign} {first}".rstrip()
            yield from (f"  {line}" for line in rest)
            number += 1
    else:
        for child in block.children:
            yield from _render_lines(child)
