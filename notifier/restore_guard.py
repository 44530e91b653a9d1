"""Detect a ledger that was restored from a backup: it does not know who was mailed since the backup.

Beside a SQLite ledger a file holds a high-water mark, the number of commits of all runs. The ledger always
reaches a number first and the file after it, so a ledger with fewer commits than the file is an old copy. A
PostgreSQL ledger stores the cluster, timeline and table it lives in; after a restore from a dump, or to a
point in time, one of them differs.
"""

from __future__ import annotations

import os
from contextlib import suppress

from sqlalchemy import func, select, text, update

from common.errors import InputError
from notifier.database import LedgerDatabase
from notifier.ledger_tables import meta_table, run_table

_LOCATION = text(
    "SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),"
    " (SELECT timeline_id FROM pg_control_checkpoint()), to_regclass('klartekst_delivery')::oid)"
)


class RestoreGuard:
    """Distinguishes a ledger from an older copy of itself."""

    def __init__(self, database: LedgerDatabase) -> None:
        self._database = database
        path = database.path
        self._high_water_mark_file = path.with_name(f"{path.name}.high-water-mark") if path else None
        self._commits = self._count_commits()

    def check(self) -> None:
        """Raise InputError if the ledger was restored."""
        if not self.is_current():
            raise InputError(
                "the ledger was restored from an older copy and may not know who was mailed since; "
                "run notify reconcile with the relay's log"
            )

    def is_current(self) -> bool:
        """Whether the ledger has every commit of its last run."""
        if self._high_water_mark_file is None:
            return self._database.read_meta("location") in (None, self._read_location())
        mark = self._read_high_water_mark()  # before counting: other runs may be committing
        commits = self._count_commits()
        return commits == 0 if mark is None else mark <= commits

    def record(self) -> None:
        """Record the ledger as it is now as the current one."""
        self._commits = self._count_commits()
        if self._high_water_mark_file is not None:
            self._write_high_water_mark()
            return
        location = self._read_location()
        if self._database.write_meta_once("location", location) != location:
            with self._database.transaction() as connection:
                connection.execute(
                    update(meta_table).where(meta_table.c.name == "location").values(value=location)
                )

    def advance(self) -> None:
        """Record one more commit of the ledger."""
        self._commits += 1
        if self._high_water_mark_file:
            self._write_high_water_mark()

    def _count_commits(self) -> int:
        with self._database.transaction() as connection:
            return connection.execute(select(func.sum(run_table.c.commits))).scalar_one() or 0

    def _read_location(self) -> str:
        with self._database.transaction() as connection:
            return str(connection.execute(_LOCATION).scalar_one())

    def _read_high_water_mark(self) -> int | None:
        assert self._high_water_mark_file is not None
        try:
            return int(self._high_water_mark_file.read_text("ascii"))
        except (OSError, ValueError):
            return None

    def _write_high_water_mark(self) -> None:
        # In place and without fsync: after a power cut the file may hold an older number, which raises no
        # false alarm. A mark that cannot be written must not stop a run either.
        assert self._high_water_mark_file is not None
        with suppress(OSError):
            file = os.open(self._high_water_mark_file, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(file, f"{self._commits:020}\n".encode(), 0)
            finally:
                os.close(file)
