"""The tables of the ledger, the states of a delivery, and the clock that all runs share."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement


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
    RETURNED = "returned"  # accepted by the relay, and reported as not delivered (RFC 3464)


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
    Column("source", Text),  # what the list was read from and how long it was, as JSON
    Column("decisions", Text),  # what a person decided and why, in order, as JSON
    Column("audiences", Text),  # who is told and who is left out, as JSON; null if everybody is told
)

letter_table = Table(
    "klartekst_letter",
    metadata,
    Column("campaign", ForeignKey(campaign_table.c.id), primary_key=True),
    Column("file", String(80), primary_key=True),  # its name in the folder of the letter
    Column("content", LargeBinary, nullable=False),
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
    Column("member", String(64)),  # LedgerKey.build_member_key, by which the website's record names them
    # Not a constraint, as it was in older releases: freezing a campaign in SQLite drops and builds it again.
    Index("klartekst_delivery_key", "campaign", "key", unique=True),
    Index("klartekst_delivery_pending", "campaign", "state", "due", "id"),
    Index("klartekst_delivery_held", "run", "state"),
)
