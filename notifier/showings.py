"""Reads the website's export of who was shown what, and counts it for one version: people in, numbers out.

A member stands in the export under a pseudonym (64 hexadecimal digits), which tells two members apart and
serves for nothing else: whatever else stands there, an address above all, makes it a foreign file. No text of
a file is ever repeated, in the counts or in an error.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from notifier.errors import InputError

CHANNELS = ("login", "alert")
EVENTS = ("shown", "acknowledged")
_COLUMNS = ["user", "version", "channel", *EVENTS]
_FIELDS = {
    "user": re.compile("[0-9a-f]{64}"),
    "version": re.compile(r"\d{1,6}\.\d{1,6}", re.ASCII),
    "channel": re.compile("|".join(CHANNELS)),
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_AGAIN = "export it again from the website and leave it as it is"


@dataclass(frozen=True, slots=True)
class Showing:
    """One member and one version on one channel; a member who acknowledged was shown it by then."""

    user: bytes
    version: str
    channel: str
    shown: datetime | None
    acknowledged: datetime | None

    def moment(self, event: str) -> datetime | None:
        """Return when an event happened, or None where it did not."""
        return self.acknowledged if event == "acknowledged" else self.shown or self.acknowledged


class _ForeignError(Exception):
    """A row that no export holds; the text tells why without repeating it."""


def count(files: Iterable[Path], version: str) -> dict[str, Any]:
    """Count the members of all files by channel and event, each once; InputError for a foreign file."""
    digests: dict[str, None] = {}
    moments: dict[tuple[str, str], dict[bytes, datetime]] = {
        (channel, event): {} for channel in CHANNELS for event in EVENTS
    }
    for path in files:
        digest, showings = _read(path)
        digests[digest] = None
        for one in showings:
            if one.version == version:
                _note(moments, one)
    channels = {channel: {event: _span(moments[channel, event]) for event in EVENTS} for channel in CHANNELS}
    return {"files_sha256": list(digests), "channels": channels}


def _note(moments: dict[tuple[str, str], dict[bytes, datetime]], one: Showing) -> None:
    """Keep the first time of each member: two exports of one site tell of the same members."""
    for event in EVENTS:
        if moment := one.moment(event):
            known = moments[one.channel, event]
            known[one.user] = min(moment, known.get(one.user, moment))


def _span(moments: Mapping[bytes, datetime]) -> dict[str, Any]:
    if not moments:
        return {"members": 0, "first": None, "last": None}
    first, last = min(moments.values()).isoformat(), max(moments.values()).isoformat()
    return {"members": len(moments), "first": first, "last": last}


def _read(path: Path) -> tuple[str, Iterator[Showing]]:
    """Return the SHA-256 of a file and its rows, as JSON where it begins like it, else as CSV."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: this is not UTF-8; {_AGAIN}") from None
    rows = _json_rows if text.lstrip().startswith("{") else _csv_rows
    return hashlib.sha256(octets).hexdigest(), _showings(path, rows(path, text))


def _showings(path: Path, rows: Iterable[tuple[int, object]]) -> Iterator[Showing]:
    for line, row in rows:
        try:
            yield _showing(row)
        except _ForeignError as reason:
            raise InputError(f"{path}:{line}: {reason}; {_AGAIN}") from None


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, object]]:
    try:
        export = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)  # a number too long to be one has none
        raise InputError(f"{path}:{line}: this is no JSON, or not all of it; {_AGAIN}") from None
    except RecursionError:
        raise InputError(f"{path}:1: this is nested too deeply to be an export; {_AGAIN}") from None
    log = export.get("log") if export.get("schema") == 1 else None
    lines = list(_lines(text))
    if not isinstance(log, list) or len(lines) != len(log):
        raise InputError(f"{path}:1: this is no export of schema 1; {_AGAIN}")
    yield from zip(lines, log, strict=True)


def _lines(text: str) -> Iterator[int]:
    """Give the line of each row in the first `log` of a text that is known to be JSON."""
    begin = re.search(r'"log"\s*:\s*\[\s*', text)
    if not begin:
        return
    between = re.compile(r"[\s,]*")
    place, line, read = begin.end(), 1, 0
    while text[place] != "]":
        line, read = line + text.count("\n", read, place), place
        yield line
        _, end = json.JSONDecoder().raw_decode(text, place)
        after = between.match(text, end)
        place = after.end() if after else end


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, object]]:
    """Read line by line: no field of an export holds a comma, a quotation mark or a line break."""
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    if lines[0].split(",") != _COLUMNS:
        raise InputError(f"{path}:1: the first line must be {','.join(_COLUMNS)}; {_AGAIN}")
    for number, line in enumerate(lines[1:], start=2):
        fields = line.split(",")
        yield number, dict(zip(_COLUMNS, fields, strict=True)) if len(fields) == len(_COLUMNS) else None


def _showing(row: object) -> Showing:
    if not isinstance(row, dict) or list(row) != _COLUMNS:
        raise _ForeignError(f"this is no row of {', '.join(_COLUMNS)}")
    for name, form in _FIELDS.items():
        if not isinstance(row[name], str) or not form.fullmatch(row[name]):
            raise _ForeignError(f"`{name}` is none that the website exports")
    shown, acknowledged = (_moment(event, row[event]) for event in EVENTS)
    if not shown and not acknowledged:
        raise _ForeignError("neither `shown` nor `acknowledged` has a time")
    return Showing(bytes.fromhex(row["user"]), row["version"], row["channel"], shown, acknowledged)


def _moment(event: str, value: object) -> datetime | None:
    if value is None or value == "":
        return None
    wrong = _ForeignError(f"`{event}` is no time like 2026-11-22T12:00:00Z")
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise wrong
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise wrong from None
