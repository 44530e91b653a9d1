"""Insert very many deliveries at once: a million addressees in half a minute, and in little memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Index, inspect, select, text
from sqlalchemy.exc import IntegrityError

from notifier.ledger_tables import delivery_table

# The first row of a mailbox stays, as with ON CONFLICT DO NOTHING.
_DELETE_DUPLICATES = text(
    "DELETE FROM klartekst_delivery WHERE id IN ("
    " SELECT id FROM ("
    " SELECT id, row_number() OVER (PARTITION BY campaign, key ORDER BY id) AS place FROM klartekst_delivery"
    " ) WHERE place > 1)"
)


def insert_rows(connection: Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    """Insert rows with a statement that has a question mark for each of their values.

    Past SQLAlchemy's own parameters, since converting a million of them takes as long as reading the list.
    """
    if connection.dialect.paramstyle != "qmark":
        statement = statement.replace("?", "%s")  # psycopg's
    connection.exec_driver_sql(statement, rows)


@contextmanager
def postpone_indexes(connection: Connection) -> Iterator[None]:
    """Insert deliveries in the block without their indexes, and build these at its end.

    Only in SQLite, and only if there are no deliveries yet: adding to an index row by row writes most of its
    pages once for each row, because hashes come in no order, and building it sorts them first. It all happens
    in one transaction, so nobody sees the table without its indexes.
    """
    indexes = _list_indexes(connection)
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        try:
            index.create(connection)
        except IntegrityError:
            # Only now, since most lists have no mailbox twice. The statement that failed changed nothing.
            connection.execute(_DELETE_DUPLICATES)
            index.create(connection)


def _list_indexes(connection: Connection) -> list[Index]:
    """Return the indexes that can be postponed: all, none, or all but a constraint of an older release."""
    if (
        connection.dialect.name != "sqlite"
        or connection.execute(select(delivery_table.c.id).limit(1)).first()
    ):
        return []
    existing = {index["name"] for index in inspect(connection).get_indexes(delivery_table.name)}
    return sorted(
        (index for index in delivery_table.indexes if index.name in existing),
        key=lambda index: (not index.unique, str(index.name)),
    )
