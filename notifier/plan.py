"""Freeze the addressees of a campaign, in the ledger or in a temporary one for a preview."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from common.errors import InputError
from notifier.addressee_rows import Addressee, RejectedRow
from notifier.addressees import AddresseeSource
from notifier.campaigns import (
    Campaign,
    count_by_language,
    count_by_state,
    find_campaign,
    freeze_campaign,
    resolve_letter,
)
from notifier.database import LedgerDatabase, open_database
from notifier.frozen_letters import has_removed_words
from notifier.keys import LedgerKey
from notifier.ledger_tables import DeliveryState
from notifier.letters import Letter, LetterFolder


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """A campaign, its addressees by language, how many of them cannot be mailed, and what to warn of."""

    campaign: Campaign
    by_language: dict[str, int]
    undeliverable: int
    warning: str | None


@dataclass(frozen=True, slots=True)
class FrozenCampaign:
    """A campaign, the letter that is sent, and a line to print if the folder has another one."""

    campaign: Campaign
    letter: Letter
    warning: str | None


def plan_campaign(
    database: LedgerDatabase,
    key: LedgerKey,
    folder: LetterFolder,
    source: AddresseeSource,
    on_rejected: Callable[[RejectedRow], None],
) -> CampaignPlan:
    """Freeze a letter and its addressees, unless they are frozen already; return the counts by language.

    `on_rejected` is called for each rejected row.
    """
    # One transaction: addressees are frozen all or none, and reading a million of them is slow.
    with database.transaction(slow=True) as connection:
        frozen = _find_or_freeze(connection, key, folder, source, on_rejected)
        campaign = frozen.campaign
        by_language = {
            language: sum(counts.values())
            for language, counts in count_by_language(connection, campaign).items()
        }
        undeliverable = count_by_state(connection, campaign)[DeliveryState.UNDELIVERABLE]
    return CampaignPlan(campaign, by_language, undeliverable, frozen.warning)


def preview_campaign(
    folder: LetterFolder, source: AddresseeSource, on_rejected: Callable[[RejectedRow], None]
) -> CampaignPlan:
    """Plan without a ledger, in a temporary one on disk: finding duplicates there needs no memory."""
    with tempfile.TemporaryDirectory(prefix="klartekst-") as directory:
        database = open_database(f"sqlite:///{Path(directory) / 'preview.db'}", create=True)
        try:
            # A key that nobody knows: of a preview that is killed no pseudonym can be guessed.
            key = LedgerKey(secrets.token_bytes(32))
            return plan_campaign(database, key, folder, _AnonymousSource(source), on_rejected)
        finally:
            database.close()


def freeze_confirmed_campaign(
    database: LedgerDatabase,
    key: LedgerKey,
    folder: LetterFolder,
    source: AddresseeSource,
    on_rejected: Callable[[RejectedRow], None],
    confirmed_total: int,
) -> FrozenCampaign:
    """Return the campaign of a letter, freezing it if need be, if its number of addressees is confirmed.

    Raises InputError for another number or a closed campaign; then nothing is frozen.
    """
    with database.transaction(slow=True) as connection:
        frozen = _find_or_freeze(connection, key, folder, source, on_rejected)
        campaign = frozen.campaign
        if campaign.closed_at is not None:
            raise InputError(f"the campaign of {campaign.version} is closed; nothing more is sent for it")
        if campaign.total != confirmed_total:
            raise InputError(
                f"--confirm {confirmed_total}: the campaign has {campaign.total} addressees; "
                "run notify plan and check them"
            )
        if has_removed_words(frozen.letter, folder):
            raise InputError(
                f"words were removed from the letter of {campaign.version} after it was frozen: it is not "
                "sent any more; run notify purge --force, and write to the others with a new version"
            )
    return frozen


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
    folder: LetterFolder,
    source: AddresseeSource,
    on_rejected: Callable[[RejectedRow], None],
) -> FrozenCampaign:
    campaign = find_campaign(connection, folder)
    if campaign is None:
        campaign = freeze_campaign(connection, key, folder.require_letter(), source.read_rows(), on_rejected)
    letter, warning = resolve_letter(connection, campaign, folder)
    return FrozenCampaign(campaign, letter, warning)
