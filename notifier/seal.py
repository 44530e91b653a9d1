"""Knows a ledger again: under the same key, and not an old copy of itself.

A ledger restored from a backup believes that people are still to be told who were told since. Beside a
SQLite file stands a witness, a number of turns that the ledger reaches first and the witness after it, so
that a ledger behind its witness is an old one. In PostgreSQL the ledger remembers the cluster, the timeline
and the table it lives in, one of which is another after a restore, from a dump or to a point in time.
"""

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select, text, update

from notifier import keys
from notifier.errors import InputError
from notifier.keys import Key
from notifier.tables import meta, run
from notifier.vault import Vault

_PLACE = text(
    "SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),"
    " (SELECT timeline_id FROM pg_control_checkpoint()), to_regclass('klartekst_post')::oid)"
)


def key_of(vault: Vault, spelt: str | None) -> Key:
    """Return the key that this ledger is kept under; under any other everybody would be mailed again."""
    known = vault.remembered("key")
    key = keys.given(spelt) if spelt else _key_beside(vault.path, known)
    if vault.remember("key", key.fingerprint) != key.fingerprint:
        raise InputError("the key is not the one this ledger was begun with; give that one in KLARTEKST_KEY")
    return key


def check_key(vault: Vault, spelt: str | None) -> None:
    """Refuse a wrong key where none is needed but one is given."""
    known = vault.remembered("key")
    if spelt and known and keys.given(spelt).fingerprint != known:
        raise InputError("the key is not the one this ledger was begun with; give that one in KLARTEKST_KEY")


def _key_beside(ledger: Path | None, known: str | None) -> Key:
    if ledger is None:
        raise InputError("a PostgreSQL ledger needs its key in KLARTEKST_KEY")
    path = ledger.with_name(f"{ledger.name}.key")
    key = keys.kept(path)
    if key is None and known:
        raise InputError(
            f"{path}: the key of this ledger is gone; bring it back, or give it in KLARTEKST_KEY"
        )
    return key or keys.made(path)


class Seal:
    """What tells a ledger from an old copy of it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._witness = vault.path.with_name(f"{vault.path.name}.witness") if vault.path else None
        self._turns = self._counted()

    def check(self) -> None:
        """Refuse to send from a restored ledger: nobody knows whom it has mailed since."""
        if not self.intact():
            raise InputError(
                "the ledger is an older copy of itself and may not know who was mailed since; "
                "notify reconcile with the relay's log settles that"
            )

    def intact(self) -> bool:
        """Whether the ledger is as it was last left."""
        if self._witness is None:
            return self._vault.remembered("place") in (None, self._place())
        witnessed = self._witnessed()  # before the count, which others may be raising
        turns = self._counted()
        return turns == 0 if witnessed is None else witnessed <= turns

    def affix(self) -> None:
        """Take the ledger as it is for the true one from now on."""
        self._turns = self._counted()
        if self._witness is None:
            place = self._place()
            if self._vault.remember("place", place) != place:
                with self._vault.transaction() as connection:
                    connection.execute(update(meta).where(meta.c.name == "place").values(value=place))
        else:
            self._write()

    def turned(self) -> None:
        """Witness one more turn that the ledger has committed."""
        self._turns += 1
        if self._witness:
            self._write()

    def _counted(self) -> int:
        with self._vault.transaction() as connection:
            return connection.execute(select(func.sum(run.c.turns))).scalar_one() or 0

    def _place(self) -> str:
        with self._vault.transaction() as connection:
            return str(connection.execute(_PLACE).scalar_one())

    def _witnessed(self) -> int | None:
        assert self._witness is not None
        try:
            return int(self._witness.read_text("ascii"))
        except (OSError, ValueError):
            return None

    def _write(self) -> None:
        # In place and not waited for: a power cut may leave an older number, which accuses nobody wrongly.
        assert self._witness is not None
        with suppress(OSError):
            file = os.open(self._witness, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(file, f"{self._turns:020}\n".encode(), 0)
            finally:
                os.close(file)
