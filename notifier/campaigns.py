"""Campaigns in the ledger: one letter and its addressees, frozen once, counted any time, purged at last."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, text, update

from common.errors import InputError
from languages.matching import find_language
from notifier.addressee_rows import Addressee, RejectedRow
from notifier.deliveries import UNFINISHED_STATES
from notifier.frozen_letters import describe_difference, read_letter, store_letter
from notifier.keys import LedgerKey
from notifier.ledger_tables import DatabaseClock, DeliveryState, campaign_table, delivery_table
from notifier.letters import Letter, LetterFolder
from notifier.mailbox import Mailbox

_ROWS_PER_INSERT = 1000
# As text, not as an expression: ON CONFLICT is the same in both dialects, SQLAlchemy's constructs are not.
_INSERT_CAMPAIGN = text(
    "INSERT INTO klartekst_campaign"
    " (version, letter, record, sender_domain, frozen, total, rejected, duplicates)"
    " VALUES (:version, :letter, :record, :domain, :now, 0, 0, 0) ON CONFLICT DO NOTHING RETURNING id"
)
_INSERT_DELIVERY = text(
    "INSERT INTO klartekst_delivery"
    " (campaign, key, address, name, language, state, attempts, due, changed)"
    " VALUES (:campaign, :key, :address, :name, :language, :state, 0, :now, :now) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One letter and its frozen addressees; times are in seconds since 1970."""

    id: int
    version: str
    letter_fingerprint: str
    record: dict[str, Any]
    sender_domain: str
    frozen_at: float
    total: int
    rejected_count: int
    duplicate_count: int
    closed_at: float | None
    final_counts: dict[str, Any] | None


def find_campaign(connection: Connection, folder: LetterFolder) -> Campaign | None:
    """Return the campaign that has the name of the folder, else that of the letter in it, else None."""
    found = _find_version(connection, folder.version)
    return found or (_find_version(connection, folder.letter.version) if folder.letter else None)


def _find_version(connection: Connection, version: str) -> Campaign | None:
    row = connection.execute(select(campaign_table).where(campaign_table.c.version == version)).one_or_none()
    return _parse_campaign(row) if row else None


def resolve_letter(
    connection: Connection, campaign: Campaign, folder: LetterFolder
) -> tuple[Letter, str | None]:
    """Return the letter of a campaign, and a line if the folder has another one.

    It is the stored one. If an older release began the campaign, that of the folder is stored now; raises
    InputError if it has changed since then.
    """
    frozen = read_letter(connection, campaign.id, campaign.version, campaign.letter_fingerprint)
    if frozen:
        return frozen, describe_difference(frozen, folder)
    letter = folder.require_letter()
    if letter.fingerprint != campaign.letter_fingerprint:
        raise InputError(
            f"the letter of {campaign.version} has changed since its campaign began; "
            "publish a changed letter as a new version"
        )
    store_letter(connection, campaign.id, letter)
    return letter, None


def list_campaigns(connection: Connection) -> list[Campaign]:
    """Return all campaigns in the order they began."""
    rows = connection.execute(select(campaign_table).order_by(campaign_table.c.id))
    return [_parse_campaign(row) for row in rows]


def freeze_campaign(
    connection: Connection,
    key: LedgerKey,
    letter: Letter,
    rows: Iterable[Addressee | RejectedRow],
    on_rejected: Callable[[RejectedRow], None],
) -> Campaign:
    """Insert a campaign with its letter and one delivery for each mailbox, and return it.

    Of two processes that freeze at once, the second waits for the first one's transaction and finds its
    campaign: the unique version makes its insert return nothing.
    """
    campaign_id = _insert_campaign(connection, letter)
    if campaign_id is not None:
        store_letter(connection, campaign_id, letter)
        deliveries = _build_deliveries(key, letter, rows, on_rejected, read_clock(connection))
        _insert_deliveries(connection, campaign_id, deliveries)
    campaign = _find_version(connection, letter.version)
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
    key: LedgerKey,
    letter: Letter,
    rows: Iterable[Addressee | RejectedRow],
    on_rejected: Callable[[RejectedRow], None],
    now: float,
) -> Iterator[dict[str, Any] | None]:
    """Yield the values of a delivery for each addressee, or None for a rejected row."""
    for row in rows:
        if isinstance(row, RejectedRow):
            on_rejected(row)
            yield None
            continue
        mailable = isinstance(row.mailbox, Mailbox)
        yield {
            "key": key.build_row_key(letter.version, row.mailbox.identity),
            # An address that cannot be mailed is counted and not stored.
            "address": row.address if mailable else None,
            "name": row.name if mailable else None,
            # The first language is for addressees whose own is unknown, or has no letter.
            "language": find_language(row.language or "", letter.languages) or letter.languages[0],
            "state": DeliveryState.PENDING if mailable else DeliveryState.UNDELIVERABLE,
            "now": now,
        }


def _insert_deliveries(
    connection: Connection, campaign_id: int, deliveries: Iterator[dict[str, Any] | None]
) -> None:
    accepted = rejected = 0
    while batch := list(islice(deliveries, _ROWS_PER_INSERT)):
        values = [row | {"campaign": campaign_id} for row in batch if row]
        accepted += len(values)
        rejected += len(batch) - len(values)
        if values:
            connection.execute(_INSERT_DELIVERY, values)
    # The unique row key drops duplicates: an accepted row that is not in the table was one.
    total = _read_int(connection, select(func.count()).where(delivery_table.c.campaign == campaign_id))
    counts = {"total": total, "rejected": rejected, "duplicates": accepted - total}
    connection.execute(update(campaign_table).where(campaign_table.c.id == campaign_id).values(counts))


def has_addressee(connection: Connection, campaign: Campaign, key: str) -> bool:
    """Whether a campaign has a delivery with this row key."""
    matching = select(func.count()).where(
        delivery_table.c.campaign == campaign.id, delivery_table.c.key == key
    )
    return _read_int(connection, matching) > 0


def count_unfinished(connection: Connection, campaign: Campaign, only_key: str | None) -> int:
    """Return how many deliveries are still to be sent, of all or of the one with `only_key`."""
    conditions = [delivery_table.c.campaign == campaign.id, delivery_table.c.state.in_(UNFINISHED_STATES)]
    if only_key:
        conditions.append(delivery_table.c.key == only_key)
    return _read_int(connection, select(func.count()).where(*conditions))


def count_by_state(connection: Connection, campaign: Campaign) -> dict[str, int]:
    """Return the number of addressees in each state, with 0 for states without any."""
    if campaign.final_counts:
        return dict(campaign.final_counts["counts"])
    by_state = (
        select(delivery_table.c.state, func.count())
        .where(delivery_table.c.campaign == campaign.id)
        .group_by(delivery_table.c.state)
    )
    counts = {row[0]: row[1] for row in connection.execute(by_state)}
    return {state.value: 0 for state in DeliveryState} | counts


def count_by_language(connection: Connection, campaign: Campaign) -> dict[str, dict[str, int]]:
    """Return the number of addressees by language and state."""
    if campaign.final_counts:
        return dict(campaign.final_counts["languages"])
    by_both = (
        select(delivery_table.c.language, delivery_table.c.state, func.count())
        .where(delivery_table.c.campaign == campaign.id)
        .group_by(delivery_table.c.language, delivery_table.c.state)
        .order_by(delivery_table.c.language, delivery_table.c.state)
    )
    counts: dict[str, dict[str, int]] = {}
    for language, state, number in connection.execute(by_both):
        counts.setdefault(language, {})[state] = number
    return counts


def find_sending_period(connection: Connection, campaign: Campaign) -> tuple[float | None, float | None]:
    """Return when the first and the last letter were accepted, in seconds since 1970."""
    if campaign.final_counts:
        return campaign.final_counts["first_sent"], campaign.final_counts["last_sent"]
    first_and_last = select(func.min(delivery_table.c.changed), func.max(delivery_table.c.changed))
    is_sent = delivery_table.c.state == DeliveryState.SENT
    row = connection.execute(first_and_last.where(delivery_table.c.campaign == campaign.id, is_sent)).one()
    return row[0], row[1]


def close_campaign(connection: Connection, campaign: Campaign) -> None:
    """Delete every delivery of a campaign and close it; the counts that a proof needs are kept."""
    first, last = find_sending_period(connection, campaign)
    final_counts = {
        "counts": count_by_state(connection, campaign),
        "languages": count_by_language(connection, campaign),
        "first_sent": first,
        "last_sent": last,
    }
    connection.execute(delete(delivery_table).where(delivery_table.c.campaign == campaign.id))
    values = {"final_counts": json.dumps(final_counts), "closed": DatabaseClock()}
    connection.execute(update(campaign_table).where(campaign_table.c.id == campaign.id).values(values))


def read_clock(connection: Connection) -> float:
    """Return the time by the database's clock, in seconds since 1970."""
    return float(connection.execute(select(DatabaseClock())).scalar_one())


def _read_int(connection: Connection, statement: Select[int]) -> int:
    return int(connection.execute(statement).scalar_one())


def _parse_campaign(row: Row[Any]) -> Campaign:
    return Campaign(
        id=row.id,
        version=row.version,
        letter_fingerprint=row.letter,
        record=json.loads(row.record),
        sender_domain=row.sender_domain,
        frozen_at=row.frozen,
        total=row.total,
        rejected_count=row.rejected,
        duplicate_count=row.duplicates,
        closed_at=row.closed,
        final_counts=json.loads(row.final_counts) if row.final_counts else None,
    )
