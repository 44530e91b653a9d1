"""Deliveries of a campaign that are due: a run claims them, or learns when the next one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from notifier.database import prepare_statement
from notifier.deliveries import LONGEST_DELAY, Delivery, has_key
from notifier.ledger_tables import DatabaseClock, DeliveryState, delivery_table

_DELIVERY_COLUMNS = (  # in the order of the fields of Delivery
    delivery_table.c.id,
    delivery_table.c.key,
    delivery_table.c.address,
    delivery_table.c.name,
    delivery_table.c.language,
    delivery_table.c.attempts,
    delivery_table.c.dated,
)


@dataclass(frozen=True, slots=True)
class PendingSummary:
    """The numbers of pending deliveries and of those that other runs hold; `due_in` is in seconds."""

    pending: int
    due_in: float | None
    held_by_others: int


def claim_deliveries(
    connection: Connection, run_id: int, campaign_id: int, count: int, only_key: str | None
) -> list[Delivery]:
    """Claim up to `count` due deliveries of a campaign, or the one with `only_key`; runs never share one."""
    find_due = prepare_statement(connection, _build_find_due_of_key if only_key else _build_find_due)
    selected = {"campaign_id": campaign_id, "count": count} | ({"only_key": only_key} if only_key else {})
    ids = connection.execute(find_due, selected).scalars().all()
    if not ids:
        return []
    claim = prepare_statement(connection, _build_claim)
    return [Delivery(*row) for row in connection.execute(claim, {"ids": ids, "run_id": run_id})]


def _build_find_due() -> Select[tuple[int]]:
    return (
        select(delivery_table.c.id)
        .where(
            delivery_table.c.campaign == bindparam("campaign_id"),
            delivery_table.c.state == DeliveryState.PENDING,
            _is_due(),
        )
        .order_by(delivery_table.c.due, delivery_table.c.id)
        .limit(bindparam("count", type_=Integer))
        # In PostgreSQL runs that claim at once skip the rows of each other instead of waiting for them.
        # SQLite has one writer at a time and ignores this.
        .with_for_update(skip_locked=True)
    )


def _build_find_due_of_key() -> Select[tuple[int]]:
    return _build_find_due().where(delivery_table.c.key == bindparam("only_key"))


def _build_claim() -> ReturningUpdate[Any]:
    return (
        update(delivery_table)
        .where(delivery_table.c.id.in_(bindparam("ids", expanding=True)))
        .values(state=DeliveryState.CLAIMED, run=bindparam("run_id"), changed=DatabaseClock())
        .values(dated=func.coalesce(delivery_table.c.dated, cast(DatabaseClock(), Integer)))
        .returning(*_DELIVERY_COLUMNS)
    )


def summarize_pending(
    connection: Connection, campaign_id: int, run_id: int, only_key: str | None
) -> PendingSummary:
    """Summarize the unfinished deliveries of a campaign, as seen by a run that found none due."""
    selected = and_(delivery_table.c.campaign == campaign_id, has_key(only_key))
    next_due = func.min(case((_is_due(), DatabaseClock()), else_=delivery_table.c.due))
    pending, due_in = connection.execute(
        select(func.count(), next_due - DatabaseClock()).where(
            selected, delivery_table.c.state == DeliveryState.PENDING
        )
    ).one()
    held_by_others = connection.execute(
        select(func.count())
        .select_from(delivery_table)
        .where(
            selected,
            delivery_table.c.state.in_([DeliveryState.CLAIMED, DeliveryState.SENDING]),
            delivery_table.c.run != run_id,
        )
    ).scalar_one()
    return PendingSummary(pending, None if due_in is None else max(0.0, due_in), held_by_others)


def _is_due() -> ColumnElement[bool]:
    # A due time further ahead than any delay was written before the clock was set back; nobody waits for it.
    return or_(
        delivery_table.c.due <= DatabaseClock(), delivery_table.c.due > DatabaseClock() + LONGEST_DELAY
    )
