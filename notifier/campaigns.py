"""Campaigns in the ledger: one letter and its addressees, counted any time, purged at last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from common.errors import InputError
from notifier.deliveries import UNFINISHED_STATES
from notifier.frozen_letters import describe_difference, read_letter, store_letter
from notifier.ledger_tables import DatabaseClock, DeliveryState, campaign_table, delivery_table
from notifier.letters import Letter, LetterFolder

_ROWS_PER_FETCH = 1000
UNFROZEN = "unfrozen/"  # before the number and the version of a campaign that was unfrozen; no folder's name


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
    source: dict[str, Any] | None
    decisions: list[dict[str, Any]]
    audiences: dict[str, Any] | None

    @property
    def left_out_count(self) -> int:
        """How many people of the list the change does not concern, and who get no letter."""
        return int(self.audiences["left_out"]) if self.audiences else 0


def find_campaign(connection: Connection, folder: LetterFolder) -> Campaign | None:
    """Return the campaign that has the name of the folder, else that of the letter in it, else None."""
    found = find_version(connection, folder.version)
    return found or (find_version(connection, folder.letter.version) if folder.letter else None)


def find_version(connection: Connection, version: str) -> Campaign | None:
    """Return the campaign of a version, or None."""
    row = connection.execute(select(campaign_table).where(campaign_table.c.version == version)).one_or_none()
    return _parse_campaign(row) if row else None


def require_campaign(connection: Connection, folder: LetterFolder) -> Campaign:
    """Return the campaign of a letter; raise InputError if the ledger has none."""
    campaign = find_campaign(connection, folder)
    if campaign is None:
        version = folder.require_letter().version
        raise InputError(
            f"the ledger has no campaign of {version}; notify plan --ledger or notify send starts one"
        )
    return campaign


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


def list_unfrozen(connection: Connection, version: str) -> list[tuple[float, int]]:
    """Return when campaigns of a version were unfrozen, and how many addressees each had."""
    is_unfrozen = campaign_table.c.version.startswith(UNFROZEN, autoescape=True)
    columns = select(campaign_table.c.closed, campaign_table.c.total)
    is_same = campaign_table.c.version.endswith(f"/{version}", autoescape=True)
    rows = connection.execute(columns.where(is_unfrozen, is_same).order_by(campaign_table.c.id))
    return [(row[0], row[1]) for row in rows]


def list_campaigns(connection: Connection) -> list[Campaign]:
    """Return all campaigns in the order they began, but for those that were unfrozen."""
    is_unfrozen = campaign_table.c.version.startswith(UNFROZEN, autoescape=True)
    rows = connection.execute(select(campaign_table).where(~is_unfrozen).order_by(campaign_table.c.id))
    return [_parse_campaign(row) for row in rows]


def has_addressee(connection: Connection, campaign: Campaign, key: str) -> bool:
    """Whether a campaign has a delivery with this row key."""
    matching = select(func.count()).where(
        delivery_table.c.campaign == campaign.id, delivery_table.c.key == key
    )
    return read_int(connection, matching) > 0


def iter_row_keys(connection: Connection, campaign: Campaign) -> Iterator[str]:
    """Yield the row keys of a campaign in order; hexadecimal digits sort alike in every collation."""
    keys = select(delivery_table.c.key).where(delivery_table.c.campaign == campaign.id)
    yield from connection.execution_options(yield_per=_ROWS_PER_FETCH).scalars(
        keys.order_by(delivery_table.c.key)
    )


def count_unfinished(connection: Connection, campaign: Campaign, only_key: str | None) -> int:
    """Return how many deliveries are still to be sent, of all or of the one with `only_key`."""
    conditions = [delivery_table.c.campaign == campaign.id, delivery_table.c.state.in_(UNFINISHED_STATES)]
    if only_key:
        conditions.append(delivery_table.c.key == only_key)
    return read_int(connection, select(func.count()).where(*conditions))


def count_by_state(connection: Connection, campaign: Campaign) -> dict[str, int]:
    """Return the number of addressees in each state, with 0 for states without any."""
    counts: dict[str, int] = {state.value: 0 for state in DeliveryState}
    if campaign.final_counts:
        counts.update(campaign.final_counts["counts"])  # an older release had fewer states
        return counts
    by_state = (
        select(delivery_table.c.state, func.count())
        .where(delivery_table.c.campaign == campaign.id)
        .group_by(delivery_table.c.state)
    )
    counts.update((row[0], row[1]) for row in connection.execute(by_state))
    return counts


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
    # A letter that was returned was accepted at first.
    is_sent = delivery_table.c.state.in_([DeliveryState.SENT, DeliveryState.RETURNED])
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


def read_int(connection: Connection, statement: Select[int]) -> int:
    """Return the number that a statement selects."""
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
        source=json.loads(row.source) if row.source else None,
        decisions=json.loads(row.decisions) if row.decisions else [],
        audiences=json.loads(row.audiences) if row.audiences else None,
    )
