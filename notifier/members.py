"""Addressees out of a database: a website's members, read and never written (contract §7).

By default WordPress' own tables: active users, each in the locale of the profile, else of the site. Any
other database takes a query of one's own with a column `email` and perhaps `language`, `name` and `id`.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, bindparam, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchTableError, OperationalError
from sqlalchemy.pool import NullPool

from notifier import mailbox
from notifier.addressees import Addressee, CsvFile, Rejected, Source, addressee
from notifier.errors import InputError, TryLaterError
from notifier.mailbox import RejectedError

_DRIVERS = ("mysql+pymysql", "postgresql+psycopg", "sqlite")
_PREFIX = re.compile(r"[A-Za-z0-9_$]{1,50}")
_PAGE = 1000
_MULTISITE_FLAGS = ("spam", "deleted")
_WORDPRESS = """
  SELECT u.ID AS id, u.user_email AS email, COALESCE(
    (SELECT MAX(NULLIF(m.meta_value, '')) FROM {prefix}usermeta m
     WHERE m.user_id = u.ID AND m.meta_key = 'locale'),
    (SELECT MAX(o.option_value) FROM {prefix}options o WHERE o.option_name = 'WPLANG')) AS language
  FROM {prefix}users u WHERE u.user_status = 0{flags}"""


@dataclass(frozen=True, slots=True)
class Members:
    """A database of members and the query that finds those who are active."""

    engine: Engine
    query: str

    def people(self) -> Iterator[Addressee | Rejected]:
        """Stream every active member, without ever holding them all."""
        with self._connection() as connection:
            rows = connection.execution_options(yield_per=_PAGE).execute(text(self.query)).mappings()
            _check_columns(list(rows.keys()))
            for line, row in enumerate(rows, start=1):
                yield addressee(line, {name: _text(value) for name, value in row.items()})

    def active(self, addresses: Sequence[str]) -> frozenset[str]:
        """Ask again who of these is still found."""
        # The query is the operator's own, who may read the whole database anyway.
        again = text(f"SELECT email FROM ({self.query}) AS members WHERE email IN :addresses")  # noqa: S608
        with self._connection() as connection:
            rows = connection.execute(
                again.bindparams(bindparam("addresses", list(addresses), expanding=True))
            )
            return frozenset(_identities(row[0] for row in rows))

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except OperationalError as error:
            raise TryLaterError(f"--recipients: the database cannot be read now: {_said(error)}") from None
        except DBAPIError as error:
            raise InputError(f"--recipients: the query does not work: {_said(error)}") from None


def source_of(where: str, query: Path | None, prefix: str) -> Source:
    """Open what `--recipients` names: a database by its URL, else a CSV file."""
    if "://" not in where:
        if query:
            raise InputError("--query: is for databases; a CSV file is read as it is")
        return CsvFile(Path(where))
    engine = _engine(_parsed(where))
    return Members(engine, _read(query) if query else _wordpress(engine, prefix))


def _parsed(where: str) -> URL:
    try:
        url = make_url(where)
    except ArgumentError:
        raise InputError(
            "--recipients: not a database URL; say mysql+pymysql://USER:PASSWORD@HOST/NAME"
        ) from None
    if url.drivername not in _DRIVERS:
        raise InputError(f"--recipients: must be a CSV file or begin with one of {', '.join(_DRIVERS)}")
    if url.drivername == "sqlite" and not Path(url.database or "").is_file():
        raise InputError("--recipients: there is no such SQLite file")
    return url


def _engine(url: URL) -> Engine:
    """Connect anew for every reading, and hold nothing in between: hours may lie there."""
    if url.drivername == "mysql+pymysql":
        url = url.update_query_dict({"charset": "utf8mb4"})
        read_only = "SET SESSION TRANSACTION READ ONLY"
    elif url.drivername == "postgresql+psycopg":
        read_only = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
    else:
        read_only = "PRAGMA query_only=ON"
    waiting = {} if url.drivername == "sqlite" else {"connect_timeout": 10}
    engine = create_engine(url, connect_args=waiting, poolclass=NullPool)

    def only_read(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(read_only)
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", only_read)
    return engine


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip().rstrip(";")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path}: the query cannot be read") from None


def _wordpress(engine: Engine, prefix: str) -> str:
    """Return the query for WordPress' tables; on a multisite they also flag whom the network shut out."""
    if not _PREFIX.fullmatch(prefix):
        raise InputError("--table-prefix: letters, digits and underscores, as in wp-config.php")
    try:
        columns = {column["name"] for column in inspect(engine).get_columns(f"{prefix}users")}
    except NoSuchTableError:
        raise InputError(
            f"--recipients: no table {prefix}users there; say --table-prefix or --query"
        ) from None
    except DBAPIError as error:
        raise TryLaterError(f"--recipients: the database cannot be read now: {_said(error)}") from None
    flags = "".join(f" AND u.{flag} = 0" for flag in _MULTISITE_FLAGS if flag in columns)
    return _WORDPRESS.format(prefix=prefix, flags=flags)


def _check_columns(columns: Sequence[str]) -> None:
    if "email" not in columns:
        raise InputError("--query: must give a column named email, and may give language, name and id")


def _text(value: object) -> str | None:
    return (
        None
        if value is None
        else value.decode("utf-8", "replace")
        if isinstance(value, bytes)
        else str(value)
    )


def _identities(addresses: Iterator[str]) -> Iterator[str]:
    for address in addresses:
        try:
            yield mailbox.read(address).identity
        except RejectedError:
            continue


def _said(error: DBAPIError) -> str:
    return next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)
