"""The ledger as one run sees it: a lease, claims, and one commit for many connections (group commit).

A commit waits for the disk, and meanwhile the relay replies on the other connections. So all messages
that are ready for their final dot by the end of a round of the event loop are marked in one transaction: each
mark is durable before its dot, and they share the cost, without a lock or a timer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import Connection

from common.errors import TryLaterError
from notifier.database import LedgerDatabase
from notifier.deliveries import (
    Delivery,
    DeliveryResult,
    erase_refused_addresses,
    mark_sending,
    record_results,
    requeue_refused,
)
from notifier.due_deliveries import PendingSummary, claim_deliveries, summarize_pending
from notifier.erasure import erase_traces, mark_erasure_due
from notifier.event_loop import ROUND_END, Steps
from notifier.restore_guard import RestoreGuard
from notifier.runs import end_run, expire_dead_runs, get_own_process_id, renew_lease, start_run

_T = TypeVar("_T")
# A database that restarts is back by then; a result that is lost here leaves an addressee in doubt.
_CLOSE_TIMEOUT_SECONDS = 10.0
_CLOSE_RETRY_SECONDS = 0.5


class LeaseLostError(TryLaterError):
    """The run lost its lease: it was suspended, or cut off from the ledger, for longer than the lease."""


class LedgerSession:
    """One run on the deliveries of a campaign, or on the one with `only_key`; `lease` is in seconds."""

    def __init__(
        self,
        database: LedgerDatabase,
        guard: RestoreGuard,
        campaign_id: int,
        *,
        only_key: str | None,
        lease: float,
    ) -> None:
        self._database = database
        self._guard = guard
        self._campaign_id = campaign_id
        self._only_key = only_key
        self._lease = lease
        self._results: list[DeliveryResult] = []  # to be written with the next commit
        self._mark_requests: list[int] = []  # deliveries that are ready for their dot
        self._marked: set[int] = set()  # those of them that may be sent
        self._has_claimed = False
        with database.transaction() as connection:
            expire_dead_runs(connection)
            self._run_id = start_run(connection, get_own_process_id(), lease)
        guard.record()  # from here on an older copy of this ledger is recognized

    def claim(self, count: int) -> list[Delivery]:
        """Claim up to `count` due deliveries."""

        def claim(connection: Connection) -> list[Delivery]:
            deliveries = claim_deliveries(connection, self._run_id, self._campaign_id, count, self._only_key)
            if deliveries and not self._has_claimed:
                mark_erasure_due(connection)
            return deliveries

        deliveries = self._commit_batch(claim)
        self._has_claimed = self._has_claimed or bool(deliveries)
        return deliveries

    def summarize_pending(self) -> PendingSummary:
        """Expire dead runs, and summarize the unfinished deliveries; for a run that finds none due."""

        def summarize(connection: Connection) -> PendingSummary:
            expire_dead_runs(connection)
            return summarize_pending(connection, self._campaign_id, self._run_id, self._only_key)

        return self._commit_batch(summarize)

    def heartbeat(self) -> None:
        """Renew the lease, and write the waiting results and marks."""
        self._commit_batch(lambda _: None)

    def mark_sending(self, delivery: Delivery) -> Steps[bool]:
        """Durably mark a delivery as being sent; return whether its final dot may be sent.

        It may not be sent if others took the delivery over, or if this process was suspended for longer than
        its lease. The time is measured from before the lease is renewed: a run that is late by this measure
        may have been declared dead.
        """
        requested = _read_boot_clock()
        self._mark_requests.append(delivery.id)
        yield ROUND_END
        if delivery.id in self._mark_requests:  # the first task to resume commits for all
            self.heartbeat()
        marked = delivery.id in self._marked
        self._marked.discard(delivery.id)
        return marked and _read_boot_clock() - requested < self._lease

    def record(self, result: DeliveryResult) -> None:
        """Record a result with the next commit; until then the delivery counts as being sent."""
        self._results.append(result)

    def erase_refused_addresses(self, deliveries: Sequence[Delivery]) -> None:
        """Blank the addresses of refused deliveries that are final."""
        ids = [delivery.id for delivery in deliveries]
        self._commit_batch(lambda connection: erase_refused_addresses(connection, self._run_id, ids))

    def requeue_refused(self, deliveries: Sequence[Delivery]) -> None:
        """Make refused deliveries pending again."""
        ids = [delivery.id for delivery in deliveries]
        self._commit_batch(lambda connection: requeue_refused(connection, self._run_id, ids))

    def close(self) -> None:
        """End the run, release its claims, and leave no blanked address in the files of the ledger.

        Retries for ten seconds if the ledger is unavailable.
        """
        deadline = time.monotonic() + _CLOSE_TIMEOUT_SECONDS
        while True:
            try:
                with suppress(LeaseLostError):
                    self._commit_batch(lambda connection: end_run(connection, self._run_id))
                self._guard.record()
            except TryLaterError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_CLOSE_RETRY_SECONDS)
            else:
                break
        erase_traces(self._database)

    def _commit_batch(self, step: Callable[[Connection], _T]) -> _T:
        """Renew the lease, write waiting results and marks, and take one more step, in one transaction.

        Raises LeaseLostError if the run is dead; the results are written nevertheless.
        """
        results, self._results = self._results, []
        requests, self._mark_requests = self._mark_requests, []
        marked: frozenset[int] = frozenset()
        try:
            with self._database.transaction() as connection:
                # First, so that in PostgreSQL the row lock keeps others from expiring this run meanwhile.
                is_live = renew_lease(connection, self._run_id)
                if results:
                    record_results(connection, self._run_id, results)
                if requests and is_live:
                    marked = mark_sending(connection, self._run_id, requests)
                value = step(connection) if is_live else None
        except BaseException:
            self._results[:0] = results  # in their old order, before those recorded meanwhile
            raise
        # Only after the commit: a mark that was rolled back must not let a dot out.
        self._marked |= marked
        self._guard.advance()
        if not is_live:
            raise LeaseLostError(
                "this run was suspended for longer than its lease and another took over; run it again"
            )
        return value  # type: ignore[return-value]  # None for a dead run only, which has just raised


def _read_boot_clock() -> float:
    # Unlike time.monotonic, this clock also counts while the machine is suspended.
    return time.clock_gettime(time.CLOCK_BOOTTIME)
