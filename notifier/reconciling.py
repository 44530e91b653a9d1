"""Settles what is in doubt from the relay's log, and takes a restored ledger back into service."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from notifier import ledger, maillog, processes, register
from notifier.seal import Seal
from notifier.tables import State
from notifier.vault import Vault


@dataclass(frozen=True, slots=True)
class Settlement:
    """How many doubts were settled, each way."""

    sent: int
    pending: int
    in_doubt: int


def reconcile(vault: Vault, logs: Sequence[Path]) -> Settlement:
    """Ask the log about everybody in doubt.

    In a ledger restored from an old copy whoever seems untold is in doubt: the log may know better.
    """
    seal = Seal(vault)
    with vault.transaction() as connection:
        ledger.reap(connection, processes.is_dead)
    if not seal.intact():
        with vault.transaction() as connection:
            register.doubt_all_left(connection)
        seal.affix()
    with vault.transaction() as connection:
        doubts = [
            doubt for found in register.every(connection) for doubt in register.doubts(connection, found)
        ]
        now = register.now(connection)
    log = maillog.read(logs, now, [doubt.message_id for doubt in doubts])
    verdicts = [(doubt, log.verdict(doubt)) for doubt in doubts]
    with vault.transaction() as connection:
        for doubt, verdict in verdicts:
            if verdict is not State.IN_DOUBT:
                register.decide(connection, doubt, verdict)
    counted = Counter(verdict for _, verdict in verdicts)
    return Settlement(counted[State.SENT], counted[State.PENDING], counted[State.IN_DOUBT])
