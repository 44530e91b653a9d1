"""Recognize reports without fields, from servers that are older than RFC 3464 or do not follow it.

Their words differ, but they say that delivery failed, and then return the message or its headers: qmail
(https://cr.yp.to/proto/qsbmf.txt), old releases of Exim, Exchange, Notes, Gmail, Yahoo and others. People
quote such texts, and servers send other messages, so a report must come from a mail system, say that delivery
failed before what it returns, and not say that it goes on trying.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from notifier.mime_parts import Part, parse_fields, parse_part

# Words of subjects and texts; case is ignored, and white space is one blank.
_FAILURE = re.compile(
    r"permanent (?:fatal )?(?:error|failure)|failed permanently|unable to deliver|not able to deliver"
    r"|(?:couldn't|could not|cannot|can't|not) be delivered|(?:has|have|was|were) not (?:been )?delivered"
    r"|wasn't (?:able to deliver|delivered)|did not reach|delivery (?:has )?fail|mail (?:delivery )?fail"
    r"|error delivering|while trying to deliver|attempting to deliver|fatal errors|failed addresses"
    r"|failure (?:notice|reason)|\(failure\)|action: failed|user unknown|unknown user|no such user|undeliver"
    r"|returned mail|returned to sender|exceeds allowed|kunne ikke leveres|konnte nicht zugestellt werden"
    r"|\b55[0-4][ -]",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"not yet been delivered|(?:has been|is|was) delayed|delayed mail|\(delay\)|warning message only"
    r"|warning: could not send|do not need to resend|will (?:be retried|keep trying|continue to try"
    r"|try again|retry)|attempts will continue|still (?:being retried|trying)|action: delayed",
    re.IGNORECASE,
)
_MESSAGE_ID_LINE = re.compile(
    rb"^([ \t]*)message-id:[ \t]*(?:\n[ \t]+)?<[^<>\s]{1,998}>", re.IGNORECASE | re.MULTILINE
)
_DAEMON = re.compile(r'"?(?:mail(?:er)?[- ]?daemon|mail[-. ]deliver|postmaster)', re.IGNORECASE)
_MAX_BYTES = 1 << 16  # of a text in which headers are looked for; reasons of servers are short


@dataclass(frozen=True, slots=True)
class TextReport:
    """The words of a server about a failure, and the headers of the message that it returns."""

    reason: str
    returned: Part


def parse_text_report(message: Part, parts: list[Part]) -> TextReport | None:
    """Return the report that a message is, or None."""
    if not _is_from_mail_system(message) or not parts or not parts[0].content_type.startswith("text/"):
        return None
    texts = [part.decoded_body for part in parts if part.content_type == "text/plain"]
    body = b"\n\n".join(texts or [parts[0].decoded_body])[:_MAX_BYTES]
    attached = [part.decoded_body for part in parts[1:] if part.is_returned_message]
    if attached:
        reason, returned = body, parse_part(attached[0].lstrip(b"\n"))
    else:
        reason, returned = split_at_headers(body)
    words = " ".join([*message.get("subject").split(), *reason.decode("utf-8", "replace").split()])
    has_failed = _FAILURE.search(words) and not _DELAY.search(words)
    return TextReport(words, returned) if has_failed else None


def split_at_headers(text: bytes) -> tuple[bytes, Part]:
    """Return what is before the first block with a Message-ID in a text, and that block as headers."""
    found = _MESSAGE_ID_LINE.search(text)
    if not found:
        return text, Part({}, b"")
    start = text.rfind(b"\n\n", 0, found.start()) + 1
    end = text.find(b"\n\n", found.end())
    block = text[start : end if end > 0 else len(text)]
    lines = [line.removeprefix(found[1]) for line in block.split(b"\n")]
    return text[:start], Part(parse_fields(b"\n".join(lines)), b"")


def _is_from_mail_system(message: Part) -> bool:
    """Whether the sender is nobody who could be answered (RFC 5321 section 4.5.5)."""
    sender = message.get("from")
    address = sender.rpartition("<")[2] or sender
    return any(
        _DAEMON.match(text.strip()) for text in (address, sender, message.get("return-path").strip("<>"))
    )
