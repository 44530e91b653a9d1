"""Freeze a campaign: store its letter and one delivery for each mailbox of the list, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, select, text, update

from languages.matching import find_language
from notifier.addressee_rows import Addressee, RejectedRow
from notifier.bulk_insertion import insert_rows, postpone_indexes
from notifier.campaigns import Campaign, find_version, read_clock, read_int
from notifier.frozen_letters import store_letter
from notifier.keys import LedgerKey
from notifier.ledger_tables import DeliveryState, campaign_table, delivery_table
from notifier.letter_audiences import LetterAudiences, reject_unknown_audiences
from notifier.letters import Letter
from notifier.mailbox import Mailbox
from notifier.narrowing import insert_narrowed, narrow_values, remove_left_out

_ROWS_PER_INSERT = 1000
# As text, not as an expression: ON CONFLICT is the same in both dialects, SQLAlchemy's constructs are not.
_INSERT_CAMPAIGN = text(
    "INSERT INTO klartekst_campaign"
    " (version, letter, record, sender_domain, frozen, total, rejected, duplicates)"
    " VALUES (:version, :letter, :record, :domain, :now, 0, 0, 0) ON CONFLICT DO NOTHING RETURNING id"
)
_INSERT_DELIVERY = (
    "INSERT INTO klartekst_delivery"
    " (campaign, key, address, name, language, state, attempts, due, changed, member)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)
# Plain texts: looking up the value of an enumeration, or adapting one for SQLite, adds up over a list.
_PENDING, _UNDELIVERABLE = DeliveryState.PENDING.value, DeliveryState.UNDELIVERABLE.value


def freeze_campaign(
    connection: Connection,
    key: LedgerKey,
    letter: Letter,
    rows: Iterable[Addressee | RejectedRow],
    on_rejected: Callable[[RejectedRow], None],
    source: str = "",
) -> Campaign:
    """Insert a campaign with its letter and one delivery for each mailbox, and return it.

    `source` is what the list is called. If the letter is only for some audiences, the others get none.

    Of two processes that freeze at once, the second waits for the first one's transaction and finds its
    campaign: the unique version makes its insert return nothing.
    """
    campaign_id = _insert_campaign(connection, letter)
    if campaign_id is not None:
        store_letter(connection, campaign_id, letter)
        if letter.audiences.is_narrowed:
            rows = reject_unknown_audiences(rows, letter.audiences)
        now = read_clock(connection)
        deliveries = _build_deliveries(campaign_id, key, letter, rows, on_rejected, now)
        _insert_deliveries(connection, campaign_id, deliveries, letter.audiences, source)
    campaign = find_version(connection, letter.version)
    assert campaign is not None
    return campaign


def _insert_campaign(connection: Connection, letter: Letter) -> int | None:
    record = {
        "version": letter.version,
        "level": letter.level,
        "published": letter.published,
        "effective": letter.effective,
        "languages": letter.languages,
        "sha256": letter.sha256,
        "entry": letter.entry,
    }
    values = {
        "version": letter.version,
        "letter": letter.fingerprint,
        "record": json.dumps(record, ensure_ascii=False),
        "domain": letter.sender_domain,
        "now": read_clock(connection),
    }
    return connection.execute(_INSERT_CAMPAIGN, values).scalar()


def _build_deliveries(
    campaign_id: int,
    key: LedgerKey,
    letter: Letter,
    rows: Iterable[Addressee | RejectedRow],
    on_rejected: Callable[[RejectedRow], None],
    now: float,
) -> Iterator[tuple[Any, ...] | None]:
    """Yield the values of a delivery for each addressee, or None for a rejected row."""
    # A list names few different languages; whatever else it names must not fill the memory.
    choose_language = lru_cache(maxsize=64)(partial(_choose_language, letter))
    version, audiences = letter.version, letter.audiences
    for row in rows:
        if isinstance(row, RejectedRow):
            on_rejected(row)
            yield None
            continue
        mailable = isinstance(row.mailbox, Mailbox)
        values = (
            campaign_id,
            key.build_row_key(version, row.mailbox.identity),
            # An address that cannot be mailed is counted and not stored.
            row.address if mailable else None,
            row.name if mailable else None,
            choose_language(row.language or ""),
            _PENDING if mailable else _UNDELIVERABLE,
            now,
            now,
            # A preview has no addresses, and joins nothing.
            key.build_member_key(version, row.address) if row.address else None,
        )
        yield narrow_values(values, row, audiences) if audiences.is_narrowed else values


def _choose_language(letter: Letter, tag: str) -> str:
    """Return the first language for addressees whose own is unknown, or has no letter."""
    return find_language(tag, letter.languages) or letter.languages[0]


def _insert_deliveries(
    connection: Connection,
    campaign_id: int,
    deliveries: Iterator[tuple[Any, ...] | None],
    audiences: LetterAudiences,
    source: str,
) -> None:
    accepted = rejected = 0
    # A narrowed campaign finds the other row of a mailbox by its index.
    with nullcontext() if audiences.is_narrowed else postpone_indexes(connection):
        while batch := list(islice(deliveries, _ROWS_PER_INSERT)):
            rows = [row for row in batch if row]
            accepted += len(rows)
            rejected += len(batch) - len(rows)
            if rows and audiences.is_narrowed:
                insert_narrowed(connection, rows)
            elif rows:
                insert_rows(connection, _INSERT_DELIVERY, rows)
    told, left_out = None, 0
    if audiences.is_narrowed:
        told, left_out = remove_left_out(connection, campaign_id, audiences)
    # The unique row key drops duplicates: an accepted row that is not in the table was one.
    total = read_int(connection, select(func.count()).where(delivery_table.c.campaign == campaign_id))
    values = {
        "total": total,
        "rejected": rejected,
        "duplicates": accepted - left_out - total,
        "source": json.dumps({"from": source, "rows": accepted + rejected}, ensure_ascii=False),
        "audiences": json.dumps(told, ensure_ascii=False) if told else None,
    }
    connection.execute(update(campaign_table).where(campaign_table.c.id == campaign_id).values(values))
