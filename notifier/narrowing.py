"""Freeze a campaign whose letter only some audiences get: who is told, and how many are left out."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from notifier.addressee_rows import Addressee
from notifier.bulk_insertion import insert_rows
from notifier.ledger_tables import delivery_table
from notifier.letter_audiences import LetterAudiences

_LEFT_OUT = (
    "left_out"  # a state within the transaction that freezes a campaign; no such row is left at its end
)
# A mailbox in two rows gets one letter, and gets it if one of the rows says so. While the campaign is frozen,
# `answer` holds the audiences of a mailbox, so that each is counted once.
_INSERT_NARROWED = (
    "INSERT INTO klartekst_delivery"
    " (campaign, key, address, name, language, state, attempts, due, changed, member, answer)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)"
    " ON CONFLICT (campaign, key) DO UPDATE SET"
    " address = CASE klartekst_delivery.state WHEN 'left_out' THEN excluded.address"
    " ELSE klartekst_delivery.address END,"
    " name = CASE klartekst_delivery.state WHEN 'left_out' THEN excluded.name"
    " ELSE klartekst_delivery.name END,"
    " language = CASE klartekst_delivery.state WHEN 'left_out' THEN excluded.language"
    " ELSE klartekst_delivery.language END,"
    " member = CASE klartekst_delivery.state WHEN 'left_out' THEN excluded.member"
    " ELSE klartekst_delivery.member END,"
    " state = CASE klartekst_delivery.state WHEN 'left_out' THEN excluded.state"
    " ELSE klartekst_delivery.state END,"
    " answer = klartekst_delivery.answer || ' ' || excluded.answer"
)


def narrow_values(values: tuple[Any, ...], row: Addressee, audiences: LetterAudiences) -> tuple[Any, ...]:
    """Return the values of a delivery for `insert_narrowed`; of who is left out no address is stored."""
    names = " ".join(row.audiences)
    if audiences.includes(row):
        return (*values, names)
    campaign_id, key, _, _, language, _, *times_and_member = values
    return (campaign_id, key, None, None, language, _LEFT_OUT, *times_and_member, names)


def insert_narrowed(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    """Insert the deliveries of a narrowed campaign and the rows of those who are left out."""
    insert_rows(connection, _INSERT_NARROWED, rows)


def remove_left_out(
    connection: Connection, campaign_id: int, audiences: LetterAudiences
) -> tuple[dict[str, Any], int]:
    """Delete the rows of those who are left out; return who is told and who is not, and how many are not.

    A mailbox in two audiences is counted in both.
    """
    is_own = delivery_table.c.campaign == campaign_id
    columns = delivery_table.c.state, delivery_table.c.answer
    grouped = select(*columns, func.count()).where(is_own).group_by(*columns)
    told: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    total = 0
    for state, names, number in connection.execute(grouped):
        counter = left_out if state == _LEFT_OUT else told
        for name in {*names.split()} or {""}:
            counter[name] += number
        total += number if state == _LEFT_OUT else 0
    connection.execute(delete(delivery_table).where(is_own, delivery_table.c.state == _LEFT_OUT))
    connection.execute(update(delivery_table).where(is_own).values(answer=None))
    record = {
        "tell": "affected",
        "affected": list(audiences.affected),
        "told": {name: told[name] for name in audiences.affected},
        "left_out": total,
        # Without an audience: "".
        "left_out_of": {name: left_out[name] for name in sorted(left_out)},
    }
    return record, total
