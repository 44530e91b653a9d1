"""Freeze the addressees of a campaign, in the ledger or in a temporary one for a preview."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
    iter_row_keys,
    list_unfrozen,
    resolve_letter,
)
from notifier.database import LedgerDatabase, open_database
from notifier.decisions import format_moment, record_decision
from notifier.freezing import freeze_campaign
from notifier.frozen_letters import has_removed_words
from notifier.gates import SendGates
from notifier.keys import LedgerKey
from notifier.ledger_tables import DeliveryState
from notifier.letters import Letter, LetterFolder


@dataclass(frozen=True, slots=True)
class CampaignInputs:
    """What a campaign is frozen from; `on_rejected` is called for each rejected row."""

    key: LedgerKey
    folder: LetterFolder
    source: AddresseeSource
    on_rejected: Callable[[RejectedRow], None]


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """A campaign and its letter, its addressees by language, how many cannot be mailed, what to warn of.

    `was_frozen` tells whether it had been frozen before.
    """

    campaign: Campaign
    letter: Letter
    by_language: dict[str, int]
    undeliverable: int
    warning: str | None
    was_frozen: bool


@dataclass(frozen=True, slots=True)
class FrozenCampaign:
    """A campaign, the letter that is sent, and a line to print if the folder has another one."""

    campaign: Campaign
    letter: Letter
    warning: str | None
    was_frozen: bool


def plan_campaign(database: LedgerDatabase, inputs: CampaignInputs) -> CampaignPlan:
    """Freeze a letter and its addressees, unless they are frozen already; return the counts by language."""
    # One transaction: addressees are frozen all or none, and reading a million of them is slow.
    with database.transaction(slow=True) as connection:
        frozen = _find_or_freeze(connection, inputs)
        campaign = frozen.campaign
        by_language = {
            language: sum(counts.values())
            for language, counts in count_by_language(connection, campaign).items()
        }
        undeliverable = count_by_state(connection, campaign)[DeliveryState.UNDELIVERABLE]
    return CampaignPlan(
        campaign, frozen.letter, by_language, undeliverable, frozen.warning, frozen.was_frozen
    )


def preview_campaign(
    folder: LetterFolder, source: AddresseeSource, on_rejected: Callable[[RejectedRow], None]
) -> CampaignPlan:
    """Plan without a ledger, in a temporary one on disk: finding duplicates there needs no memory."""
    # A key that nobody knows: of a preview that is killed no pseudonym can be guessed.
    key = LedgerKey(secrets.token_bytes(32))
    with _open_temporary_database() as database:
        return plan_campaign(database, CampaignInputs(key, folder, _AnonymousSource(source), on_rejected))


@contextmanager
def _open_temporary_database() -> Iterator[LedgerDatabase]:
    with tempfile.TemporaryDirectory(prefix="klartekst-") as directory:
        database = open_database(
            f"sqlite:///{Path(directory) / 'preview.db'}", create=True, is_temporary=True
        )
        try:
            yield database
        finally:
            database.close()


def compare_with_today(
    database: LedgerDatabase, inputs: CampaignInputs, plan: CampaignPlan
) -> tuple[int, int]:
    """Return how many people today's list has that the frozen one lacks, and the reverse.

    Raises an error if the list cannot be read today, which does not matter to the campaign.
    """
    source = _AnonymousSource(inputs.source)
    with _open_temporary_database() as temporary:
        with temporary.transaction() as connection:
            if plan.letter.audiences.is_narrowed:
                source.require_audiences(plan.letter.audiences.affected)
            rows = source.read_rows()
            # With the key of the ledger, by which it recognises people; without their addresses.
            today = freeze_campaign(connection, inputs.key, plan.letter, rows, lambda _: None)
        with temporary.transaction() as others, database.transaction(slow=True) as connection:
            return count_differences(iter_row_keys(others, today), iter_row_keys(connection, plan.campaign))


def freeze_confirmed_campaign(
    database: LedgerDatabase, inputs: CampaignInputs, confirmed_total: int, gates: SendGates
) -> FrozenCampaign:
    """Return the campaign of a letter, freezing it if need be, if its number of addressees is confirmed.

    Raises InputError for another number or a closed campaign, and the errors of `gates`; then nothing is
    frozen.
    """
    with database.transaction(slow=True) as connection:
        frozen = _find_or_freeze(connection, inputs)
        campaign = frozen.campaign
        if campaign.closed_at is not None:
            raise InputError(f"the campaign of {campaign.version} is closed; nothing more is sent for it")
        if campaign.total != confirmed_total:
            raise InputError(
                f"--confirm {confirmed_total}: the campaign has {campaign.total} addressees; "
                "run notify plan and check them"
            )
        if has_removed_words(frozen.letter, inputs.folder):
            raise InputError(
                f"words were removed from the letter of {campaign.version} after it was frozen: it is not "
                "sent any more; run notify purge --force, and write to the others with a new version"
            )
        gates.check(connection, campaign, frozen.letter)
    return frozen


@dataclass(frozen=True, slots=True)
class _AnonymousSource:
    """The rows of another source without names and addresses: a preview must not write them to disk."""

    source: AddresseeSource

    def read_rows(self) -> Iterator[Addressee | RejectedRow]:
        for row in self.source.read_rows():
            yield _remove_address(row) if isinstance(row, Addressee) else row

    def find_active_identities(self, _: object) -> None:
        return None

    def require_audiences(self, ids: Sequence[str]) -> None:
        self.source.require_audiences(ids)

    def describe(self) -> str:
        return self.source.describe()


def _remove_address(row: Addressee) -> Addressee:
    return Addressee("", row.mailbox, row.language, None, row.audiences, row.line, row.last_line)


def _find_or_freeze(connection: Connection, inputs: CampaignInputs) -> FrozenCampaign:
    found = find_campaign(connection, inputs.folder)
    campaign = found or _freeze(connection, inputs)
    letter, warning = resolve_letter(connection, campaign, inputs.folder)
    return FrozenCampaign(campaign, letter, warning, was_frozen=found is not None)


def _freeze(connection: Connection, inputs: CampaignInputs) -> Campaign:
    letter, source = inputs.folder.require_letter(), inputs.source
    if letter.audiences.is_narrowed:
        source.require_audiences(letter.audiences.affected)
    rows = source.read_rows()
    campaign = freeze_campaign(connection, inputs.key, letter, rows, inputs.on_rejected, source.describe())
    for unfrozen_at, total in list_unfrozen(connection, letter.version):
        record_decision(
            connection,
            campaign.id,
            decision="unfrozen",
            addressees=total,
            unfrozen=format_moment(unfrozen_at),
        )
    return campaign


def count_differences(first: Iterable[str], second: Iterable[str]) -> tuple[int, int]:
    """Return how many values only the first or the second has; both are sorted and have each once."""
    in_first, in_second = iter(first), iter(second)
    mine, other = next(in_first, None), next(in_second, None)
    only_first = only_second = 0
    while mine is not None or other is not None:
        if other is None or (mine is not None and mine < other):
            only_first += 1
            mine = next(in_first, None)
        elif mine is None or other < mine:
            only_second += 1
            other = next(in_second, None)
        else:
            mine, other = next(in_first, None), next(in_second, None)
    return only_first, only_second
