"""Read the addressees of a campaign: from a CSV file, the tables of WordPress, or any database with a query.

Each row becomes an `Addressee`, or a `RejectedRow` with its line number. Sources are read, never written, and
streamed: a million rows need no memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import (
    URL,
    BindParameter,
    Engine,
    bindparam,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.pool import NullPool

from common.errors import InputError
from common.input_files import read_input_file
from notifier.addressee_rows import Addressee, RejectedRow, parse_row
from notifier.csv_source import CsvSource
from notifier.database_access import open_connection, parse_database_url
from notifier.mailbox import RejectedFieldError, parse_address

_DATABASE = "--recipients: the database"  # the subject of its errors
_URL_FORM = "mysql+pymysql://USER:PASSWORD@HOST/NAME"
# Each driver with the statement that makes its sessions read-only.
_READ_ONLY = {
    "mysql+pymysql": "SET SESSION TRANSACTION READ ONLY",
    "postgresql+psycopg": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only=ON",
}
_TABLE_PREFIX = re.compile(r"[A-Za-z0-9_$]{1,50}")
_ROWS_PER_FETCH = 1000
_MAX_QUERY_BYTES = 1 << 20
_IN = "klartekst_audience_"  # the names of columns that tell who is in an audience
_MULTISITE_FLAGS = ("spam", "deleted")
# Active users, each in the locale of their profile, else in that of the site.
_WORDPRESS_QUERY = """
  SELECT u.ID AS id, u.user_email AS email, COALESCE(
    (SELECT MAX(NULLIF(m.meta_value, '')) FROM {prefix}usermeta m
     WHERE m.user_id = u.ID AND m.meta_key = 'locale'),
    (SELECT MAX(o.option_value) FROM {prefix}options o WHERE o.option_name = 'WPLANG')) AS language
  FROM {prefix}users u WHERE u.user_status = 0{flags}"""


class AddresseeSource(Protocol):
    """A source of addressees."""

    def read_rows(self) -> Iterator[Addressee | RejectedRow]:
        """Yield every row."""

    def find_active_identities(self, addresses: Sequence[str]) -> frozenset[str] | None:
        """Return the identities that are still active among these addresses, or None if unknown."""

    def require_audiences(self, ids: Sequence[str]) -> None:
        """Raise InputError unless the source says of each row whether it is in these audiences."""

    def describe(self) -> str:
        """Return what to call the source, without a secret."""


def open_source(
    location: str, query: Path | None, table_prefix: str, audiences: Path | None = None
) -> AddresseeSource:
    """Open the source that `--recipients` names: a database if it is a URL, else a CSV file.

    `query` is a file with SQL; without one the tables of WordPress with that prefix are read. `audiences` is
    a file with an SQL condition for each audience.
    """
    if "://" not in location:
        if query:
            raise InputError("--query works only with a database, not a CSV file")
        if audiences:
            raise InputError("--audiences works only with a database; a CSV file has a column audience")
        return CsvSource(Path(location))
    conditions: Mapping[str, str] = {}
    if audiences:
        from notifier.audience_conditions import (  # noqa: PLC0415 - few letters need PyYAML
            read_audience_conditions,
        )

        conditions = read_audience_conditions(audiences)
    engine = _create_engine(_parse_url(location))
    return DatabaseSource(
        engine,
        _read_query(query) if query else _build_wordpress_query(engine, table_prefix),
        conditions,
    )


@dataclass(frozen=True, slots=True)
class DatabaseSource:
    """A database and the query that returns its active members, with at least the column `email`."""

    engine: Engine
    query: str
    conditions: Mapping[str, str] = field(default_factory=dict)  # of audiences, in SQL

    def read_rows(self) -> Iterator[Addressee | RejectedRow]:
        """Yield every active member; raise InputError for a query that fails."""
        query = self._build_query()
        with open_connection(_DATABASE, self.engine) as connection:
            rows = connection.execution_options(yield_per=_ROWS_PER_FETCH).execute(text(query)).mappings()
            if "email" not in list(rows.keys()):
                raise InputError("--query: must return a column email, and may return language, name and id")
            # A database has no lines: rows are counted in the order of the query.
            for line, row in enumerate(rows, start=1):
                values = {name: _to_text(value) for name, value in row.items()}
                if self.conditions:
                    # In the order of the conditions; one that is neither true nor false is false.
                    found = [name for place, name in enumerate(self.conditions) if row[f"{_IN}{place}"]]
                    values["audience"] = " ".join(found)
                yield parse_row(line, values)

    def _build_query(self) -> str:
        """Return the query, with a column for each audience that has a condition."""
        if not self.conditions:
            return self.query
        columns = "".join(
            f",\n  CASE WHEN ({condition}\n  ) THEN 1 ELSE 0 END AS {_IN}{place}"
            for place, condition in enumerate(self.conditions.values())
        )
        # The conditions are the operator's own, as the query is.
        return f"SELECT members.*{columns}\nFROM ({self.query}) AS members"

    def require_audiences(self, ids: Sequence[str]) -> None:
        """Raise InputError unless each audience has a condition, or the query returns a column audience."""
        if self.conditions:
            if missing := [name for name in ids if name not in self.conditions]:
                raise InputError(
                    f"--audiences: no condition for {', '.join(missing)}, whom the letter is for; add it"
                )
            return
        with open_connection(_DATABASE, self.engine) as connection:
            rows = connection.execution_options(yield_per=1).execute(text(self.query))
            columns = list(rows.keys())
            rows.close()
        if "audience" not in columns:
            raise InputError(
                f"the letter is only for {', '.join(ids)}: pass --audiences FILE with an SQL condition for "
                "each, or a --query that returns a column audience"
            )

    def describe(self) -> str:
        """Return the kind of the database, its host and its name."""
        url = self.engine.url
        return f"{url.drivername}://{url.host or ''}/{url.database or ''}"

    def find_active_identities(self, addresses: Sequence[str]) -> frozenset[str]:
        """Return the identities of those addresses that the query still returns."""
        # The query is the operator's own, who may read the whole database anyway.
        query = text(f"SELECT email FROM ({self.query}) AS members WHERE email IN :addresses")  # noqa: S608
        parameter: BindParameter[str] = bindparam("addresses", list(addresses), expanding=True)
        with open_connection(_DATABASE, self.engine) as connection:
            return frozenset(
                _parse_identities(row[0] for row in connection.execute(query.bindparams(parameter)))
            )


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
    url = parse_database_url("--recipients", location, _URL_FORM, _READ_ONLY)
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
        return read_input_file(path, _MAX_QUERY_BYTES).decode("utf-8").strip().rstrip(";")
    except UnicodeDecodeError:
        raise InputError(f"{path}: the query is not UTF-8; save it as UTF-8") from None


def _build_wordpress_query(engine: Engine, prefix: str) -> str:
    """Return the query for WordPress' tables; on a multisite it excludes users blocked by the network."""
    if not _TABLE_PREFIX.fullmatch(prefix):
        raise InputError("--table-prefix: only letters, digits, $ and underscores, as in wp-config.php")
    with open_connection(_DATABASE, engine) as connection:
        try:
            columns = {column["name"] for column in inspect(connection).get_columns(f"{prefix}users")}
        except NoSuchTableError:
            raise InputError(
                f"--recipients: there is no table {prefix}users; use --table-prefix or --query"
            ) from None
    flags = "".join(f" AND u.{flag} = 0" for flag in _MULTISITE_FLAGS if flag in columns)
    return _WORDPRESS_QUERY.format(prefix=prefix, flags=flags)
