"""One run of `notify send`: send the unfinished deliveries of a campaign, and return how the run ended.

Any number of runs may send one campaign, one after the other or at once, on one machine or several.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from common.errors import ExitCode, InputError, KlartekstError, TryLaterError
from notifier.addressees import AddresseeSource
from notifier.campaigns import Campaign, count_by_state, count_unfinished, has_addressee
from notifier.database import LedgerDatabase
from notifier.deliveries import requeue_doubtful
from notifier.event_loop import run_tasks
from notifier.keys import LedgerKey
from notifier.ledger_session import LedgerSession
from notifier.ledger_tables import DeliveryState
from notifier.letters import Letter
from notifier.mailbox import RejectedFieldError, parse_address
from notifier.outcomes import OutcomeRecorder
from notifier.relay import Dialer, Relay, UnreachableError
from notifier.restore_guard import RestoreGuard
from notifier.send_queue import SendQueue
from notifier.worker import Worker

_HEARTBEATS_PER_LEASE = 3


@dataclass(frozen=True, slots=True)
class RunConfig:
    """The options of `notify send`. Times are in seconds, `rate` in messages a second."""

    connections: int = 4
    limit: int | None = None
    rate: float | None = None
    retry_after: float = 300.0
    max_attempts: int = 12
    lease: float = 60.0
    resend: bool = False
    only: str | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of a run: addressees by state, the error that stopped it, and the command's exit code."""

    counts: dict[str, int]
    error: KlartekstError | None
    exit_code: ExitCode


@dataclass(frozen=True, slots=True)
class CampaignSender:
    """Sends the letter of one campaign from one ledger through one relay."""

    database: LedgerDatabase
    guard: RestoreGuard
    key: LedgerKey
    letter: Letter
    campaign: Campaign
    source: AddresseeSource
    relay: Relay

    def send(self, config: RunConfig, on_progress: Callable[[int], None]) -> RunResult:
        """Run until no delivery is worth waiting for; `on_progress` gets the count of finished ones."""
        only_key = self._find_only_key(config.only)
        if config.resend:
            with self.database.transaction() as connection:
                requeue_doubtful(connection, self.campaign.id, only_key)
        session = LedgerSession(
            self.database, self.guard, self.campaign.id, only_key=only_key, lease=config.lease
        )
        try:
            pool = WorkerPool(self, config, session)
            with _stop_on_signal(pool.stop) as signals:
                pool.run(on_progress)
        finally:
            session.close()
        # A signal that arrives when everything is sent changes nothing: see _build_result.
        if signals and not pool.recorder.error:
            pool.recorder.stop_run(TryLaterError("stopped by a signal; run the same command again"))
        return self._build_result(pool, only_key)

    def _find_only_key(self, address: str | None) -> str | None:
        """Return the row key of the one address to send to; raise InputError if it is no addressee."""
        if address is None:
            return None
        try:
            key = self.key.build_row_key(self.letter.version, parse_address(address).identity)
        except RejectedFieldError as error:
            raise InputError(f"--only: {error}") from None
        with self.database.transaction() as connection:
            if not has_addressee(connection, self.campaign, key):
                raise InputError("--only: this address is not among the addressees of the campaign")
        return key

    def _build_result(self, pool: WorkerPool, only_key: str | None) -> RunResult:
        with self.database.transaction() as connection:
            counts = count_by_state(connection, self.campaign)
            unfinished = count_unfinished(connection, self.campaign, only_key)
        # A temporary error at the very end is not reported if nothing is left to retry.
        error = pool.recorder.error
        if error and (unfinished or not isinstance(error, TryLaterError)):
            return RunResult(counts, error, error.exit_code)
        if unfinished and not pool.queue.has_reached_limit:
            error = pool.connection_error or TryLaterError(
                f"{unfinished} deliveries are still pending; run the same command again"
            )
            return RunResult(counts, error, error.exit_code)
        return RunResult(counts, None, ExitCode.IN_DOUBT if counts[DeliveryState.IN_DOUBT] else ExitCode.OK)


class WorkerPool:
    """The workers of one run, all in one thread; helper threads only open connections."""

    def __init__(self, sender: CampaignSender, config: RunConfig, session: LedgerSession) -> None:
        self.stop = threading.Event()
        self.recorder = OutcomeRecorder(
            session, self.stop, retry_after=config.retry_after, max_attempts=config.max_attempts
        )
        self.queue = SendQueue(
            session,
            sender.source,
            self.stop,
            connections=config.connections,
            limit=config.limit,
            rate=config.rate,
        )
        self._session = session
        self._lease = config.lease
        # Threads, because smtplib and the TLS handshake block; after connecting nothing does.
        self._executor = ThreadPoolExecutor(config.connections)
        # The lease also limits how long a relay may be silent: a run waiting longer would count as dead.
        dialer = Dialer(sender.relay, config.lease, self._executor)
        self._workers = [
            Worker(sender.letter, dialer, self.queue, session, self.recorder)
            for _ in range(config.connections)
        ]

    @property
    def connection_error(self) -> UnreachableError | None:
        """Why a worker had no connection, or None if all had one."""
        return next((worker.connection_error for worker in self._workers if worker.connection_error), None)

    def run(self, on_progress: Callable[[int], None]) -> None:
        """Run all workers to their end; meanwhile renew the lease and report progress."""
        renewed = time.monotonic()

        def tick() -> None:
            nonlocal renewed
            on_progress(self.recorder.finished)
            if time.monotonic() - renewed > self._lease / _HEARTBEATS_PER_LEASE:
                renewed = time.monotonic()
                self._renew_lease()

        with self._executor:
            run_tasks([worker.run() for worker in self._workers], tick)
        on_progress(self.recorder.finished)
        self.recorder.close()

    def _renew_lease(self) -> None:
        try:
            self._session.heartbeat()
        except KlartekstError as error:
            self.recorder.stop_run(error)


@contextmanager
def _stop_on_signal(stop: threading.Event) -> Iterator[list[int]]:
    """Set `stop` on SIGTERM or SIGINT instead of dying; yield the list of the signals that arrived."""
    signals: list[int] = []

    def handle(number: int, _: FrameType | None) -> None:
        signals.append(number)
        stop.set()

    previous = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield signals
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
