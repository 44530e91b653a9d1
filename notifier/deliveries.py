"""Deliveries in the ledger: the steps of one letter to one addressee, each inside its caller's transaction.

    pending → claimed → sending → sent | refused | in_doubt | pending;  gave_up, undeliverable, withdrawn

Every step is conditional on the row still belonging to the run, and only a change of that row takes it away.
So no message depends on a clock: a lease says when others may take over, the row says whether they did.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    and_,
    bindparam,
    case,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from notifier.database import prepare_statement
from notifier.keys import build_message_id
from notifier.ledger_tables import DatabaseClock, DeliveryState, delivery_table

LONGEST_DELAY = 4 * 3600.0  # seconds until a retry
_HELD_STATES = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.IN_DOUBT)
RESTORED = "RESTORED"  # the reply of deliveries in doubt since their ledger was restored
UNFINISHED_STATES = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter to one addressee, claimed by a run; `dated_at` is its Date in seconds since 1970."""

    id: int
    key: str
    address: str
    name: str | None
    language: str
    attempts: int
    dated_at: int


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The outcome of an attempt: the new state, the reply, and in how many seconds to try again."""

    delivery: Delivery
    state: DeliveryState
    reply: str | None = None
    delay: float = 0.0
    counts_as_attempt: bool = True
    keep_address: bool = False


@dataclass(frozen=True, slots=True)
class DoubtfulDelivery:
    """A delivery whose final dot was sent and whose reply is unknown, or one of a restored ledger.

    The dot was sent at `sent_at`; in a restored ledger at any time from then to `latest_at`, or never.
    """

    delivery_id: int
    address: str
    message_id: str
    sent_at: float
    latest_at: float

    @property
    def is_restored(self) -> bool:
        """Whether its ledger was restored, so that nobody knows when its dot was sent."""
        return self.latest_at > self.sent_at


def mark_sending(connection: Connection, run_id: int, ids: Collection[int]) -> frozenset[int]:
    """Mark claimed deliveries as being sent; return those whose final dot may be sent after the commit."""
    statement = prepare_statement(connection, _build_mark_sending)
    marked = connection.execute(statement, {"ids": list(ids), "run_id": run_id})
    return frozenset(marked.scalars())


def _build_mark_sending() -> ReturningUpdate[int]:
    # This condition stops a run that was suspended and declared dead: it has lost its claim.
    is_own_claim = and_(
        delivery_table.c.run == bindparam("run_id"), delivery_table.c.state == DeliveryState.CLAIMED
    )
    return (
        update(delivery_table)
        .where(is_own_claim, delivery_table.c.id.in_(bindparam("ids", expanding=True)))
        .values(state=DeliveryState.SENDING, changed=DatabaseClock())
        .returning(delivery_table.c.id)
    )


def record_results(connection: Connection, run_id: int, results: Sequence[DeliveryResult]) -> None:
    """Record results, also of deliveries put in doubt in the meantime: a late reply is still a reply."""
    rows = [
        {
            "delivery_id": result.delivery.id,
            "run_id": run_id,
            "new_state": result.state.value,
            "reply": result.reply,
            "attempt": int(result.counts_as_attempt),
            "delay": result.delay,
            "keep": int(
                result.keep_address or result.state in (DeliveryState.PENDING, DeliveryState.IN_DOUBT)
            ),
        }
        for result in results
    ]
    connection.execute(prepare_statement(connection, _build_record_result), rows)


def _build_record_result() -> Update:
    # OR instead of IN: an expanding IN cannot be part of a statement that is executed for many rows.
    is_held = or_(*(delivery_table.c.state == state for state in _HELD_STATES))
    new_state: ColumnElement[str] = bindparam("new_state")
    keep = bindparam("keep") == 1
    return (
        update(delivery_table)
        .where(
            delivery_table.c.id == bindparam("delivery_id"),
            delivery_table.c.run == bindparam("run_id"),
            is_held,
        )
        .values(
            state=new_state,
            answer=bindparam("reply"),
            attempts=delivery_table.c.attempts + bindparam("attempt"),
            due=DatabaseClock() + bindparam("delay"),
            # A delivery in doubt keeps the time of its dot: the relay's log may mention it at that time.
            changed=case(
                (new_state == DeliveryState.IN_DOUBT.value, delivery_table.c.changed),
                else_=DatabaseClock(),
            ),
            # No address is stored longer than it is needed (GDPR Article 5(1)(e)).
            address=case((keep, delivery_table.c.address), else_=null()),
            name=case((keep, delivery_table.c.name), else_=null()),
            run=case((new_state == DeliveryState.PENDING.value, null()), else_=delivery_table.c.run),
        )
    )


def erase_refused_addresses(connection: Connection, run_id: int, ids: Collection[int] | None = None) -> None:
    """Blank the addresses of refused deliveries of a run, which are final now; by default of all of them."""
    is_refused = and_(
        delivery_table.c.run == run_id,
        delivery_table.c.state == DeliveryState.REFUSED,
        delivery_table.c.address.is_not(None),
    )
    selected = literal(value=True) if ids is None else delivery_table.c.id.in_(ids)
    connection.execute(update(delivery_table).where(is_refused, selected).values(address=None, name=None))


def requeue_refused(connection: Connection, run_id: int, ids: Collection[int]) -> None:
    """Make refused deliveries pending again: the letter or the sender was refused, not the addressees."""
    is_refused = and_(
        delivery_table.c.run == run_id,
        delivery_table.c.state == DeliveryState.REFUSED,
        delivery_table.c.id.in_(ids),
    )
    connection.execute(
        update(delivery_table)
        .where(is_refused)
        .values(state=DeliveryState.PENDING, run=None, due=DatabaseClock())
    )


def mark_restored(connection: Connection) -> None:
    """Put every delivery that is not final in doubt: after the copy was made it may have been sent any time.

    That holds for those that were in doubt already, which may have been sent again.
    """
    may_be_sent = delivery_table.c.state.in_([*UNFINISHED_STATES, DeliveryState.IN_DOUBT])
    values = {"state": DeliveryState.IN_DOUBT, "run": None, "answer": RESTORED, "due": DatabaseClock()}
    connection.execute(update(delivery_table).where(may_be_sent).values(values))


def requeue_doubtful(connection: Connection, campaign_id: int, only_key: str | None) -> int:
    """Make deliveries in doubt pending again, at the operator's request only: some get a second message."""
    is_doubtful = and_(
        delivery_table.c.campaign == campaign_id, delivery_table.c.state == DeliveryState.IN_DOUBT
    )
    return connection.execute(
        update(delivery_table)
        .where(is_doubtful, has_key(only_key))
        .values(state=DeliveryState.PENDING, run=None, due=DatabaseClock())
    ).rowcount


def list_doubtful(connection: Connection, campaign_id: int, sender_domain: str) -> list[DoubtfulDelivery]:
    """Return the deliveries of a campaign that are in doubt, in the order of the ledger."""
    # The time of a restore is stored as that of the next attempt, which no delivery in doubt has.
    latest = case((delivery_table.c.answer == RESTORED, delivery_table.c.due), else_=delivery_table.c.changed)
    columns = (*(delivery_table.c[name] for name in ("id", "address", "key", "changed")), latest)
    rows = connection.execute(
        select(*columns)
        .where(delivery_table.c.campaign == campaign_id, delivery_table.c.state == DeliveryState.IN_DOUBT)
        .order_by(delivery_table.c.id)
    )
    return [
        DoubtfulDelivery(row[0], row[1], build_message_id(row[2], sender_domain), row[3], max(row[3], row[4]))
        for row in rows
    ]


def has_key(only_key: str | None) -> ColumnElement[bool]:
    """Return the condition that a delivery is the one with `only_key`, or any if that is None."""
    return delivery_table.c.key == only_key if only_key else literal(value=True)
