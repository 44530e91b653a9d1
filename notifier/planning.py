"""Who will be told: freezes the addressees of a campaign, in the ledger or in a scratch one."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from notifier import register
from notifier.addressees import Addressee, Rejected, Source
from notifier.errors import InputError
from notifier.keys import Key
from notifier.letterbox import Letter
from notifier.register import Campaign
from notifier.tables import State
from notifier.vault import Vault, open_vault

_SCRATCH_KEY = Key(b"a scratch ledger is read by nobody")


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign and how its addressees divide."""

    campaign: Campaign
    by_language: dict[str, int]
    undeliverable: int


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to freeze for which letter, and where; `rejected` hears of every row that is left out."""

    vault: Vault
    key: Key
    letter: Letter
    source: Source
    rejected: Callable[[Rejected], None]

    def frozen(self, connection: Connection) -> Campaign:
        """Freeze the addressees, or find them frozen already."""
        found = register.of_letter(connection, self.letter)
        return found or register.freeze(
            connection, self.key, self.letter, self.source.people(), self.rejected
        )


def plan(wish: Wish) -> Plan:
    """Freeze the addressees of a letter and show how they divide."""
    with wish.vault.transaction(slow=True) as connection:
        campaign = wish.frozen(connection)
        divided = register.languages(connection, campaign)
        undeliverable = register.counts(connection, campaign)[State.UNDELIVERABLE]
    by_language = {language: sum(states.values()) for language, states in divided.items()}
    return Plan(campaign, by_language, undeliverable)


def sketch(letter: Letter, source: Source, rejected: Callable[[Rejected], None]) -> Plan:
    """Plan without a ledger: on disk, for a million need no memory there, and without their addresses."""
    with tempfile.TemporaryDirectory(prefix="klartekst-") as folder:
        vault = open_vault(f"sqlite:///{Path(folder) / 'scratch.db'}", create=True)
        try:
            return plan(Wish(vault, _SCRATCH_KEY, letter, _Faceless(source), rejected))
        finally:
            vault.close()


def confirmed(wish: Wish, number: int) -> Campaign:
    """Return the campaign if it is of just so many; with another number nothing is frozen or sent."""
    with wish.vault.transaction(slow=True) as connection:
        campaign = wish.frozen(connection)
        if campaign.closed is not None:
            raise InputError(f"the campaign of {campaign.version} is closed; nothing more is sent for it")
        if campaign.total != number:
            raise InputError(
                f"--confirm {number}: the campaign has {campaign.total} addressees; see notify plan"
            )
    return campaign


@dataclass(frozen=True, slots=True)
class _Faceless:
    """A source of the same people without their names and addresses."""

    source: Source

    def people(self) -> Iterator[Addressee | Rejected]:
        for one in self.source.people():
            yield replace(one, address="", name=None) if isinstance(one, Addressee) else one

    def active(self, _: object) -> None:
        return None
