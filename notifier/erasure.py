"""Leave no blanked address in the files of a SQLite ledger.

`secure_delete` overwrites what is deleted. But when SQLite moves rows to another page, copies of them stay in
the unused part of the old one, and the write-ahead log keeps older pages. VACUUM writes every page anew.
What PostgreSQL keeps, and for how long, is the operator's decision (docs/notification-job.md).
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, delete, exists, func, select, text

from notifier.database import LEDGER, LedgerDatabase
from notifier.database_access import open_connection
from notifier.database_errors import build_database_error
from notifier.ledger_tables import meta_table, run_table

_NAME = "erasure"
_REWRITE = ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
_IS_DUE = meta_table.c.name == _NAME
_LIVE_RUN = select(run_table.c.id).where(run_table.c.ended.is_(None))
_MARK_DUE = text(f"INSERT INTO klartekst_meta (name, value) VALUES ('{_NAME}', 'due') ON CONFLICT DO NOTHING")  # noqa: S608


def mark_erasure_due(connection: Connection) -> None:
    """Store that addresses are blanked from now on, so that the files are rewritten even after a crash."""
    if connection.dialect.name == "sqlite":
        connection.execute(_MARK_DUE)


def erase_traces(database: LedgerDatabase, *, despite_runs: bool = False) -> None:
    """Rewrite the files of a SQLite ledger if addresses were blanked since the last time.

    The last of several runs does it, unless `despite_runs` is set. Raises TryLaterError if the disk is full
    or the ledger locked; the next run or purge then does it.
    """
    if database.path is None:
        return
    with database.transaction() as connection:
        is_due = connection.execute(select(func.count()).select_from(meta_table).where(_IS_DUE)).scalar_one()
        has_live_run = connection.execute(_LIVE_RUN).first() is not None
    if not is_due or (has_live_run and not despite_runs):
        return
    _rewrite_files(database)
    with database.transaction() as connection:
        # A run that began in the meantime has to do it again.
        connection.execute(delete(meta_table).where(_IS_DUE, ~exists(_LIVE_RUN)))


def _rewrite_files(database: LedgerDatabase) -> None:
    with open_connection(LEDGER, database.engine) as connection:
        # Not through SQLAlchemy, which would begin a transaction.
        driver_connection = connection.connection.driver_connection
        assert driver_connection is not None
        try:
            for statement in _REWRITE:
                driver_connection.execute(statement)
        except sqlite3.Error as error:
            raise build_database_error(LEDGER, error) from None
