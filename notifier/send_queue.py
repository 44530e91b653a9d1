"""The queue from which the connections of a run take deliveries, at the rate that the operator set."""

from __future__ import annotations

import threading
import time
from collections import deque

from notifier.addressees import AddresseeSource
from notifier.deliveries import Delivery, DeliveryResult
from notifier.event_loop import Steps, sleep
from notifier.ledger_session import LedgerSession
from notifier.ledger_tables import DeliveryState
from notifier.mailbox import parse_address

_MAX_BATCH = 200  # deliveries claimed in one transaction
_MAX_QUEUE_SECONDS = 5.0  # at a slow rate claim few: every queued addressee was active this long ago at most
_MAX_RETRY_WAIT_SECONDS = 60.0  # a run waits for retries due within this time, and ends before later ones
_POLL_SECONDS = 0.5
_STOP_POLL_SECONDS = 0.1


class SendQueue:
    """Claims deliveries in batches, withdraws addressees who are no longer active, and hands out the rest.

    `stop` ends it; `limit` is the most deliveries of the run, `rate` the most in a second.
    """

    def __init__(
        self,
        session: LedgerSession,
        source: AddresseeSource,
        stop: threading.Event,
        *,
        connections: int = 4,
        limit: int | None = None,
        rate: float | None = None,
    ) -> None:
        self._session = session
        self._source = source
        self._stop = stop
        self._deliveries: deque[Delivery] = deque()
        self._remaining = limit
        # The last claim found nothing. Each connection would claim twice more at the end, and commit both;
        # so nobody claims before a summary has a pending delivery again.
        self._is_drained = False
        self._interval = 1.0 / rate if rate else 0.0
        self._next_slot = 0.0
        batch_size = int(rate * _MAX_QUEUE_SECONDS) if rate else _MAX_BATCH
        self._batch_size = min(_MAX_BATCH, max(connections, batch_size))

    def next_delivery(self) -> Steps[Delivery | None]:
        """Wait for the next delivery and its turn; return None on stop or if none is worth waiting for."""
        while not self._stop.is_set():
            delivery = self._pop()
            wait = self._reserve_slot() if delivery else self._find_retry_wait()
            if wait is None:
                return None
            yield from self._sleep(wait)
            if delivery and not self._stop.is_set():
                return delivery
            if delivery:
                self.put_back(delivery)
        return None

    def next_delivery_if_due(self) -> Delivery | None:
        """Return the next delivery if its turn has come already, else None."""
        if self._stop.is_set():
            return None
        if self._next_slot > time.monotonic():
            return None
        delivery = self._pop()
        if delivery:
            self._reserve_slot()
        return delivery

    def put_back(self, delivery: Delivery) -> None:
        """Return a delivery that was not attempted to the head of the queue."""
        self._deliveries.appendleft(delivery)

    @property
    def has_reached_limit(self) -> bool:
        """Whether the limit ended the run."""
        return self._remaining == 0 and not self._deliveries

    def _pop(self) -> Delivery | None:
        if not self._deliveries and not self._is_drained:
            self._refill()
        return self._deliveries.popleft() if self._deliveries else None

    def _refill(self) -> None:
        # Repeatedly, since a whole batch may be withdrawn; those withdrawn do not count for the limit.
        while not self._deliveries:
            count = self._batch_size if self._remaining is None else min(self._batch_size, self._remaining)
            deliveries = self._session.claim(count)
            self._is_drained = not deliveries
            if not deliveries:
                return
            self._deliveries.extend(self._withdraw_inactive(deliveries))
            if self._remaining is not None:
                self._remaining -= len(self._deliveries)

    def _withdraw_inactive(self, deliveries: list[Delivery]) -> list[Delivery]:
        """Return the deliveries whose addressee is still active, and record the others as withdrawn."""
        # In one query for the batch, as shortly before sending as that allows.
        active = self._source.find_active_identities([delivery.address for delivery in deliveries])
        if active is None:
            return deliveries
        remaining = []
        for delivery in deliveries:
            if parse_address(delivery.address).identity in active:
                remaining.append(delivery)
            else:
                self._session.record(
                    DeliveryResult(delivery, DeliveryState.WITHDRAWN, counts_as_attempt=False)
                )
        return remaining

    def _sleep(self, seconds: float) -> Steps[None]:
        """Wait for some seconds, or until stop."""
        until = time.monotonic() + seconds
        while not self._stop.is_set() and (left := until - time.monotonic()) > 0:
            yield from sleep(min(left, _STOP_POLL_SECONDS))

    def _reserve_slot(self) -> float:
        """Take the next slot of the rate and return the seconds until it begins."""
        now = time.monotonic()
        # Slots that passed unused are lost: a rate is a limit, not an average to catch up with.
        self._next_slot = max(now, self._next_slot)
        wait = self._next_slot - now
        self._next_slot += self._interval
        return wait

    def _find_retry_wait(self) -> float | None:
        """Return how many seconds to wait before claiming again, or None if waiting is useless."""
        if self._remaining == 0:
            return None
        summary = self._session.summarize_pending()
        self._is_drained = not summary.pending
        if summary.due_in is not None and summary.due_in <= _MAX_RETRY_WAIT_SECONDS:
            return min(max(summary.due_in, 0.01), _POLL_SECONDS)
        return _POLL_SECONDS if summary.held_by_others else None  # another run may die and release them
