"""Who is told: rows of a source become addressees, or are rejected by their line number (contract §7).

A CSV file is read line by line and never across lines: a quotation mark that somebody forgot to close
spoils its own row and not all those after it, which would then be told nothing.
"""

import csv
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from notifier import mailbox
from notifier.errors import InputError
from notifier.mailbox import Mailbox, RejectedError, Unmailable

_COLUMNS = ("email", "language", "name", "id")
_LONGEST_ADDRESS = 320  # RFC 3696 errata 1690: what could be an address at all is no longer


@dataclass(frozen=True, slots=True)
class Addressee:
    """One row that can be told apart from others: `address` as the source spells it."""

    address: str
    mailbox: Mailbox | Unmailable
    language: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row for which nothing is sent; the reason repeats nothing of the row."""

    line: int
    reason: str


class Source(Protocol):
    """Where addressees come from."""

    def people(self) -> Iterator[Addressee | Rejected]:
        """Stream every row."""

    def active(self, addresses: Sequence[str]) -> frozenset[str] | None:
        """Return the identities that are still active among these, or None where that cannot be asked."""


def addressee(line: int, row: Mapping[str, str | None]) -> Addressee | Rejected:
    """Judge one row, whatever source it comes from."""
    address = row["email"] or ""
    if len(address) > _LONGEST_ADDRESS:
        return Rejected(line, "the address is too long to be one")
    try:
        for field in row.values():
            mailbox.check_field(field or "")
        return Addressee(address, mailbox.read(address), row.get("language"), row.get("name") or None)
    except RejectedError as reason:
        return Rejected(line, str(reason))


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file (RFC 4180) in UTF-8, one line a row: `email`, `language`, perhaps `name` and `id`."""

    path: Path

    def people(self) -> Iterator[Addressee | Rejected]:
        """Stream the rows below the header."""
        try:
            with self.path.open("rb") as file:
                header = self._header(next(file, b""))
                for line, octets in enumerate(file, start=2):
                    if octets.strip():
                        yield _row(line, header, octets)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read ({error.strerror})") from None

    def active(self, addresses: Sequence[str]) -> None:
        """Return None: a file cannot be asked again, so those whom the campaign was planned for stay."""

    def _header(self, octets: bytes) -> list[str]:
        try:
            header = [name.strip().casefold() for name in _fields(octets.removeprefix(b"\xef\xbb\xbf"))]
        except RejectedError as reason:
            raise InputError(f"{self.path}:1: {reason}") from None
        for name in header:
            if name not in _COLUMNS:
                near = difflib.get_close_matches(name, _COLUMNS, 1)
                hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(_COLUMNS)}"
                raise InputError(f"{self.path}:1: unknown column {name!r}{hint}")
        if "email" not in header or len(set(header)) != len(header):
            raise InputError(f"{self.path}:1: the first line must name the columns once each: email,language")
        return header


def _row(line: int, header: Sequence[str], octets: bytes) -> Addressee | Rejected:
    try:
        fields = _fields(octets)
    except RejectedError as reason:
        return Rejected(line, str(reason))
    if len(fields) != len(header):
        return Rejected(line, f"{len(fields)} fields where the header has {len(header)}")
    return addressee(line, dict(zip(header, fields, strict=True)))


def _fields(octets: bytes) -> list[str]:
    try:
        text = octets.decode().removesuffix("\n").removesuffix("\r")
        return next(csv.reader([text], strict=True), [])
    except UnicodeDecodeError:
        raise RejectedError("not UTF-8") from None
    except csv.Error:
        raise RejectedError("quotation marks that do not match, or a line break inside a field") from None
