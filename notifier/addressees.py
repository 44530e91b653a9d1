"""Read the addressees of a campaign: from a CSV file, the tables of WordPress, or any database with a query.

Each row becomes an `Addressee`, or a `RejectedRow` with its line number. Sources are read, never written, and
streamed: a million rows need no memory.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import (
    URL,
    BindParameter,
    Connection,
    Engine,
    bindparam,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchTableError, OperationalError
from sqlalchemy.pool import NullPool

from common.errors import InputError, TryLaterError
from notifier.database import get_driver_message
from notifier.mailbox import Mailbox, RejectedFieldError, UnmailableAddress, check_field, parse_address

_COLUMNS = ("email", "language", "name", "id")
_MAX_ADDRESS_LENGTH = 320  # RFC 3696, erratum 1690: the longest text that could be an address at all
# Each driver with the statement that makes its sessions read-only.
_READ_ONLY = {
    "mysql+pymysql": "SET SESSION TRANSACTION READ ONLY",
    "postgresql+psycopg": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only=ON",
}
_TABLE_PREFIX = re.compile(r"[A-Za-z0-9_$]{1,50}")
_ROWS_PER_FETCH = 1000
_MULTISITE_FLAGS = ("spam", "deleted")
# Active users, each in the locale of their profile, else in that of the site.
_WORDPRESS_QUERY = """
  SELECT u.ID AS id, u.user_email AS email, COALESCE(
    (SELECT MAX(NULLIF(m.meta_value, '')) FROM {prefix}usermeta m
     WHERE m.user_id = u.ID AND m.meta_key = 'locale'),
    (SELECT MAX(o.option_value) FROM {prefix}options o WHERE o.option_name = 'WPLANG')) AS language
  FROM {prefix}users u WHERE u.user_status = 0{flags}"""


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


class AddresseeSource(Protocol):
    """A source of addressees."""

    def read_rows(self) -> Iterator[Addressee | RejectedRow]:
        """Yield every row."""

    def find_active_identities(self, addresses: Sequence[str]) -> frozenset[str] | None:
        """Return the identities that are still active among these addresses, or None if unknown."""


def open_source(location: str, query: Path | None, table_prefix: str) -> AddresseeSource:
    """Open the source that `--recipients` names: a database if it is a URL, else a CSV file.

    `query` is a file with SQL; without one the tables of WordPress with that prefix are read.
    """
    if "://" not in location:
        if query:
            raise InputError("--query works only with a database, not a CSV file")
        return CsvSource(Path(location))
    engine = _create_engine(_parse_url(location))
    return DatabaseSource(
        engine, _read_query(query) if query else _build_wordpress_query(engine, table_prefix)
    )


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
            raise InputError(f"{self.path}: cannot be read ({error.strerror})") from None

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
                raise InputError(f"{self.path}:1: unknown column {name!r}; {hint}")
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


@dataclass(frozen=True, slots=True)
class DatabaseSource:
    """A database and the query that returns its active members, with at least the column `email`."""

    engine: Engine
    query: str

    def read_rows(self) -> Iterator[Addressee | RejectedRow]:
        """Yield every active member; raise InputError for a query that fails."""
        with self._connect() as connection:
            rows = (
                connection.execution_options(yield_per=_ROWS_PER_FETCH).execute(text(self.query)).mappings()
            )
            if "email" not in list(rows.keys()):
                raise InputError("--query: must return a column email, and may return language, name and id")
            # A database has no lines: rows are counted in the order of the query.
            for line, row in enumerate(rows, start=1):
                yield parse_row(line, {name: _to_text(value) for name, value in row.items()})

    def find_active_identities(self, addresses: Sequence[str]) -> frozenset[str]:
        """Return the identities of those addresses that the query still returns."""
        # The query is the operator's own, who may read the whole database anyway.
        query = text(f"SELECT email FROM ({self.query}) AS members WHERE email IN :addresses")  # noqa: S608
        parameter: BindParameter[str] = bindparam("addresses", list(addresses), expanding=True)
        with self._connect() as connection:
            return frozenset(
                _parse_identities(row[0] for row in connection.execute(query.bindparams(parameter)))
            )

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except OperationalError as error:
            raise _build_unavailable_error(error) from None
        except DBAPIError as error:
            raise InputError(f"--recipients: the query failed: {get_driver_message(error)}") from None


def _parse_identities(addresses: Iterable[str]) -> Iterator[str]:
    for address in addresses:
        try:
            yield parse_address(address).identity
        except RejectedFieldError:
            continue


def _to_text(value: object) -> str | None:
    if value is None:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _parse_url(location: str) -> URL:
    try:
        url = make_url(location)
    except ArgumentError:
        raise InputError(
            "--recipients: not a database URL; write mysql+pymysql://USER:PASSWORD@HOST/NAME"
        ) from None
    if url.drivername not in _READ_ONLY:
        raise InputError(f"--recipients: must be a CSV file or begin with one of {', '.join(_READ_ONLY)}")
    if url.drivername == "sqlite" and not Path(url.database or "").is_file():
        raise InputError("--recipients: no such SQLite file")
    return url


def _create_engine(url: URL) -> Engine:
    """Return an engine whose sessions are read-only and closed after each use: hours may pass between two."""
    read_only = _READ_ONLY[url.drivername]
    if url.drivername == "mysql+pymysql":
        # Stated, since MySQL's utf8 has no characters beyond the Basic Multilingual Plane.
        url = url.update_query_dict({"charset": "utf8mb4"})
    options = {} if url.drivername == "sqlite" else {"connect_timeout": 10}
    engine = create_engine(url, connect_args=options, poolclass=NullPool)

    def forbid_writing(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(read_only)
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", forbid_writing)
    return engine


def _read_query(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip().rstrip(";")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path}: cannot read the query") from None


def _build_wordpress_query(engine: Engine, prefix: str) -> str:
    """Return the query for WordPress' tables; on a multisite it excludes users blocked by the network."""
    if not _TABLE_PREFIX.fullmatch(prefix):
        raise InputError("--table-prefix: only letters, digits, $ and underscores, as in wp-config.php")
    try:
        columns = {column["name"] for column in inspect(engine).get_columns(f"{prefix}users")}
    except NoSuchTableError:
        raise InputError(
            f"--recipients: there is no table {prefix}users; use --table-prefix or --query"
        ) from None
    except DBAPIError as error:
        raise _build_unavailable_error(error) from None
    flags = "".join(f" AND u.{flag} = 0" for flag in _MULTISITE_FLAGS if flag in columns)
    return _WORDPRESS_QUERY.format(prefix=prefix, flags=flags)


def _build_unavailable_error(error: DBAPIError) -> TryLaterError:
    return TryLaterError(
        f"--recipients: the database is temporarily unavailable: {get_driver_message(error)}"
    )
