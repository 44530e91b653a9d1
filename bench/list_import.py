"""The peer of a campaign's beginning: a plain script that reads a list of addressees and keeps it.

`python bench/list_import.py LIST.csv NEW.db` does the least that a sender must do to know later whom it has
mailed: read the list and count it by language, then read it again and insert each row into SQLite, no address
twice and with an index by state, in one durable transaction. It checks no address and proves nothing.
"""

from __future__ import annotations

import csv
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_TABLE = """CREATE TABLE addressees (
    number INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, language TEXT NOT NULL, state TEXT NOT NULL
)"""


def _iter_rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows below the names of the columns."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


def import_list(addressees: Path, database: Path) -> Counter[str]:
    """Copy a list into a new database; return how many addressees there are by language."""
    counts = Counter(language for _, language in _iter_rows(addressees))
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_TABLE)
        connection.execute("CREATE INDEX by_state ON addressees (state, number)")
        insert = "INSERT INTO addressees (email, language, state) VALUES (?, ?, 'pending')"
        connection.executemany(insert, _iter_rows(addressees))
    return counts


if __name__ == "__main__":
    print(import_list(Path(sys.argv[1]), Path(sys.argv[2])))
