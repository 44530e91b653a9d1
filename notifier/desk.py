"""The one desk where a run's connections write into the ledger; one commit serves all who stand at it.

A commit waits for the disk, and meanwhile the relay answers the others: they come to the desk together, and
the first of them writes for all. So the mark before the dot is durable for each message and its cost is
shared (group commit), without a lock or a timer.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from notifier import ledger, processes
from notifier.errors import TryLaterError
from notifier.ledger import Outlook, Post, Settled
from notifier.loop import ROUND_END, Waiting
from notifier.seal import Seal
from notifier.vault import Vault

_T = TypeVar("_T")
_PARTING_SECONDS = 10.0  # a database that restarts is back by then; an answer lost here is somebody's doubt
_PARTING_PAUSE = 0.5


class TakenOverError(TryLaterError):
    """Others have declared this run dead: it was stopped, or cut off, for longer than its lease."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run is about: one campaign, or one addressee of it."""

    campaign: int
    key: str | None
    lease: float


class Desk:
    """The ledger as one run sees it."""

    def __init__(self, vault: Vault, seal: Seal, scope: Scope) -> None:
        self._vault = vault
        self._seal = seal
        self._scope = scope
        self._settled: list[Settled] = []
        self._wishes: list[int] = []
        self._granted: set[int] = set()
        with vault.transaction() as connection:
            ledger.reap(connection, processes.is_dead)
            self._run = ledger.begin(connection, processes.own(), scope.lease)
        seal.affix()

    def claim(self, count: int) -> list[Post]:
        """Take up to `count` posts that are due."""
        scope = self._scope
        return self._turn(lambda c: ledger.claim(c, self._run, scope.campaign, count, scope.key))

    def outlook(self) -> Outlook:
        """Look at what is left when nothing is due; what dead runs left behind is cleared up on the way."""

        def look(connection: Connection) -> Outlook:
            ledger.reap(connection, processes.is_dead)
            return ledger.outlook(connection, self._scope.campaign, self._run, self._scope.key)

        return self._turn(look)

    def renew(self) -> None:
        """Keep the lease while nothing else happens."""
        self._turn(lambda _: None)

    def hand(self, post: Post) -> Waiting[bool]:
        """Mark durably that this post goes out now; False when it must not: taken over, or too long asleep.

        Sleep is measured from before the lease was renewed: late by this measure, it may have been reaped.
        """
        asked = _awake()
        self._wishes.append(post.id)
        yield ROUND_END
        if post.id in self._wishes:  # the first of those who stand here writes for all
            self.renew()
        granted = post.id in self._granted
        self._granted.discard(post.id)
        return granted and _awake() - asked < self._scope.lease

    def settle(self, settled: Settled) -> None:
        """Have it written with the next turn; until then the row stays handed, on the side of doubt."""
        self._settled.append(settled)

    def forget_refused(self, posts: Sequence[Post]) -> None:
        """Blank the addresses of refusals that stand."""
        self._turn(lambda c: ledger.forget_refused(c, self._run, [post.id for post in posts]))

    def take_back_refused(self, posts: Sequence[Post]) -> None:
        """Make refusals pending again."""
        self._turn(lambda c: ledger.take_back_refused(c, self._run, [post.id for post in posts]))

    def leave(self) -> None:
        """End the run: what is claimed is released. Patient, for the answers in the tray are worth it."""
        deadline = time.monotonic() + _PARTING_SECONDS
        while True:
            try:
                with suppress(TakenOverError):
                    self._turn(lambda c: ledger.end(c, self._run))
                self._seal.affix()
            except TryLaterError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_PARTING_PAUSE)
            else:
                return

    def _turn(self, step: Callable[[Connection], _T]) -> _T:
        """Write what lies in the tray and take one more step, in one transaction."""
        settled, self._settled = self._settled, []
        wishes, self._wishes = self._wishes, []
        granted: frozenset[int] = frozenset()
        try:
            with self._vault.transaction() as connection:
                alive = ledger.renew(connection, self._run)
                if settled:
                    ledger.settle(connection, self._run, settled)
                if wishes and alive:
                    granted = ledger.hand(connection, self._run, wishes)
                result = step(connection) if alive else None
        except BaseException:
            self._settled[:0] = settled
            raise
        self._granted |= granted
        self._seal.turned()
        if not alive:
            raise TakenOverError("this run slept past its lease and another took over; run it again")
        return result  # type: ignore[return-value]  # it is None for a dead run only, which has just raised


def _awake() -> float:
    """Return seconds that also pass while the machine is suspended, unlike those of time.monotonic."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
