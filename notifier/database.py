"""The ledger's database, SQLite or PostgreSQL: its tables, delivery states, file modes and durability."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Update,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, InternalError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from common.errors import InputError, TryLaterError

_S = TypeVar("_S", bound=Update)
SCHEMA_VERSION = 2  # raise it with every change to a table, and migrate older ledgers in _create_tables
_BUSY_SECONDS = 30  # how long a SQLite connection waits for another one's lock
_CREATE_TABLES_LOCK = 0x6B6C6172  # "klar": the PostgreSQL advisory lock held while tables are created


class DeliveryState(StrEnum):
    """The state of one letter to one addressee; every row is in exactly one at every instant."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    GAVE_UP = "gave_up"
    UNDELIVERABLE = "undeliverable"
    WITHDRAWN = "withdrawn"


class DatabaseClock(FunctionElement[float]):
    """Seconds since 1970 by the database's clock, the only one that all runs share."""

    type = Float()
    inherit_cache = True


@compiles(DatabaseClock, "sqlite")
def _compile_clock_sqlite(*_: Any, **__: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(DatabaseClock, "postgresql")
def _compile_clock_postgresql(*_: Any, **__: Any) -> str:
    # Not now(), which returns the start of the transaction.
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)"


metadata = MetaData()

meta_table = Table(
    "klartekst_meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

campaign_table = Table(
    "klartekst_campaign",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", String(40), nullable=False, unique=True),
    Column("letter", String(64), nullable=False),  # Letter.fingerprint
    Column("record", Text, nullable=False),  # the part of the proof about the letter, as JSON
    Column("sender_domain", Text, nullable=False),
    Column("frozen", Float, nullable=False),  # times are seconds since 1970, by DatabaseClock
    Column("total", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("closed", Float),
    Column("final_counts", Text),  # the counts that outlive the purged rows, as JSON
)

run_table = Table(
    "klartekst_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("process", Text, nullable=False),  # get_own_process_id(), for others to see if it is alive
    Column("lease", Float, nullable=False),
    Column("renewed", Float, nullable=False),
    Column("commits", Integer, nullable=False),
    Column("ended", Float),
)

delivery_table = Table(
    "klartekst_delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign", ForeignKey(campaign_table.c.id), nullable=False),
    Column("key", String(64), nullable=False),  # LedgerKey.build_row_key
    Column("address", Text),
    Column("name", Text),
    Column("language", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("run", Integer),  # the run that holds the row, or did last
    Column("attempts", Integer, nullable=False),
    Column("due", Float, nullable=False),  # not before this time, for retries
    Column("dated", Integer),  # the Date header, fixed at the first claim: a repeat is the same message
    Column("answer", Text),  # Reply.summary
    Column("changed", Float, nullable=False),
    UniqueConstraint("campaign", "key"),
    Index("klartekst_delivery_pending", "campaign", "state", "due", "id"),
    Index("klartekst_delivery_held", "run", "state"),
)


@dataclass(frozen=True, slots=True)
class LedgerDatabase:
    """An open ledger; `path` is its file, or None for PostgreSQL."""

    engine: Engine
    path: Path | None

    @contextmanager
    def transaction(self, *, slow: bool = False) -> Iterator[Connection]:
        """Open a transaction that commits at the end, or rolls back when an exception leaves the block.

        `slow` is for a transaction that waits for another database in between: PostgreSQL does not end it as
        idle. Raises TryLaterError if the ledger is locked, full or unreachable; then nothing was written.
        """
        try:
            with self.engine.begin() as connection:
                if slow and self.path is None:
                    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                yield connection
        # PostgreSQL raises InternalError if the idle timeout has ended the session.
        except (OperationalError, InternalError) as error:
            problem = f"the ledger is temporarily unavailable: {get_driver_message(error)}"
            raise TryLaterError(problem) from None
        except DBAPIError as error:
            raise InputError(f"the ledger cannot be used: {get_driver_message(error)}") from None

    def read_meta(self, name: str) -> str | None:
        """Return a value that the ledger stores about itself, or None."""
        with self.transaction() as connection:
            return _select_meta(connection, name)

    def write_meta_once(self, name: str, value: str) -> str:
        """Store a value unless one is stored already, and return the stored one."""
        with self.transaction() as connection:
            stored = _select_meta(connection, name)
            if stored is None:
                connection.execute(insert(meta_table).values(name=name, value=value))
            return stored or value

    def close(self) -> None:
        """Close all connections; the last process to close a SQLite ledger merges its write-ahead log."""
        self.engine.dispose()


def _select_meta(connection: Connection, name: str) -> str | None:
    return connection.execute(select(meta_table.c.value).where(meta_table.c.name == name)).scalar()


def prepare_statement(connection: Connection, build: Callable[[], _S]) -> _S:
    """Return the statement that `build` makes, building it once for each database connection.

    For statements of every commit: building one costs more than running it. The DBAPI connection owns the
    built ones, and they are dropped with it; nothing invalidates them, since `build` takes no arguments.
    """
    statement: _S | None = connection.info.get(build)
    if statement is None:
        statement = connection.info[build] = build()
    return statement


def get_driver_message(error: DBAPIError) -> str:
    """Return the first line of a database driver's message, without the statement and its values."""
    return next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)


def open_database(url: str, *, create: bool, idle_timeout: float = 60.0) -> LedgerDatabase:
    """Open a ledger by its URL; create its file and tables if `create` allows it.

    PostgreSQL ends a session that stays idle inside a transaction for `idle_timeout` seconds, so that a
    suspended process cannot block all others. SQLite has no such timeout: others get TryLaterError.
    """
    parsed = _parse_url(url)
    path = Path(parsed.database or "") if parsed.drivername == "sqlite" else None
    if path:
        _restrict_permissions(path, create=create)
    database = LedgerDatabase(_create_engine(parsed, idle_timeout), path)
    try:
        _create_tables(database)
    except BaseException:
        database.close()
        raise
    return database


def _parse_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InputError("--ledger: not a database URL; write for example sqlite:///notify.db") from None
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise InputError("--ledger: must begin with sqlite:/// or postgresql+psycopg://")
    if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise InputError("--ledger: a SQLite ledger needs a file, for example sqlite:///notify.db")
    return parsed


def _restrict_permissions(path: Path, *, create: bool) -> None:
    """Make a SQLite file and those that SQLite writes beside it readable by their owner only."""
    try:
        if create:
            # Created here and not by SQLite, which would apply the umask and leave it readable by others.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        # SQLite gives files that it creates later the mode of the main file.
        for suffix in ("", "-wal", "-shm", "-journal"):
            file = path.with_name(path.name + suffix)
            if file.exists():
                file.chmod(0o600)
    except OSError as error:
        raise InputError(f"{path}: cannot open the ledger ({error.strerror})") from None
    if not path.exists():
        raise InputError(f"{path}: there is no ledger; notify plan --ledger or notify send creates one")


def _create_engine(url: URL, idle_timeout: float) -> Engine:
    if url.drivername == "sqlite":
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})
        event.listen(engine, "connect", _configure_sqlite)
        # IMMEDIATE takes the write lock at once: a transaction that begins as a reader and then writes fails
        # without waiting when another one has written in the meantime.
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    else:
        engine = create_engine(url, connect_args={"connect_timeout": 10, "application_name": "klartekst"})
        event.listen(engine, "connect", _configure_postgresql)
        event.listen(engine, "connect", lambda connection, _: _limit_idle_time(connection, idle_timeout))
    return engine


def _configure_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # sqlite3 would begin transactions by itself, and deferred ones
    # A commit to a write-ahead log needs one fsync, one with a rollback journal several.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # a commit must be on disk before the final dot is sent
    connection.execute("PRAGMA secure_delete=ON")  # a deleted address must not stay in the file


def _configure_postgresql(connection: Any, _: object) -> None:
    with connection.cursor() as cursor:
        if cursor.execute("SHOW synchronous_commit").fetchone()[0] == "off":
            cursor.execute("SET synchronous_commit = on")  # on disk before the dot, as with SQLite
    connection.commit()


def _limit_idle_time(connection: Any, seconds: float) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = {max(1, round(seconds * 1000))}")
    connection.commit()


def _create_tables(database: LedgerDatabase) -> None:
    """Create missing tables. Raises InputError for a ledger of another schema, which is left as it is."""
    with database.transaction() as connection:
        if connection.dialect.name == "postgresql":
            # Two sessions that both run CREATE TABLE IF NOT EXISTS can fail on the system catalog.
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CREATE_TABLES_LOCK})
        is_new = not inspect(connection).has_table(meta_table.name)
        stored = None if is_new else _select_meta(connection, "schema")
        if stored not in {None, str(SCHEMA_VERSION)}:
            raise InputError(
                f"the ledger has schema {stored}, this version supports schema {SCHEMA_VERSION}; "
                "use the version of the tool that created it"
            )
        metadata.create_all(connection)
        if stored is None:
            connection.execute(insert(meta_table).values(name="schema", value=str(SCHEMA_VERSION)))
