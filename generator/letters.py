"""Announcements as letters: a complete message a language, to which the notifier adds who gets it when.

Text and HTML are two prints of the same blocks, so they cannot say different things. No link leads elsewhere
than below `base_url`, nothing is loaded, nothing is tracked, nothing is praised (markedsføringsloven § 15).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from itertools import groupby
from typing import TYPE_CHECKING

from changelog.redline import compute_redline, map_to_current_ids
from generator import urls
from generator.context import SiteFile
from generator.help_centre import announcement_title
from policy.blocks import Block, TextRun, iter_leaves, render_text
from policy.localization import format_day
from policy.models import Channel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from changelog.redline import SectionRedline
    from changelog.versions import Version
    from generator.context import SiteContext
    from policy.fields import Locale

# Mail programs know little of style sheets: each element carries its own look, in the reader's colours.
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


def sender_address(version: Version) -> str:
    """Give the address that letters of a version come from; empty where its settings name none."""
    mail, controller = version.settings.mail, version.settings.controller
    return (mail.from_ if mail else controller.email) or ""


def has_letter(version: Version) -> bool:
    """Whether there is a letter to print: mail was promised, and there is an address to send it from."""
    return Channel.EMAIL in version.channels and bool(sender_address(version))


def render_letter_files(edition: SiteContext, version: Version) -> Iterator[SiteFile]:
    """Print `nb.eml`, `en.eml` and `letter.json` of one announced version (contract §5)."""
    digests = {}
    for locale in version.documents:
        message = _message(edition, version, locale)
        digests[locale] = hashlib.sha256(message).hexdigest()
        yield SiteFile(f"{locale}.eml", message.decode("ascii"))
    seal = {
        "schema": 1,
        "version": version.number,
        "level": version.level,
        "published": str(version.published),
        "effective": str(version.effective),
        "languages": list(version.documents),
        "sha256": digests,
        "text_sha256": dict(version.text_sha256),
        "chain_sha256": version.chain_sha256,
    }
    yield SiteFile("letter.json", json.dumps(seal, ensure_ascii=False, indent=1) + "\n")


def _message(edition: SiteContext, version: Version, locale: Locale) -> bytes:
    """Print one message, RFC 5322, without To, Date and Message-ID: those are the notifier's to set."""
    body = tuple(_body(edition, version, locale))
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(
        version.settings.controller.name.in_locale(locale), addr_spec=sender_address(version)
    )
    if version.settings.mail and version.settings.mail.reply_to:
        message["Reply-To"] = Address(addr_spec=version.settings.mail.reply_to)
    message["Subject"] = announcement_title(edition, version, locale)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday message answers it
    message.set_content(_as_text(body), cte="quoted-printable")
    html = edition.renderer.render("mail/letter.html.j2", locale, {
        "subject": announcement_title(edition, version, locale),
        "body": edition.renderer.render_mail_blocks(body, _STYLES),
    })  # fmt: skip
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = locale
    for part in message.iter_parts():
        del part["MIME-Version"]  # it belongs to the whole (RFC 2045 §4)
    message.set_boundary(f"klartekst-{version.chain_sha256[:24]}")
    return message.as_bytes()


def _body(edition: SiteContext, version: Version, locale: Locale) -> Iterator[Block]:
    """Tell what changes, what the reader can do before it does, where it stands, and every changed word."""
    say = edition.renderer.translator(locale)
    told, before = version.note_texts[locale], edition.predecessor(version)
    effective = format_day(version.effective, locale)
    yield _line("h1", announcement_title(edition, version, locale))
    yield _line("p", say("The change applies from {day}.").format(day=effective))
    yield from _unlinked(told.summary)
    if told.action:
        yield _line("h2", say("What you can do before {day}").format(day=effective))
        yield from _unlinked(told.action)
    if told.reason:
        yield _line("h2", say("Why the policy changes"))
        yield from _unlinked(told.reason)
    yield _line("h2", say("Read more"))
    yield Block("ul", tuple(Block("li", runs=runs) for runs in _links(edition, version, locale)))
    if before and locale in before.documents:
        names = map_to_current_ids([version.documents[locale]], edition.log.policy.aliases)
        yield _line("h2", say("Every changed word"))
        yield _line("p", say("Added words stand in [added: …], deleted ones in [deleted: …]."))
        for change in compute_redline(before.documents[locale], version.documents[locale], names):
            yield from _spelled(_changed(change), say)


def _line(tag: str, words: str) -> Block:
    return Block(tag, runs=(TextRun(words),))


def _links(edition: SiteContext, version: Version, locale: Locale) -> Iterator[tuple[TextRun, ...]]:
    say = edition.renderer.translator(locale)
    base, number = edition.base_url, version.number
    yield (TextRun(say("The coming policy, whole"), base + urls.version_path(locale, number)),)
    before = edition.predecessor(version)
    if before and locale in before.documents:
        yield (TextRun(say("What changes, word by word"), base + urls.changes_path(locale, number)),)
    if known := edition.last_announced_before(version, locale):
        words = say("All that changed since version {number}").format(number=known.number)
        yield (TextRun(words, base + urls.since_path(locale, known.number)),)
    yield (TextRun(say("All changes there ever were"), f"{base}{urls.changelog_path(locale)}#v{number}"),)


def _changed(change: SectionRedline) -> tuple[Block, ...]:
    """Give what changed in a section: its title, and the blocks that hold a mark."""
    if change.kind == "same":
        return ()
    changed = tuple(
        block
        for block in change.blocks
        if any(
            mark in {"ins", "del"}
            for leaf in iter_leaves((block,))
            for run in leaf.runs
            for mark in run.marks
        )
    )
    return (Block("h3", runs=change.title), *changed)


def _unlinked(content: Iterable[Block]) -> tuple[Block, ...]:
    """Keep the words of links and not where they lead: a letter leads only to the policy itself."""
    return tuple(
        _mapped(block, lambda runs: tuple(replace(run, href="") for run in runs)) for block in content
    )


def _spelled(content: Iterable[Block], say: Callable[[str], str]) -> tuple[Block, ...]:
    """Write out what a mark means, for those who see none and for screen readers that say none."""

    def spell(runs: tuple[TextRun, ...]) -> tuple[TextRun, ...]:
        spelled: list[TextRun] = []
        for mark, group in groupby(runs, key=_mark):
            own = [replace(run, href="") for run in group if "note" not in run.marks]
            if mark and own:
                opening = say("[added: ") if mark == "ins" else say("[deleted: ")
                own[0] = replace(own[0], text=opening + own[0].text)
                last = own[-1].text
                own[-1] = replace(own[-1], text=last.rstrip() + "]" + last[len(last.rstrip()) :])
            spelled += own
        return tuple(spelled)

    return tuple(_mapped(block, spell) for block in content)


def _mark(run: TextRun) -> str:
    return next((mark for mark in run.marks if mark in {"ins", "del"}), "")


def _mapped(block: Block, change: Callable[[tuple[TextRun, ...]], tuple[TextRun, ...]]) -> Block:
    if block.is_leaf:
        return replace(block, runs=change(block.runs), attrs=())
    return replace(block, children=tuple(_mapped(child, change) for child in block.children), attrs=())


def _as_text(body: Iterable[Block]) -> str:
    """Print the letter as text: a heading stands by itself, a list's items each behind a dash."""
    lines = []
    for block in body:
        if block.tag in {"ul", "ol"}:
            lines.append("\n".join(f"- {render_text((item,))}" for item in block.children))
        else:
            lines.append(render_text((block,)))
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(lines)) + "\n"
