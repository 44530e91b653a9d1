"""Opens the database a ledger lives in, SQLite or PostgreSQL: its modes, its schema, its durability."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InternalError, OperationalError

from notifier.errors import InputError, TryLaterError
from notifier.tables import SCHEMA, meta, metadata

_BUSY_SECONDS = 30
_ONE_AT_A_TIME = 0x6B6C6172  # "klar": whoever lays out the tables in PostgreSQL holds this advisory lock


@dataclass(frozen=True, slots=True)
class Vault:
    """An open ledger database; `path` is None where it is not a file."""

    engine: Engine
    path: Path | None

    @contextmanager
    def transaction(self, *, slow: bool = False) -> Iterator[Connection]:
        """All or nothing; a database that is locked, full or gone means: nothing happened, try again.

        A `slow` one waits for another database in between, which is no sleep.
        """
        try:
            with self.engine.begin() as connection:
                if slow and self.path is None:
                    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                yield connection
        except (OperationalError, InternalError) as error:  # the latter: PostgreSQL cut a sleeper off
            raise TryLaterError(f"the ledger cannot be used now: {one_line(error)}") from None
        except DBAPIError as error:
            raise InputError(f"the ledger cannot be used: {one_line(error)}") from None

    def remembered(self, name: str) -> str | None:
        """Return one fact that the ledger keeps about itself."""
        with self.transaction() as connection:
            return connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()

    def remember(self, name: str, value: str) -> str:
        """Keep a fact unless it is kept already, and return what is kept."""
        with self.transaction() as connection:
            known = connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()
            if known is None:
                connection.execute(insert(meta).values(name=name, value=value))
            return known or value

    def close(self) -> None:
        """Let go of the database; the last one to leave a SQLite file folds its write-ahead log away."""
        self.engine.dispose()


def one_line(error: DBAPIError) -> str:
    """Return what a database said, without the statement and its values."""
    return next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)


def open_vault(url: str, *, create: bool, patience: float = 60.0) -> Vault:
    """Open a ledger, and lay it out where there is none yet and `create` allows it.

    Whoever falls asleep inside a transaction is cut off by PostgreSQL after so many seconds of `patience`,
    lest everybody else wait for its locks; a SQLite file knows no such mercy, and others say try again later.
    """
    parsed = _parsed(url)
    path = Path(parsed.database or "") if parsed.drivername == "sqlite" else None
    if path:
        _guard(path, create=create)
    vault = Vault(_engine(parsed, patience), path)
    try:
        _lay_out(vault)
    except BaseException:
        vault.close()
        raise
    return vault


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InputError("--ledger: not a database URL; say sqlite:///notify.db") from None
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise InputError("--ledger: must begin with sqlite:/// or postgresql+psycopg://")
    if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise InputError("--ledger: a SQLite ledger needs a file: sqlite:///notify.db")
    return parsed


def _guard(path: Path, *, create: bool) -> None:
    """Make the file, and all that SQLite lays beside it, readable by its owner alone."""
    try:
        if create:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        for suffix in (
            "",
            "-wal",
            "-shm",
            "-journal",
        ):  # SQLite gives those it makes later the mode of the first
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                beside.chmod(0o600)
    except OSError as error:
        raise InputError(f"{path}: the ledger cannot be opened ({error.strerror})") from None
    if not path.exists():
        raise InputError(f"{path}: there is no ledger; notify plan or send begins one")


def _engine(url: URL, patience: float) -> Engine:
    if url.drivername == "sqlite":
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        # A deferred transaction that turns from reading to writing fails at once when another one writes.
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    else:
        engine = create_engine(url, connect_args={"connect_timeout": 10, "application_name": "klartekst"})
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "connect", lambda connection, _: _limit_sleep(connection, patience))
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # a commit is on the disk before the dot goes out
    connection.execute("PRAGMA secure_delete=ON")  # a blanked address is overwritten


def _prepare_postgresql(connection: Any, _: object) -> None:
    with connection.cursor() as cursor:
        if cursor.execute("SHOW synchronous_commit").fetchone()[0] == "off":
            cursor.execute("SET synchronous_commit = on")  # the same, whatever the server's default
    connection.commit()


def _limit_sleep(connection: Any, patience: float) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = {max(1, round(patience * 1000))}")
    connection.commit()


def _lay_out(vault: Vault) -> None:
    with vault.transaction() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
        metadata.create_all(connection)
    kept = vault.remember("schema", str(SCHEMA))
    if kept != str(SCHEMA):
        raise InputError(
            f"the ledger has schema {kept} and this notifier knows {SCHEMA}; use the one that made it"
        )
