"""Resolve deliveries in doubt from the log of a Postfix relay, and bring a restored ledger back into service.

A message whose Message-ID `cleanup` logged, and whose queue id then reached the active queue, was accepted.
One that a log covering its time does not mention was not. Anything between stays in doubt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, update

from notifier.campaigns import list_campaigns, read_clock
from notifier.database import LedgerDatabase
from notifier.deliveries import DoubtfulDelivery, list_doubtful, mark_restored
from notifier.erasure import erase_traces, mark_erasure_due
from notifier.ledger_tables import DatabaseClock, DeliveryState, delivery_table
from notifier.relay_log_lines import LogLine, read_log_lines
from notifier.restore_guard import RestoreGuard
from notifier.runs import expire_dead_runs

_MESSAGE_ID = re.compile(r"(?P<queue_id>[0-9A-Za-z]+): (?:resent-)?message-id=(?P<message_id><\S+>)")
_ACTIVE = re.compile(r"(?P<queue_id>[0-9A-Za-z]+): from=<.*\(queue active\)")
_REMOVED = re.compile(r"(?P<queue_id>[0-9A-Za-z]+): removed")
# A relay logs a message a little after accepting it: to prove an absence, a log must reach past the dot.
_LOG_DELAY_SECONDS = 5.0
_LEAP_YEARS_APART = 9  # at most, with the years of both ends, as around 2100


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """How many deliveries that were in doubt are in each state now."""

    sent: int
    pending: int
    in_doubt: int


def reconcile(database: LedgerDatabase, logs: Sequence[Path]) -> ReconcileResult:
    """Look up every delivery in doubt in the relay's logs, given from the oldest to the newest.

    In a restored ledger every unfinished delivery is in doubt first: it may have been sent since the backup.
    Only a log that goes on until the first time this is called can show that it was not.
    """
    guard = RestoreGuard(database)
    with database.transaction() as connection:
        expire_dead_runs(connection)
    if not guard.is_current():
        # The log may mention deliveries that this copy does not know.
        with database.transaction() as connection:
            mark_restored(connection)
        guard.record()
    with database.transaction() as connection:
        doubtful = [
            delivery
            for campaign in list_campaigns(connection)
            for delivery in list_doubtful(connection, campaign.id, campaign.sender_domain)
        ]
        now = read_clock(connection)
    # Not inside a transaction: reading a log may take minutes.
    log = read_relay_log(logs, now, [delivery.message_id for delivery in doubtful])
    states = [(delivery, log.find_state(delivery)) for delivery in doubtful]
    with database.transaction() as connection:
        for delivery, state in states:
            if state is not DeliveryState.IN_DOUBT:
                _resolve_doubt(connection, delivery, state, log)
        if any(state is DeliveryState.SENT for _, state in states):
            mark_erasure_due(connection)
    erase_traces(database)
    counts = Counter(state for _, state in states)
    return ReconcileResult(
        counts[DeliveryState.SENT], counts[DeliveryState.PENDING], counts[DeliveryState.IN_DOUBT]
    )


def _resolve_doubt(
    connection: Connection, delivery: DoubtfulDelivery, state: DeliveryState, log: RelayLog
) -> None:
    # Conditional on the state: a late reply may have been recorded while the log was read.
    resolution = update(delivery_table).where(
        delivery_table.c.id == delivery.delivery_id, delivery_table.c.state == DeliveryState.IN_DOUBT
    )
    if state is DeliveryState.SENT:
        sent_at = log.accepted[delivery.message_id] if delivery.is_restored else delivery.sent_at
        values = {"state": state, "address": None, "name": None, "answer": "LOG", "changed": sent_at}
        connection.execute(resolution.values(values))
    else:
        connection.execute(resolution.values(state=DeliveryState.PENDING, run=None, due=DatabaseClock()))


@dataclass(slots=True)
class RelayLog:
    """The time that a log covers, and the Message-IDs that it shows as seen and as accepted, and when."""

    first: float = float("inf")
    last: float = float("-inf")
    seen: set[str] = field(default_factory=set)
    accepted: dict[str, float] = field(default_factory=dict)

    def find_state(self, delivery: DoubtfulDelivery) -> DeliveryState:
        """Return SENT, PENDING if the message certainly did not arrive, or IN_DOUBT."""
        if delivery.message_id in self.accepted:
            return DeliveryState.SENT
        is_covered = self.first <= delivery.sent_at and delivery.latest_at + _LOG_DELAY_SECONDS <= self.last
        if is_covered and delivery.message_id not in self.seen:
            return DeliveryState.PENDING
        return DeliveryState.IN_DOUBT


def read_relay_log(paths: Sequence[Path], now: float, message_ids: Iterable[str]) -> RelayLog:
    """Read logs, plain or gzip, for these Message-IDs; `now`, in seconds since 1970, tells years apart."""
    log = RelayLog()
    parser = _LogParser(log, now, frozenset(message_ids))
    for line in read_log_lines(paths):
        parser.parse_line(line)
    return log


class _LogParser:
    """Follows queue ids from line to line and updates a RelayLog."""

    def __init__(self, log: RelayLog, now: float, message_ids: frozenset[str]) -> None:
        self._log = log
        self._now = now
        self._message_ids = message_ids
        self._queue: dict[str, str] = {}  # queue id → Message-ID

    def parse_line(self, line: LogLine) -> None:
        logged_at = _parse_timestamp(line.timestamp, self._now)
        if logged_at is None:
            return
        self._log.first = min(self._log.first, logged_at)
        self._log.last = max(self._log.last, logged_at)
        if line.program == "cleanup":
            self._parse_cleanup(line.text)
        elif line.program == "qmgr":
            self._parse_qmgr(line.text, logged_at)

    def _parse_cleanup(self, text: str) -> None:
        match = _MESSAGE_ID.match(text)
        if not match:
            return
        # Postfix reuses short queue ids: a new message with this id replaces the old one.
        self._queue.pop(match["queue_id"], None)
        if match["message_id"] in self._message_ids:
            self._queue[match["queue_id"]] = match["message_id"]
            self._log.seen.add(match["message_id"])

    def _parse_qmgr(self, text: str, logged_at: float) -> None:
        if (active := _ACTIVE.match(text)) and active["queue_id"] in self._queue:
            self._log.accepted.setdefault(self._queue[active["queue_id"]], logged_at)
        elif removed := _REMOVED.match(text):
            self._queue.pop(removed["queue_id"], None)


def _parse_timestamp(timestamp: str, now: float) -> float | None:
    """Return a time in seconds since 1970; None for one that no clock shows, such as February 30."""
    if timestamp[0].isdigit():
        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(timestamp).timestamp()
        return None
    today = datetime.fromtimestamp(now).astimezone()
    # RFC 3164 has local time and no year: it is the latest year that has the day and is not in the future.
    for year in range(today.year, today.year - _LEAP_YEARS_APART, -1):
        with suppress(ValueError):
            parsed = datetime.strptime(f"{year} {timestamp}", "%Y %b %d %H:%M:%S").astimezone()
            if parsed <= today + timedelta(days=1):
                return parsed.timestamp()
    return None
