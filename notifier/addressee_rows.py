"""Parse rows of addressees, and read them from a CSV file; messages quote nothing of a row."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from notifier.mailbox import Mailbox, RejectedFieldError, UnmailableAddress, check_field, parse_address

_COLUMNS = ("email", "language", "name", "id")
_MAX_ADDRESS_LENGTH = 320  # RFC 3696, erratum 1690: the longest text that could be an address at all


@dataclass(frozen=True, slots=True)
class Addressee:
    """A row with an address that identifies a mailbox; `address` as the source spells it."""

    address: str
    mailbox: Mailbox | UnmailableAddress
    language: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row for which nothing is sent; the reason quotes nothing of the row."""

    line: int
    reason: str


def parse_row(line: int, row: Mapping[str, str | None]) -> Addressee | RejectedRow:
    """Return the addressee of a row with at least the column `email`, or a RejectedRow with the reason."""
    address = row["email"] or ""
    if len(address) > _MAX_ADDRESS_LENGTH:
        return RejectedRow(line, "the address is too long")
    try:
        for field in row.values():
            check_field(field or "")
        return Addressee(address, parse_address(address), row.get("language"), row.get("name") or None)
    except RejectedFieldError as error:
        return RejectedRow(line, str(error))


@dataclass(frozen=True, slots=True)
class CsvSource:
    """A CSV file (RFC 4180) in UTF-8 with the columns `email`, `language` and optionally `name` and `id`.

    No field spans lines: an unclosed quotation mark would otherwise swallow all rows after it, and their
    addressees would silently get nothing.
    """

    path: Path

    def read_rows(self) -> Iterator[Addressee | RejectedRow]:
        """Yield the rows below the header; raise InputError for an unreadable file or a wrong header."""
        try:
            with self.path.open("rb") as file:
                header = self._parse_header(next(file, b""))
                for line, octets in enumerate(file, start=2):
                    if octets.strip():
                        yield _parse_csv_row(line, header, octets)
        except OSError as error:
            # Without its path: a mistyped database URL is taken for one, and may hold a password.
            raise InputError(f"--recipients: the file cannot be read ({error.strerror})") from None

    def find_active_identities(self, addresses: Sequence[str]) -> None:
        """Return None: a file does not change after the campaign was planned."""

    def _parse_header(self, octets: bytes) -> list[str]:
        try:
            # Spreadsheets begin UTF-8 files with a byte order mark.
            names = _split_fields(octets.removeprefix(b"\xef\xbb\xbf"))
        except RejectedFieldError as error:
            raise InputError(f"{self.path}:1: {error}") from None
        header = [name.strip().casefold() for name in names]
        for name in header:
            if name not in _COLUMNS:
                matches = difflib.get_close_matches(name, _COLUMNS, 1)
                hint = f"did you mean {matches[0]}?" if matches else f"known columns: {', '.join(_COLUMNS)}"
                # Not quoted: without a header it is somebody's address.
                position = header.index(name) + 1
                raise InputError(f"{self.path}:1: column {position} of the header is unknown; {hint}")
        if "email" not in header or len(set(header)) != len(header):
            raise InputError(f"{self.path}:1: the header must name each column once, such as email,language")
        return header


def _parse_csv_row(line: int, header: Sequence[str], octets: bytes) -> Addressee | RejectedRow:
    try:
        fields = _split_fields(octets)
    except RejectedFieldError as error:
        return RejectedRow(line, str(error))
    if len(fields) != len(header):
        return RejectedRow(line, f"{len(fields)} fields, but the header has {len(header)}")
    return parse_row(line, dict(zip(header, fields, strict=True)))


def _split_fields(octets: bytes) -> list[str]:
    try:
        line = octets.decode().removesuffix("\n").removesuffix("\r")
        return next(csv.reader([line], strict=True), [])
    except UnicodeDecodeError:
        raise RejectedFieldError("not UTF-8") from None
    except csv.Error:
        raise RejectedFieldError("unbalanced quotation marks, or a line break inside a field") from None
