"""Finds the entry of the log that a saved letter names: in its header, or in its text if it was forwarded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from common.errors import InputError
from verifier.log import Log
from verifier.site_files import read_named_file

_HEADER = "Policy-Log-Entry"
_MAX_BYTES = 16 * 1024 * 1024
_VISIBLE_DIGITS = 32
_DIGITS = re.compile(rf"(?<![0-9a-f])[0-9a-f]{{{_VISIBLE_DIGITS},64}}(?![0-9a-f])")
_MARKUP = re.compile(r"<[^<>]*+>")


def read_entry_digits(path: Path) -> list[str]:
    """Return the digits that may be the hash of an entry, of which at least one must be.

    Raises InputError for a file that has none.
    """
    content = read_named_file(path)
    if len(content) > _MAX_BYTES:
        raise InputError(f"{path}: larger than {_MAX_BYTES // 1024 // 1024} MiB; this is not a letter")
    try:
        parts = list(message_from_bytes(content).walk())
        found = [digits for part in parts for digits in _read_headers(part)]
        found = found or [digits for part in parts for digits in _DIGITS.findall(_read_text(part))]
    except RecursionError:
        raise InputError(f"{path}: nested too deeply; this is not a letter") from None
    if not found:
        raise InputError(
            f"{path}: names no entry of a log; save the letter as it was delivered, with all headers"
        )
    return found


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
    return True, (
        f"letter    {path}: version {entry.get('version', '-')}, published on {entry['day']}; nothing up to "
        f"entry {position + 1} of {len(log.entries)} was changed since"
    )
