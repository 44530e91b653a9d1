"""Send what is left of a campaign, once; however often, from however many machines, and whatever stops it."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from notifier import ledger, loop, mailbox, register
from notifier.addressees import Source
from notifier.carrier import Carrier, Errand
from notifier.desk import Desk, Scope
from notifier.errors import Exit, InputError, NotifyError, TryLaterError
from notifier.judge import Judge
from notifier.keys import Key
from notifier.letterbox import Letter
from notifier.line import Line
from notifier.mailbox import RejectedError
from notifier.order import Order
from notifier.register import Campaign
from notifier.relay import Relay
from notifier.seal import Seal
from notifier.tables import State
from notifier.vault import Vault

_RENEWALS = 3  # so often is a lease renewed before it would run out


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: the addressees by state, what stopped it, and the exit code of contract §6."""

    counts: dict[str, int]
    trouble: NotifyError | None
    code: Exit


@dataclass(frozen=True, slots=True)
class Job:
    """A campaign, its letter and the way to the relay."""

    vault: Vault
    seal: Seal
    key: Key
    letter: Letter
    campaign: Campaign
    source: Source
    relay: Relay

    def send(self, order: Order, progress: Callable[[int], None]) -> Ending:
        """Send what is left."""
        only = self._only(order.only)
        if order.resend:
            with self.vault.transaction() as connection:
                ledger.resend(connection, self.campaign.id, only)
        desk = Desk(self.vault, self.seal, Scope(self.campaign.id, only, order.lease))
        try:
            crew = Crew(self, order, desk)
            with _signals(crew.stop) as signalled:
                crew.work(progress)
        finally:
            desk.leave()
        if signalled and not crew.judge.trouble:
            crew.judge.halt(TryLaterError("stopped by a signal; run it again"))
        return self._ending(crew, only)

    def _only(self, address: str | None) -> str | None:
        """Return the row key of the one addressee that is asked for, if one is."""
        if address is None:
            return None
        try:
            key = self.key.of(self.letter.version, mailbox.read(address).identity)
        except RejectedError as reason:
            raise InputError(f"--only: {reason}") from None
        with self.vault.transaction() as connection:
            if not register.has(connection, self.campaign, key):
                raise InputError("--only: this address is not among the addressees of the campaign")
        return key

    def _ending(self, crew: "Crew", only: str | None) -> Ending:
        with self.vault.transaction() as connection:
            counts = register.counts(connection, self.campaign)
            left = register.left(connection, self.campaign, only)
        trouble = crew.judge.trouble
        if trouble and (left or not isinstance(trouble, TryLaterError)):
            return Ending(counts, trouble, trouble.code)
        if left and not crew.line.used_up:
            later = crew.retired or TryLaterError(f"{left} are left for later; run it again")
            return Ending(counts, later, later.code)
        return Ending(counts, None, Exit.DOUBT if counts[State.IN_DOUBT] else Exit.DONE)


class Crew:
    """The connections of one run, all in one thread; others only dial."""

    def __init__(self, job: Job, order: Order, desk: Desk) -> None:
        self.stop = threading.Event()
        self.judge = Judge(desk, order, self.stop)
        self.line = Line(desk, job.source, order, self.stop)
        self._desk = desk
        self._lease = order.lease
        self._dialling = ThreadPoolExecutor(order.connections)
        errand = Errand(job.letter, job.relay, order.lease, self._dialling, self.line, desk, self.judge)
        self._carriers = [Carrier(errand) for _ in range(order.connections)]

    @property
    def retired(self) -> NotifyError | None:
        """Why a connection could not be had, if one could not."""
        return next((carrier.retired for carrier in self._carriers if carrier.retired), None)

    def work(self, progress: Callable[[int], None]) -> None:
        """Run the connections to their end, and keep the lease and show the progress meanwhile."""
        renewed = time.monotonic()

        def look() -> None:
            nonlocal renewed
            progress(self.judge.settled)
            if time.monotonic() - renewed > self._lease / _RENEWALS:
                renewed = time.monotonic()
                self._renew()

        with self._dialling:
            loop.run([carrier.work() for carrier in self._carriers], look)
        progress(self.judge.settled)
        self.judge.close()

    def _renew(self) -> None:
        try:
            self._desk.renew()
        except NotifyError as trouble:
            self.judge.halt(trouble)


@contextmanager
def _signals(stop: threading.Event) -> Iterator[list[int]]:
    """Let SIGTERM and SIGINT finish what is at the dot and release the rest."""
    signalled: list[int] = []

    def heard(number: int, _: FrameType | None) -> None:
        signalled.append(number)
        stop.set()

    before = {number: signal.signal(number, heard) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield signalled
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
