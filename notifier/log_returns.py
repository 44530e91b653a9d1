"""Find in the logs of a Postfix relay which letters it could not deliver.

A line `status=bounced` names the recipient, `status=expired` does not: it is about those whose delivery was
postponed last. One message may have other recipients than its addressee, such as an archive that gets a copy
of everything, so whoever matches these reports compares the addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from notifier.delivery_reports import FailureReport
from notifier.relay_log_lines import LogLine, read_log_lines

_MESSAGE_ID = re.compile(r"(?P<queue_id>[0-9A-Za-z]{1,40}): message-id=(?P<message_id><\S+>)")
# What comes before `status=` is written by Postfix alone, the reply of the other server is in brackets after.
_DELIVERY = re.compile(
    r"(?P<queue_id>[0-9A-Za-z]{1,40}): to=<(?P<to>[^>]*)>, (?:orig_to=<(?P<orig_to>[^>]*)>, )?"
    r"[^(]*?dsn=(?P<dsn>[245]\.\d{1,3}\.\d{1,3}), status=(?P<status>[a-z]+)\b"
)
_EXPIRED = re.compile(r"(?P<queue_id>[0-9A-Za-z]{1,40}): from=<[^>]*>, status=(?:force-)?expired\b")
_REMOVED = re.compile(r"(?P<queue_id>[0-9A-Za-z]{1,40}): removed")


@dataclass(slots=True)
class _QueuedMessage:
    """A message in the queue, and the reports there will be for each postponed recipient if it expires."""

    message_id: str
    postponed: dict[str, FailureReport] = field(default_factory=dict)


def read_returned_letters(paths: Sequence[Path], domains: frozenset[str]) -> Iterator[FailureReport]:
    """Yield a report for each message that logs show as returned, and whose Message-ID is of these domains.

    Raises InputError for a log that cannot be read.
    """
    queue: dict[tuple[str, str], _QueuedMessage] = {}
    for line in read_log_lines(paths):
        if line.program == "cleanup":
            _enter_queue(queue, line, domains)
        elif delivery := _DELIVERY.match(line.text):
            if message := queue.get((line.instance, delivery["queue_id"])):
                yield from _follow_delivery(message, delivery)
        elif line.program == "qmgr":
            yield from _leave_queue(queue, line)


def _enter_queue(
    queue: dict[tuple[str, str], _QueuedMessage], line: LogLine, domains: frozenset[str]
) -> None:
    match = _MESSAGE_ID.match(line.text)
    if not match:
        return
    # Postfix reuses short queue ids: a new message with this id replaces the old one.
    queue.pop((line.instance, match["queue_id"]), None)
    message_id = match["message_id"].lower()
    if message_id.rpartition("@")[2].rstrip(">") in domains:
        queue[line.instance, match["queue_id"]] = _QueuedMessage(message_id)


def _follow_delivery(message: _QueuedMessage, delivery: re.Match[str]) -> Iterator[FailureReport]:
    addresses = tuple(filter(None, (delivery["orig_to"], delivery["to"])))
    report = FailureReport(message.message_id, delivery["dsn"], addresses, needs_address=True)
    message.postponed.pop(delivery["to"], None)
    if delivery["status"] == "bounced":
        yield report
    elif delivery["status"] == "deferred":
        message.postponed[delivery["to"]] = report


def _leave_queue(queue: dict[tuple[str, str], _QueuedMessage], line: LogLine) -> Iterator[FailureReport]:
    if expired := _EXPIRED.match(line.text):
        if message := queue.get((line.instance, expired["queue_id"])):
            yield from message.postponed.values()
    elif removed := _REMOVED.match(line.text):
        queue.pop((line.instance, removed["queue_id"]), None)
