"""Freeze the addressees of a campaign, in the ledger or in a temporary one for a preview."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from common.errors import InputError
from notifier.addressees import Addressee, AddresseeSource, RejectedRow
from notifier.campaigns import Campaign, count_by_language, count_by_state, find_campaign, freeze_campaign
from notifier.database import DeliveryState, LedgerDatabase, open_database
from notifier.keys import LedgerKey
from notifier.letters import Letter

_PREVIEW_KEY = LedgerKey(b"the ledger of a preview is deleted at once")


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """A campaign, its addressees by language, and how many of them cannot be mailed."""

    campaign: Campaign
    by_language: dict[str, int]
    undeliverable: int


def plan_campaign(
    database: LedgerDatabase,
    key: LedgerKey,
    letter: Letter,
    source: AddresseeSource,
    on_rejected: Callable[[RejectedRow], None],
) -> CampaignPlan:
    """Freeze the addressees of a letter, unless they are frozen already, and return their counts by language.

    `on_rejected` is called for each rejected row.
    """
    # One transaction: addressees are frozen all or none, and reading a million of them is slow.
    with database.transaction(slow=True) as connection:
        campaign = _find_or_freeze(connection, key, letter, source, on_rejected)
        by_language = {
            language: sum(counts.values())
            for language, counts in count_by_language(connection, campaign).items()
        }
        undeliverable = count_by_state(connection, campaign)[DeliveryState.UNDELIVERABLE]
    return CampaignPlan(campaign, by_language, undeliverable)


def preview_campaign(
    letter: Letter, source: AddresseeSource, on_rejected: Callable[[RejectedRow], None]
) -> CampaignPlan:
    """Plan without a ledger, in a temporary one on disk: finding duplicates there needs no memory."""
    with tempfile.TemporaryDirectory(prefix="klartekst-") as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'preview.db'}", create=True)
        try:
            return plan_campaign(database, _PREVIEW_KEY, letter, _AnonymousSource(source), on_rejected)
        finally:
            database.close()


def freeze_confirmed_campaign(
    database: LedgerDatabase,
    key: LedgerKey,
    letter: Letter,
    source: AddresseeSource,
    on_rejected: Callable[[RejectedRow], None],
    confirmed_total: int,
) -> Campaign:
    """Return the campaign of a letter, freezing it if need be, if its number of addressees is confirmed.

    Raises InputError for another number or a closed campaign; then nothing is frozen.
    """
    with database.transaction(slow=True) as connection:
        campaign = _find_or_freeze(connection, key, letter, source, on_rejected)
        if campaign.closed_at is not None:
            raise InputError(f"the campaign of {campaign.version} is closed; nothing more is sent for it")
        if campaign.total != confirmed_total:
            raise InputError(
                f"--confirm {confirmed_total}: the campaign has {campaign.total} addressees; "
                "run notify plan and check them"
            )
    return campaign


@dataclass(frozen=True, slots=True)
class _AnonymousSource:
    """The rows of another source without names and addresses: a preview must not write them to disk."""

    source: AddresseeSource

    def read_rows(self) -> Iterator[Addressee | RejectedRow]:
        for row in self.source.read_rows():
            yield replace(row, address="", name=None) if isinstance(row, Addressee) else row

    def find_active_identities(self, _: object) -> None:
        return None


def _find_or_freeze(
    connection: Connection,
    key: LedgerKey,
    letter: Letter,
    source: AddresseeSource,
    on_rejected: Callable[[RejectedRow], None],
) -> Campaign:
    found = find_campaign(connection, letter)
    return found or freeze_campaign(connection, key, letter, source.read_rows(), on_rejected)
