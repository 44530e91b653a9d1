"""What the relay's log says about letters in doubt: Postfix' own lines, RFC 3164 or RFC 3339 time stamps.

A letter whose Message-ID cleanup logged and whose queue id then reached the active queue was accepted. One
that a log covering its time does not hold was not. Everything between stays in doubt (contract §7).
"""

import gzip
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from notifier.errors import InputError
from notifier.register import Doubt
from notifier.tables import State

_LINE = re.compile(
    r"(?P<stamp>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))"
    r" \S+ (?P<program>[^\s\[:]+)(?:\[\d+\])?: (?P<text>.*)"
)
_SEEN = re.compile(r"(?P<queue>[0-9A-Za-z]+): (?:resent-)?message-id=(?P<id><\S+>)")
_ACTIVE = re.compile(r"(?P<queue>[0-9A-Za-z]+): from=<.*\(queue active\)")
_GONE = re.compile(r"(?P<queue>[0-9A-Za-z]+): removed")
# A log is written a little after the fact: so much later than the dot it must still have been written to.
_SETTLING_SECONDS = 5.0


@dataclass(slots=True)
class Log:
    """What was read: the span of time, the Message-IDs that were seen and those that were accepted."""

    first: float = float("inf")
    last: float = float("-inf")
    seen: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)

    def verdict(self, doubt: Doubt) -> State:
        """Decide one doubt, or leave it one."""
        if doubt.message_id in self.accepted:
            return State.SENT
        covered = self.first <= doubt.handed and doubt.handed + _SETTLING_SECONDS <= self.last
        return State.PENDING if covered and doubt.message_id not in self.seen else State.IN_DOUBT


def read(paths: Sequence[Path], now: float, doubted: Iterable[str]) -> Log:
    """Read logs, plain or gzip, given from the oldest to the newest; only Message-IDs in doubt are kept."""
    log = Log()
    reader = _Reader(log, now, frozenset(doubted))
    for path in paths:
        try:
            with _opened(path) as lines:
                for line in lines:
                    reader.read(line)
        except (OSError, EOFError) as error:
            raise InputError(
                f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'damaged'})"
            ) from None
    return log


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8", errors="replace")


class _Reader:
    """Follows queue ids from line to line."""

    def __init__(self, log: Log, now: float, wanted: frozenset[str]) -> None:
        self._log = log
        self._now = now
        self._wanted = wanted
        self._queue: dict[str, str] = {}

    def read(self, line: str) -> None:
        found = _LINE.match(line)
        if not found:
            return
        moment = _moment(found["stamp"], self._now)
        self._log.first = min(self._log.first, moment)
        self._log.last = max(self._log.last, moment)
        program = found["program"].rpartition("/")[2]
        if program == "cleanup":
            self._cleaned_up(found["text"])
        elif program == "qmgr":
            self._queued(found["text"])

    def _cleaned_up(self, text: str) -> None:
        seen = _SEEN.match(text)
        if not seen:
            return
        # Short queue ids are used again: what one stands for is what cleanup said last.
        self._queue.pop(seen["queue"], None)
        if seen["id"] in self._wanted:
            self._queue[seen["queue"]] = seen["id"]
            self._log.seen.add(seen["id"])

    def _queued(self, text: str) -> None:
        if (active := _ACTIVE.match(text)) and active["queue"] in self._queue:
            self._log.accepted.add(self._queue[active["queue"]])
        elif gone := _GONE.match(text):
            self._queue.pop(gone["queue"], None)


def _moment(stamp: str, now: float) -> float:
    if stamp[0].isdigit():
        return datetime.fromisoformat(stamp).timestamp()
    today = datetime.fromtimestamp(now).astimezone()
    spelt = datetime.strptime(f"{today.year} {stamp}", "%Y %b %d %H:%M:%S").astimezone()  # local, as written
    # The old format names no year: it is the latest that does not lie ahead.
    if spelt > today + timedelta(days=1):
        spelt = spelt.replace(year=today.year - 1)
    return spelt.timestamp()
