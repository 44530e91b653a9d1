"""Count the members who were shown or acknowledged a version, from the exports of the website.

A member is a pseudonym of 64 hexadecimal digits, used only to count each one once. Anything else in that
column, above all an address, makes the file invalid. Neither counts nor errors quote a file's content.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.input_files import read_input_file


class NoticeChannel(StrEnum):
    """The place on the website in which a notice appears."""

    LOGIN = "login"
    ALERT = "alert"


class Event(StrEnum):
    """What happened to a notice."""

    SHOWN = "shown"
    ACKNOWLEDGED = "acknowledged"


_SCHEMAS = (2, 3)
_COLUMNS = ["user", "version", "entry", "channel", *Event]
_ADDRESSEE = "addressee"  # one column more, in schema 3, where the website has the key of the ledger
_KEYED_COLUMNS = [*_COLUMNS, _ADDRESSEE]
_PATTERNS = {
    "user": re.compile("[0-9a-f]{64}"),
    "version": re.compile(r"\d{1,6}\.\d{1,6}", re.ASCII),
    "entry": re.compile("[0-9a-f]{64}"),
    "channel": re.compile("|".join(NoticeChannel)),
}
_MEMBER_KEY = re.compile("[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_MAX_BYTES = 1 << 30  # some million members
_HINT = "export it from the website again and do not edit it"


@dataclass(frozen=True, slots=True)
class Impression:
    """One member, one version and one channel, with the time of each event.

    `entry` is the hash of the version's entry in the log. `addressee` is what the ledger calls the member
    (LedgerKey.build_member_key): None if the website has no key of the ledger, and empty if it has and the
    account is gone.
    """

    user: bytes
    version: str
    entry: str
    channel: NoticeChannel
    shown: datetime | None
    acknowledged: datetime | None
    addressee: bytes | None

    def get_event_time(self, event: Event) -> datetime | None:
        """Return when an event happened, or None; a member who acknowledged a notice was shown it by then."""
        return self.acknowledged if event is Event.ACKNOWLEDGED else self.shown or self.acknowledged


class _InvalidRowError(Exception):
    """A row that no export contains; the message explains why without quoting the row."""


_FirstTimes = dict[tuple[NoticeChannel, Event], dict[bytes, datetime]]


def count_impressions(files: Iterable[Path], version: str) -> dict[str, Any]:
    """Return the number of members of a version by channel and event, and the SHA-256 of each file.

    Raises InputError for an incomplete export.
    """
    digests: dict[str, None] = {}  # a set that keeps its order
    times: _FirstTimes = {(channel, event): {} for channel in NoticeChannel for event in Event}
    for path in files:
        digest, impressions = read_export(path)
        digests[digest] = None
        for impression in impressions:
            if impression.version == version:
                _add_impression(times, impression)
    channels = {
        channel.value: {event.value: _summarize(times[channel, event]) for event in Event}
        for channel in NoticeChannel
    }
    return {"files_sha256": list(digests), "channels": channels}


def _add_impression(times: _FirstTimes, impression: Impression) -> None:
    """Keep the earliest time for each member: two exports of one site contain the same members."""
    for event in Event:
        if time := impression.get_event_time(event):
            first_times = times[impression.channel, event]
            first_times[impression.user] = min(time, first_times.get(impression.user, time))


def _summarize(times: Mapping[bytes, datetime]) -> dict[str, Any]:
    if not times:
        return {"members": 0, "first": None, "last": None}
    first, last = min(times.values()).isoformat(), max(times.values()).isoformat()
    return {"members": len(times), "first": first, "last": last}


def read_export(path: Path) -> tuple[str, Iterator[Impression]]:
    """Return the SHA-256 of a file and its rows, read as JSON if it begins with a brace, else as CSV.

    Raises InputError, also while the rows are read, for a file that is no complete export.
    """
    octets = read_input_file(path, _MAX_BYTES, _HINT)
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: not UTF-8; {_HINT}") from None
    rows = _read_json_rows if text.lstrip().startswith("{") else _read_csv_rows
    return hashlib.sha256(octets).hexdigest(), _parse_rows(path, rows(path, text))


def _parse_rows(path: Path, rows: Iterable[tuple[int, object]]) -> Iterator[Impression]:
    for line, row in rows:
        try:
            yield _parse_row(row)
        except _InvalidRowError as error:
            raise InputError(f"{path}:{line}: {error}; {_HINT}") from None


def _read_json_rows(path: Path, text: str) -> Iterator[tuple[int, object]]:
    try:
        export = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)  # an integer with too many digits raises a plain ValueError
        raise InputError(f"{path}:{line}: not valid JSON, or cut off; {_HINT}") from None
    except RecursionError:
        raise InputError(f"{path}:1: nested too deeply for an export; {_HINT}") from None
    log = export.get("log") if export.get("schema") in _SCHEMAS else None
    lines = list(_find_row_lines(text))
    if not isinstance(log, list) or len(lines) != len(log):
        raise InputError(f"{path}:1: not an export of schema {_SCHEMAS[-1]}; {_HINT}")
    yield from zip(lines, log, strict=True)


def _find_row_lines(text: str) -> Iterator[int]:
    """Yield the line number of each row in the first `log` of a text that is known to be JSON."""
    start = re.search(r'"log"\s*:\s*\[\s*', text)
    if not start:
        return
    # json.loads knows no positions, so that values are decoded again one by one.
    separator = re.compile(r"[\s,]*")
    position, line, counted = start.end(), 1, 0
    while text[position] != "]":
        line, counted = line + text.count("\n", counted, position), position
        yield line
        _, end = json.JSONDecoder().raw_decode(text, position)
        gap = separator.match(text, end)
        position = gap.end() if gap else end


def _read_csv_rows(path: Path, text: str) -> Iterator[tuple[int, object]]:
    """Yield rows line by line: no field of an export contains a comma, a quotation mark or a line break."""
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    columns = _KEYED_COLUMNS if lines[0].split(",") == _KEYED_COLUMNS else _COLUMNS
    if lines[0].split(",") != columns:
        raise InputError(f"{path}:1: the first line must be {','.join(_COLUMNS)}; {_HINT}")
    for number, line in enumerate(lines[1:], start=2):
        fields = line.split(",")
        yield number, dict(zip(columns, fields, strict=True)) if len(fields) == len(columns) else None


def _parse_row(row: object) -> Impression:
    if not isinstance(row, dict) or list(row) not in (_COLUMNS, _KEYED_COLUMNS):
        raise _InvalidRowError(f"not a row with {', '.join(_COLUMNS)}")
    for name, pattern in _PATTERNS.items():
        if not isinstance(row[name], str) or not pattern.fullmatch(row[name]):
            raise _InvalidRowError(f"'{name}' is not a valid value of this column")
    addressee = _parse_addressee(row)
    shown, acknowledged = (_parse_time(event, row[event]) for event in Event)
    if not shown and not acknowledged:
        raise _InvalidRowError("neither 'shown' nor 'acknowledged' has a time")
    user, channel = bytes.fromhex(row["user"]), NoticeChannel(row["channel"])
    return Impression(user, row["version"], row["entry"], channel, shown, acknowledged, addressee)


def _parse_addressee(row: Mapping[str, object]) -> bytes | None:
    """Return the addressee of a row, as `Impression` has it."""
    if _ADDRESSEE not in row:
        return None
    value = row[_ADDRESSEE]
    if value is None or value == "":
        return b""
    if not isinstance(value, str) or not _MEMBER_KEY.fullmatch(value):
        raise _InvalidRowError(f"'{_ADDRESSEE}' is not a valid value of this column")
    return bytes.fromhex(value)


def _parse_time(event: Event, value: object) -> datetime | None:
    if value is None or value == "":
        return None
    error = _InvalidRowError(f"'{event}' is not a time like 2026-11-22T12:00:00Z")
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise error
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise error from None
