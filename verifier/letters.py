"""Finds the entry of the log that a saved letter names: in its header, or in its text if it was forwarded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from common.errors import InputError
from common.input_files import read_input_file
from verifier.log import Log, has_later_removal

_HEADER = "Policy-Log-Entry"
_MAX_BYTES = 16 * 1024 * 1024
_MAX_DEPTH = 10  # of letters that are attached to others
_ENCODINGS = frozenset({"base64", "quoted-printable"})
_VISIBLE_DIGITS = 32
_DIGITS = re.compile(rf"(?<![0-9a-f])[0-9a-f]{{{_VISIBLE_DIGITS},64}}(?![0-9a-f])")
_MARKUP = re.compile(r"<[^<>]*+>")


def read_entry_digits(path: Path) -> list[str]:
    """Return the digits that may be the hash of an entry, of which at least one must be.

    Raises InputError for a file that has none.
    """
    content = read_input_file(path, _MAX_BYTES, "pass a letter that you saved")
    try:
        parts = list(_iter_parts(message_from_bytes(content)))
        found = [digits for part in parts for digits in _read_headers(part)]
        found = found or [digits for part in parts for digits in _DIGITS.findall(_read_text(part))]
    except RecursionError:
        raise InputError(f"{path}: nested too deeply; this is not a letter") from None
    if not found:
        raise InputError(
            f"{path}: names no entry of a log; save the letter as it was delivered, with all headers"
        )
    return found


def _iter_parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Yield a message and all parts of it, also those of messages that are attached to it as files."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    for part in message.walk():
        yield part
        if attached := _read_attached_message(part):
            yield from _iter_parts(message_from_bytes(attached), depth + 1)


def _read_attached_message(part: Message) -> bytes:
    """Return a message that is encoded in a part like any other file; nothing if there is none."""
    content_type = part.get_content_type()
    if content_type == "message/rfc822":
        # Against RFC 2046, some programs encode it; the parser takes the encoded text for the message.
        if str(part.get("Content-Transfer-Encoding", "")).strip().lower() not in _ENCODINGS:
            return b""
        encoded = Message()
        encoded["Content-Transfer-Encoding"] = part["Content-Transfer-Encoding"]
        inner = part.get_payload()
        encoded.set_payload("".join(map(str, inner)) if isinstance(inner, list) else inner)
        content = encoded.get_payload(decode=True)
    elif content_type == "application/octet-stream" or _has_name_of_letter(part):
        content = None if part.is_multipart() else part.get_payload(decode=True)
    else:
        return b""
    return content if isinstance(content, bytes) else b""


def _has_name_of_letter(part: Message) -> bool:
    return str(part.get_filename() or "").lower().endswith(".eml")


def _read_headers(part: Message) -> Iterator[str]:
    for value in part.get_all(_HEADER, ()):
        yield from _DIGITS.findall(str(value).lower())


def _read_text(part: Message) -> str:
    """Return the text of one part of a message without markup."""
    if part.get_content_maintype() != "text":
        return ""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    # All that counts is ASCII, and in every charset that mail programs use it is the same.
    text = content.decode("latin-1").lower()
    return _MARKUP.sub(" ", text) if part.get_content_subtype() == "html" else text


def judge_letter(path: Path, digits: list[str], log: Log) -> tuple[bool, str]:
    """Return whether the entry that a letter names is in the log, and a line that says what this means."""
    places = {entry["hash"][:_VISIBLE_DIGITS]: place for place, entry in enumerate(log.entries)}
    positions = [
        places[own[:_VISIBLE_DIGITS]]
        for own in digits
        if own[:_VISIBLE_DIGITS] in places
        and log.entries[places[own[:_VISIBLE_DIGITS]]]["hash"].startswith(own)
    ]
    if not positions:
        return False, (
            f"{path}: the log has no entry {digits[0][:_VISIBLE_DIGITS]}: it was rewritten after the letter "
            "was sent, or the letter is about another policy"
        )
    position = max(positions)
    entry = log.entries[position]
    exception = ", apart from the words that were removed" if has_later_removal(log, position) else ""
    return True, (
        f"letter    {path}: version {entry.get('version', '-')}, published on {entry['day']}; nothing up to "
        f"entry {position + 1} of {len(log.entries)} was changed since{exception}"
    )
