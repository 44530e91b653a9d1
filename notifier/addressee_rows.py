"""Parse rows of addressees; messages quote nothing of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from notifier.mailbox import Mailbox, RejectedFieldError, UnmailableAddress, check_field, parse_address

COLUMNS = ("email", "language", "name", "id", "audience")
_MAX_ADDRESS_LENGTH = 320  # RFC 3696, erratum 1690: the longest text that could be an address at all


class Addressee(NamedTuple):
    """A row with an address that identifies a mailbox; `address` as the source spells it.

    `audiences` are the ids in its column `audience`, separated by blanks. A named tuple, because a list has
    millions of rows and a frozen dataclass takes three times as long to create.
    """

    address: str
    mailbox: Mailbox | UnmailableAddress
    language: str | None = None
    name: str | None = None
    audiences: tuple[str, ...] = ()
    line: int = 0
    last_line: int | None = None


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
    return parse_values(line, [row.get(column) for column in COLUMNS])


def parse_values(line: int, values: Sequence[str | None]) -> Addressee | RejectedRow:
    """Return the addressee of a row with the values of `COLUMNS`, or a RejectedRow with the reason."""
    email, language, name, _, audience = values
    address = email or ""
    if len(address) > _MAX_ADDRESS_LENGTH:
        return RejectedRow(line, "the address is too long")
    try:
        check_field("".join(filter(None, values)))
        audiences = tuple(audience.split()) if audience else ()
        return Addressee(address, parse_address(address), language, name or None, audiences, line)
    except RejectedFieldError as error:
        return RejectedRow(line, str(error))
