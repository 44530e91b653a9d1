"""Announcements as letters: a complete message in each language, to which the notifier adds the addressee.

Text and HTML are rendered from the same blocks, so they cannot differ.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from email.message import EmailMessage
from email.policy import SMTP

from changelog.before_after import CELL_SEPARATOR
from changelog.versions import Version
from common.mail_headers import set_mailbox, set_subject
from generator.context import JSON_SCHEMA, SiteContext, SiteFile
from generator.letter_bodies import build_letter_body
from generator.message_redlines import UNNUMBERED_ITEM
from policy.blocks import Block, render_line
from policy.fields import Locale
from policy.models import Channel, Told


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
    mail = version.settings.mail
    metadata = {
        "schema": JSON_SCHEMA,
        "version": version.number,
        # The notifier sends nothing more of the versions that this one takes the place of.
        **{key: list(numbers) for key, numbers in _list_replaced_versions(version).items() if numbers},
        "level": version.level,
        "published": str(version.published),
        "effective": str(version.effective),
        "lead_days": version.lead_days,
        "languages": list(version.documents),
        "sha256": digests,
        "entry": version.entry_hash,
        **_describe_audiences(version),
        # The envelope is the notifier's: no header of the letter has this address.
        **({"bounce": mail.bounce} if mail and mail.bounce else {}),
        # More than before: the notifier sends no letter any more that still has the words.
        **({"redactions": redactions} if (redactions := count_redactions(site, version)) else {}),
    }
    yield SiteFile("letter.json", json.dumps(metadata, ensure_ascii=False, indent=1) + "\n")


def count_redactions(site: SiteContext, version: Version) -> int:
    """Return how many rows of redactions.yaml have removed words from a version or its redline."""
    bases = [site.find_redline_base(version, locale) for locale in version.documents]
    rows = {row.effect for shown in (version, *bases) if shown for row in shown.redactions}
    return len(rows)


def _list_replaced_versions(version: Version) -> Mapping[str, tuple[str, ...]]:
    return {"withdraws": version.withdraws, "brings_forward": version.brings_forward}


def _describe_audiences(version: Version) -> dict[str, object]:
    """Return whom a version concerns, whether only they get the letter, and which audiences there are."""
    if not version.affects:
        return {}
    return {
        "affects": list(version.affects),
        "tell": (Told.AFFECTED if version.tells_only_affected else Told.EVERYBODY).value,
        "audiences": [row.id for row in version.policy.facts.audiences],
    }


def _render_message(site: SiteContext, version: Version, locale: Locale) -> bytes:
    """Render a message (RFC 5322) without To, Date and Message-ID, which the notifier sets."""
    body = build_letter_body(site, version, locale)
    mail, controller = version.settings.mail, version.settings.controller
    message = EmailMessage(policy=SMTP)
    set_mailbox(message, "From", controller.name.get_text(locale), find_sender_address(version))
    if mail and mail.reply_to:
        set_mailbox(message, "Reply-To", "", mail.reply_to)
    set_subject(message, body.subject)
    message["Policy-Log-Entry"] = version.entry_hash
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: vacation responders do not answer it
    # Exchange does not follow RFC 3834. "All" would suppress the reports of letters that bounced too.
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(format_text(body.blocks), cte="quoted-printable")
    message.add_alternative(body.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = locale
    for part in message.iter_parts():
        del part["MIME-Version"]  # it belongs to the message, not to its parts (RFC 2045 §4)
    # The library's boundary is random: the same letter must have the same bytes in every build.
    message.set_boundary(f"klartekst-{version.entry_hash[:24]}")
    return message.as_bytes()


def format_text(body: Iterable[Block]) -> str:
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
            attrs = dict(item.attrs)
            number = int(attrs.get("value", number))
            is_numbered = block.tag == "ol" and attrs.get("style") != UNNUMBERED_ITEM
            sign = f"{number}." if is_numbered else "-"
            first, *rest = [*_render_lines(item)] or [""]
            yield f"{sign} {first}".rstrip()
            yield from (f"  {line}" for line in rest)
            number += 1
    else:
        for child in block.children:
            yield from _render_lines(child)
