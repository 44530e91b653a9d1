"""The ledger's database, SQLite or PostgreSQL: its schema, file modes, durability and erasure."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Executable,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)

from common.errors import InputError
from notifier.database_access import open_connection, parse_database_url
from notifier.ledger_tables import meta_table, metadata

_S = TypeVar("_S", bound=Executable)
LEDGER = "the ledger"  # the subject of its errors
SCHEMA_VERSION = 4  # raise it with every change to a table, and migrate older ledgers in _create_tables
_MIGRATED_SCHEMAS = {"2", "3"}
_URL_FORM = "sqlite:///notify.db"
_BUSY_SECONDS = 30  # how long a SQLite connection waits for another one's lock
# As text: ON CONFLICT is the same in both dialects, SQLAlchemy's constructs are not.
_INSERT_META = text("INSERT INTO klartekst_meta (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING")
_CREATE_TABLES_LOCK = 0x6B6C6172  # "klar": the PostgreSQL advisory lock held while tables are created


@dataclass(frozen=True, slots=True)
class LedgerDatabase:
    """An open ledger; `path` is its file, or None for PostgreSQL."""

    engine: Engine
    path: Path | None

    @contextmanager
    def transaction(self, *, slow: bool = False) -> Iterator[Connection]:
        """Open a transaction that commits at the end, or rolls back when an exception leaves the block.

        `slow` is for a transaction that waits for another database in between: PostgreSQL does not end it as
        idle. Raises TryLaterError if the ledger is locked, full or unreachable, InputError if it cannot be
        used; then nothing was written.
        """
        with open_connection(LEDGER, self.engine) as connection, connection.begin():
            if slow and self.path is None:
                connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            yield connection

    def read_meta(self, name: str) -> str | None:
        """Return a value that the ledger stores about itself, or None."""
        with self.transaction() as connection:
            return _select_meta(connection, name)

    def write_meta_once(self, name: str, value: str) -> str:
        """Store a value unless one is stored already, and return the stored one."""
        with self.transaction() as connection:
            # Of two processes that begin a ledger at once, the second waits here for the first one's value.
            connection.execute(_INSERT_META, {"name": name, "value": value})
            return _select_meta(connection, name) or value

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


def open_database(
    url: str, *, create: bool, idle_timeout: float = 60.0, is_temporary: bool = False
) -> LedgerDatabase:
    """Open a ledger by its URL; create its file and tables if `create` allows it.

    A SQLite ledger that is temporary is not durable: nobody opens it again after a crash.

    PostgreSQL ends a session that stays idle inside a transaction for `idle_timeout` seconds, so that a
    suspended process cannot block all others. SQLite has no such timeout: others get TryLaterError.
    """
    parsed = _parse_url(url)
    path = Path(parsed.database or "") if parsed.drivername == "sqlite" else None
    if path:
        _restrict_permissions(path, create=create)
    database = LedgerDatabase(_create_engine(parsed, idle_timeout), path)
    if is_temporary:
        event.listen(database.engine, "connect", _skip_durability)
    try:
        _create_tables(database)
    except BaseException:
        database.close()
        raise
    return database


def _parse_url(url: str) -> URL:
    parsed = parse_database_url("--ledger", url, _URL_FORM, ("sqlite", "postgresql+psycopg"))
    if parsed.drivername == "sqlite" and parsed.database in ("", ":memory:"):
        raise InputError(f"--ledger: a SQLite ledger needs a file, for example {_URL_FORM}")
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


def _skip_durability(connection: Any, _: object) -> None:
    # With a write-ahead log, a million rows are written twice. Without any log, a statement that fails, such
    # as an index that finds a mailbox twice, could not be undone. This log has only what was there before the
    # transaction: a few pages.
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("PRAGMA synchronous=OFF")


def _configure_postgresql(connection: Any, _: object) -> None:
    with connection.cursor() as cursor:
        if cursor.execute("SHOW synchronous_commit").fetchone()[0] == "off":
            cursor.execute("SET synchronous_commit = on")  # on disk before the dot, as with SQLite
    connection.commit()


def _limit_idle_time(connection: Any, seconds: float) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = {max(1, round(seconds * 1000))}")
    connection.commit()


def _create_tables(database: LedgerDatabase) -> None:
    """Create missing tables, and migrate an older ledger.

    Raises InputError for a ledger of any other schema, which is left as it is.
    """
    with database.transaction() as connection:
        if connection.dialect.name == "postgresql":
            # Two sessions that both run CREATE TABLE IF NOT EXISTS can fail on the system catalog.
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CREATE_TABLES_LOCK})
        is_new = not inspect(connection).has_table(meta_table.name)
        stored = None if is_new else _select_meta(connection, "schema")
        if stored not in {None, *_MIGRATED_SCHEMAS, str(SCHEMA_VERSION)}:
            raise InputError(
                f"the ledger has schema {stored}, this version supports schema {SCHEMA_VERSION}; "
                "use the version of the tool that created it"
            )
        metadata.create_all(connection)
        if stored is None:
            connection.execute(insert(meta_table).values(name="schema", value=str(SCHEMA_VERSION)))
        elif stored in _MIGRATED_SCHEMAS:
            # Schema 3 added a table, which exists now: the letter is stored by the next plan or send.
            # Schema 4 added columns, which are empty in the rows of older campaigns.
            _add_missing_columns(connection)
            connection.execute(
                update(meta_table).where(meta_table.c.name == "schema").values(value=str(SCHEMA_VERSION))
            )


def _add_missing_columns(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        existing = {column["name"] for column in inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in existing:
                kind = column.type.compile(connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}"))
