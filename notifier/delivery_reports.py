"""Recognize reports that a letter was not delivered (RFC 3464, and the plain text of older mail servers).

A report counts if it says that delivery failed for good, and names the Message-ID of the letter in what it
returns of it. A delay, a success, a read receipt (RFC 8098), a complaint (RFC 5965) and the reply of somebody
who is away are none: they have another type, another action, or nothing that was returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from notifier.mime_parts import Part, list_parts, parse_fields, parse_message, parse_part
from notifier.text_reports import parse_text_report, split_at_headers

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_OTHER_REPORTS = frozenset(
    {
        "message/feedback-report",
        "message/disposition-notification",
        "message/global-disposition-notification",
    }
)
# The last one is there if the boundary before the returned headers was lost.
_MESSAGE_ID_FIELDS = ("original-message-id", "x-original-message-id", "message-id")
_FAILED = frozenset({"failed", "expired"})  # the latter is no word of the standard, and is used
_PERMANENT = "5"  # the class of a status that no later attempt changes (RFC 3463 section 3.1)
_MESSAGE_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_UNSPECIFIC = re.compile(r"[245]\.0\.0")
_ANGLE_ADDRESS = re.compile(r"<([^<>\s]+)>")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")  # RFC 3461 section 4


@dataclass(frozen=True, slots=True)
class FailureReport:
    """A report that a message was not delivered for good: its Message-ID, and what it says of why and where.

    `status` is an enhanced status code (RFC 3463) or empty, `addresses` are whatever the report names. Only
    if `needs_address` is set, the letter's own addressee must be one of them.
    """

    message_id: str
    status: str
    addresses: tuple[str, ...]
    needs_address: bool = False


def parse_delivery_report(octets: bytes) -> FailureReport | None:
    """Return what a message reports, or None if it reports no failure; never raises an error."""
    message = parse_message(octets)
    # A multipart whose boundaries were lost on the way is text.
    parts = list(list_parts(message)) or [Part({}, message.body)]
    types = {part.content_type for part in parts}
    if types & _OTHER_REPORTS:
        return None
    if types & _STATUS_TYPES:
        return _parse_status_report(message, parts)
    found = parse_text_report(message, parts)
    if found is None:
        return None
    message_id = _find_message_id(found.returned.get("message-id"))
    addresses = _list_addresses(message, [], found.returned)
    return FailureReport(message_id, _find_status(found.reason), addresses) if message_id else None


def _parse_status_report(message: Part, parts: list[Part]) -> FailureReport | None:
    groups = [group for part in parts if part.content_type in _STATUS_TYPES for group in _list_groups(part)]
    failed = [group for group in groups if _has_failed(group)]
    returned = [parse_part(part.decoded_body.lstrip(b"\n")) for part in parts if part.is_returned_message]
    # Some servers return the headers in their text.
    returned += [
        split_at_headers(part.decoded_body)[1] for part in parts if part.content_type == "text/plain"
    ]
    message_id = _choose_message_id(message, groups, returned)
    if not failed or not message_id:
        return None
    return FailureReport(
        message_id, _choose_status(failed[0]), _list_addresses(message, failed, *returned[:1])
    )


def _list_groups(part: Part) -> Iterator[Mapping[str, tuple[str, ...]]]:
    """Yield the groups of fields of a report: the one about the message, and one for each recipient."""
    for block in part.decoded_body.split(b"\n\n"):
        yield parse_fields(block)


def _has_failed(group: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a recipient's group says that delivery failed for good (RFC 3464 section 2.3.3)."""
    action = re.split(r"[\s(;]", _get(group, "action"), maxsplit=1)[0].lower()
    # The action is required. Of a report without one, a permanent status says the same.
    return action in _FAILED or (not action and _find_status(_get(group, "status")).startswith(_PERMANENT))


def _choose_status(group: Mapping[str, tuple[str, ...]]) -> str:
    """Return the status of a recipient; some servers have a better one in the reply that they quote."""
    status, quoted = _find_status(_get(group, "status")), _find_status(_get(group, "diagnostic-code"))
    return quoted if quoted and (not status or _UNSPECIFIC.fullmatch(status)) else status


def _choose_message_id(
    message: Part, groups: list[Mapping[str, tuple[str, ...]]], returned: list[Part]
) -> str:
    """Return the Message-ID of the message that a report is about, or an empty string.

    That of the returned message counts, and no other one beside it. Some servers return nothing, and name the
    message in a field of their own, or as what the report replies to.
    """
    for part in returned:
        if "message-id" in part.headers:
            return _find_message_id(part.get("message-id"))
    fields = [_get(group, name) for name in _MESSAGE_ID_FIELDS for group in groups]
    references = _MESSAGE_ID.findall(message.get("references"))
    candidates = [*fields, message.get("in-reply-to"), *references[-1:]]
    return next(filter(None, map(_find_message_id, candidates)), "")


def _list_addresses(
    message: Part, groups: list[Mapping[str, tuple[str, ...]]], *returned: Part
) -> tuple[str, ...]:
    """Return every address that a report gives for the recipient; whose they are is not known here."""
    named = [_get(group, name) for group in groups for name in ("original-recipient", "final-recipient")]
    named = [address.partition(";")[2].strip() for address in named]
    named += [address.strip() for address in message.get("x-failed-recipients").split(",")]
    for part in returned:
        named += _ANGLE_ADDRESS.findall(part.get("to")) or [part.get("to")]
    spelled = [address.strip("<>") for address in named]
    spelled += [_XTEXT.sub(lambda found: chr(int(found[1], 16)), address) for address in spelled]
    return tuple(dict.fromkeys(filter(None, spelled)))


def _find_message_id(text: str) -> str:
    found = _MESSAGE_ID.search(text)
    return found[0].lower() if found else ""


def _find_status(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else ""


def _get(group: Mapping[str, tuple[str, ...]], name: str) -> str:
    return group.get(name, ("",))[0]
