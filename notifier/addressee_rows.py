"""Parse rows of addressees; messages quote nothing of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifier.mailbox import Mailbox, RejectedFieldError, UnmailableAddress, check_field, parse_address

COLUMNS = ("email", "language", "name", "id", "audience")
_MAX_ADDRESS_LENGTH = 320  # RFC 3696, erratum 1690: the longest text that could be an address at all


@dataclass(frozen=True, slots=True)
class Addressee:
    """A row with an address that identifies a mailbox; `address` as the source spells it.

    `audiences` are the ids in its column `audience`, separated by blanks.
    """

    address: str
    mailbox: Mailbox | UnmailableAddress
    language: str | None = None
    name: str | None = None
    audiences: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)
    last_line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row for which nothing is sent; the reason quotes nothing of the row.

    `last_line` is above `line` if the row spans several lines of a file.
    """

    line: int
    reason: str
    last_line: int | None = None


def parse_row(line: int, row: Mapping[str, str | None]) -> Addressee | RejectedRow:
    """Return the addressee of a row with at least the column `email`, or a RejectedRow with the reason.

    Other columns than those of `COLUMNS` may hold anything: nobody reads them.
    """
    address = row["email"] or ""
    if len(address) > _MAX_ADDRESS_LENGTH:
        return RejectedRow(line, "the address is too long")
    try:
        check_field("".join([row.get(column) or "" for column in COLUMNS]))
        audiences = tuple((row.get("audience") or "").split())
        mailbox, name = parse_address(address), row.get("name") or None
        return Addressee(address, mailbox, row.get("language"), name, audiences, line)
    except RejectedFieldError as error:
        return RejectedRow(line, str(error))
