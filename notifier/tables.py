"""The tables of the ledger, for SQLite and PostgreSQL alike, and the states a row can be in (contract §7)."""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

SCHEMA = 1  # raise it with every change to a table, and teach vault.py the way up


class State(StrEnum):
    """Where one letter to one addressee stands; every row is in exactly one of these at every instant."""

    PENDING = "pending"
    CLAIMED = "claimed"
    HANDED = "handed"
    SENT = "sent"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    GAVE_UP = "gave_up"
    UNDELIVERABLE = "undeliverable"
    WITHDRAWN = "withdrawn"


class DatabaseClock(FunctionElement[float]):
    """Seconds since 1970 by the clock that all runs share: the database's own."""

    type = Float()
    inherit_cache = True


@compiles(DatabaseClock, "sqlite")
def _sqlite_clock(*_: Any, **__: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(DatabaseClock, "postgresql")
def _postgresql_clock(*_: Any, **__: Any) -> str:
    # Not now(), which stands still for as long as a transaction lasts.
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)"


metadata = MetaData()

meta = Table(
    "klartekst_meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

campaign = Table(
    "klartekst_campaign",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", String(40), nullable=False, unique=True),
    Column("letter", String(64), nullable=False),  # Letter.identity: another letter is another campaign
    Column("record", Text, nullable=False),  # what proof says of the letter, as JSON
    Column("sender_domain", Text, nullable=False),
    Column("frozen", Float, nullable=False),
    Column("total", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("closed", Float),
    Column("kept", Text),  # the counts that outlive the rows, as JSON, once the campaign is purged
)

run = Table(
    "klartekst_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("process", Text, nullable=False),  # whose it is, for a neighbour to see whether it still lives
    Column("lease", Float, nullable=False),
    Column("renewed", Float, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("ended", Float),
)

post = Table(
    "klartekst_post",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign", ForeignKey(campaign.c.id), nullable=False),
    Column("key", String(64), nullable=False),
    Column("address", Text),
    Column("name", Text),
    Column("language", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("run", Integer),
    Column("attempts", Integer, nullable=False),
    Column("due", Float, nullable=False),
    Column("dated", Integer),  # the Date of the letter, fixed when it is first taken up
    Column("answer", Text),
    Column("changed", Float, nullable=False),
    UniqueConstraint("campaign", "key"),
    Index("klartekst_post_left", "campaign", "state", "due", "id"),
    Index("klartekst_post_held", "run", "state"),
)
