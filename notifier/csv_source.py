"""Read addressees from a CSV file as spreadsheets and databases write it; messages quote nothing of a row.

Python's `csv` module decides where a row ends. A field may span lines, so what a member wrote into a field
can never become a row of its own.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TextIO

from common.errors import InputError
from notifier.addressee_rows import COLUMNS, Addressee, RejectedRow, parse_values
from notifier.mailbox import Mailbox, RejectedFieldError, parse_address

_DELIMITERS = ",;\t"
_DELIMITER_LINE = re.compile(r"sep=([,;\t|])\s*")  # what Excel reads above the header
_CHUNK_BYTES = 1 << 20
_MAX_FIELD = 1 << 30  # characters: no limit, see _read_rows
_DAMAGED = range(0xDC80, 0xDD00)  # what bytes that are not in the encoding are read as (PEP 383)
_NAMES_OF_ADDRESSES = ("email", "e-mail", "epost", "e-post", "mail")
_LIKENESS = 0.8  # of a mistyped name of a column; "navn" is no mistyped "name"


@dataclass(frozen=True, slots=True)
class CsvSource:
    """A CSV file with the column `email` and optionally those of `COLUMNS`; others are left out.

    Fields are separated by commas, semicolons or tabs, and the text is UTF-8, UTF-16 with a byte order mark,
    or windows-1252: what the usual spreadsheets write.
    """

    path: Path

    def read_rows(self) -> Iterator[Addressee | RejectedRow]:
        """Yield the rows below the header; raise InputError for an unreadable file or a wrong header."""
        with self._open_table() as (file, table):
            yield from _read_rows(file, table)

    @contextmanager
    def _open_table(self) -> Iterator[tuple[TextIO, _Table]]:
        try:
            with self.path.open(
                encoding=_find_encoding(self.path), errors="surrogateescape", newline=""
            ) as file:
                yield file, _read_header(self.path, file)
        except UnicodeError:  # UTF-16 that ends within a character
            raise InputError(f"{self.path}: damaged text; save it as UTF-8") from None
        except OSError as error:
            # Without its path: a mistyped database URL is taken for one, and may hold a password.
            raise InputError(f"--recipients: the file cannot be read ({error.strerror})") from None

    def find_active_identities(self, addresses: Sequence[str]) -> None:
        """Return None: a file does not change after the campaign was planned."""

    def require_audiences(self, ids: Sequence[str]) -> None:
        """Raise InputError unless the list says for each row which audiences it is in."""
        with self._open_table() as (_, table):
            columns = table.columns
        if "audience" not in columns:
            raise InputError(
                f"{self.path}: no column audience; the letter is only for {', '.join(ids)}: the list must "
                "say who is in which audience"
            )

    def describe(self) -> str:
        """Return what to call the list."""
        return str(self.path)


@dataclass(frozen=True)
class _Table:
    """The form of a file: what separates its fields, its columns, and the line of its header."""

    delimiter: str
    columns: tuple[str, ...]
    header_line: int

    @cached_property
    def _select(self) -> Callable[[Sequence[str | None]], tuple[str | None, ...]]:
        """Return the values of `COLUMNS` from the fields of a row and one more for columns it lacks."""
        return itemgetter(*((*self.columns, name).index(name) for name in COLUMNS))

    def parse_fields(self, line: int, fields: list[str]) -> Addressee | RejectedRow:
        """Return the addressee of a row; columns at its end may be missing, but there may not be more."""
        width = len(self.columns)
        if len(fields) > width and any(fields[width:]):
            return RejectedRow(line, f"{len(fields)} fields, but the header has {width}")
        values = self._select([*fields[:width], *[None] * max(1, width + 1 - len(fields))])
        row = parse_values(line, values)
        if isinstance(row, RejectedRow) and any(map(_has_damage, values)):
            return RejectedRow(line, "characters that cannot be read; save the file as UTF-8")
        return row

    def may_hold_rows(self, fields: Sequence[str]) -> bool:
        """Whether a field that nobody reads has lines that would be rows by themselves.

        A quotation mark that is not closed before the next one may have made them part of it.
        """
        lines = [line for field in fields for line in field.splitlines()[1:]]
        return any(
            self._is_row(line) for line in lines if line.count(self.delimiter) + 1 >= len(self.columns)
        )

    def _is_row(self, line: str) -> bool:
        try:
            fields = next(csv.reader([line], delimiter=self.delimiter, strict=True))
            return isinstance(parse_address(fields[self.columns.index("email")]), Mailbox)
        except (csv.Error, IndexError, RejectedFieldError):
            return False


def _has_damage(value: str | None) -> bool:
    """Whether a value has bytes that are not in the encoding; such a row is rejected in any case."""
    return value is not None and any(ord(character) in _DAMAGED for character in value)


def _find_encoding(path: Path) -> str:
    """Return the encoding of a file: UTF-8 or UTF-16 by its byte order mark, else UTF-8 or windows-1252.

    A file that has both UTF-8 and other bytes is a damaged UTF-8 file: only its damaged rows are rejected.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    has_others = has_utf8 = False
    with path.open("rb") as file:
        start = file.read(3)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if start == codecs.BOM_UTF8:
            return "utf-8-sig"
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            if chunk.isascii():
                continue
            characters = {ord(character) for character in decoder.decode(chunk) if not character.isascii()}
            has_others |= any(character in _DAMAGED for character in characters)
            has_utf8 |= any(character not in _DAMAGED for character in characters)
    return "cp1252" if has_others and not has_utf8 else "utf-8"


def _read_header(path: Path, file: TextIO) -> _Table:
    line, number = file.readline(), 1
    delimiters = _DELIMITERS
    if found := _DELIMITER_LINE.fullmatch(line):
        line, number, delimiters = file.readline(), 2, found[1]
    tables = [_Table(delimiter, _split_header(line, delimiter), number) for delimiter in delimiters]
    table = max(tables, key=lambda table: ("email" in table.columns, len(table.columns)))
    if "email" not in table.columns:
        raise InputError(f"{path}:{number}: no column email; {_explain_header(table.columns)}")
    for column in table.columns:
        if table.columns.count(column) > 1 and column in COLUMNS:
            raise InputError(f"{path}:{number}: two columns {column}; remove one")
    for column in COLUMNS:
        similar = difflib.get_close_matches(column, table.columns, 1, _LIKENESS)
        if similar and column not in table.columns:
            # Not quoted: what stands there may be anything.
            position = table.columns.index(similar[0]) + 1
            raise InputError(f"{path}:{number}: column {position} of the header: did you mean {column}?")
    return table


def _split_header(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        names = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        names = []
    return tuple(name.strip().casefold() for name in names)


def _explain_header(columns: Sequence[str]) -> str:
    for position, column in enumerate(columns, start=1):
        if "@" not in column and difflib.get_close_matches(column, _NAMES_OF_ADDRESSES, 1, _LIKENESS):
            return f"rename column {position} of the header to email"
    return "the first line must name the columns, such as email,language"


def _read_rows(file: TextIO, table: _Table) -> Iterator[Addressee | RejectedRow]:
    # After a field that is too long for it, the reader would go on in the middle of that field.
    csv.field_size_limit(_MAX_FIELD)
    lines = _Lines(file, table.header_line)
    reader = csv.reader(lines, delimiter=table.delimiter, strict=True)
    while True:
        first_line = lines.number + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.skip_open_field(table.delimiter, is_inside=lines.number > first_line)
            yield _reject(first_line, lines.number, "a quotation mark that is missing or out of place")
            continue
        if "".join(fields).strip():
            yield _parse_row(first_line, lines.number, table, fields)


class _Lines:
    """The lines of a file with the number of the last one that was read."""

    def __init__(self, file: TextIO, number: int) -> None:
        self.number = number
        self._last = ""
        self._lines = self._read_lines(file)

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _read_lines(self, file: TextIO) -> Iterator[str]:
        for line in file:
            self._last = line
            self.number += 1
            yield line

    def skip_open_field(self, delimiter: str, *, is_inside: bool) -> None:
        """Read to the end of the field that is open at the end of the last line, if one is.

        The reader leaves out the rest of a line in which it finds an error. What follows in a field that
        begins there would be taken for rows, and whoever wrote it would choose who is mailed. `is_inside`
        tells whether the last line begins within a field.
        """
        is_inside = _ends_in_field(self._last, delimiter, is_inside=is_inside)
        while is_inside and (line := next(self._lines, None)) is not None:
            is_inside = _ends_in_field(line, delimiter, is_inside=True)


def _ends_in_field(line: str, delimiter: str, *, is_inside: bool) -> bool:
    """Whether a line ends within a quoted field: only a quotation mark at the edge of a field counts."""
    text, position = line.rstrip("\r\n"), 0
    while position < len(text):
        if not is_inside:
            if text[position] == '"':
                is_inside, position = True, position + 1
                continue
            position = text.find(delimiter, position) + 1
            if not position:
                return False
            continue
        mark = text.find('"', position)
        if mark < 0:
            return True
        following = text[mark + 1 : mark + 2]
        is_inside = following not in ("", delimiter)
        position = mark + (2 if following == '"' else 1)
        if not is_inside:
            position += 1  # after the delimiter, where the next field begins
    return is_inside


def _parse_row(line: int, last_line: int, table: _Table, fields: list[str]) -> Addressee | RejectedRow:
    row = table.parse_fields(line, fields)
    if isinstance(row, RejectedRow):
        return _reject(line, last_line, row.reason)
    if last_line > line and table.may_hold_rows(fields):
        return _reject(line, last_line, "a field with rows in it: a quotation mark may be missing")
    return row._replace(last_line=last_line) if last_line > line else row


def _reject(line: int, last_line: int, reason: str) -> RejectedRow:
    return RejectedRow(line, reason, last_line if last_line > line else None)
