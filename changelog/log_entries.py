"""The log of everything that was published: entries, each with the hash of the one before.

docs/reference/record.md has the format. It is published as `api/log.json`; `VersionLog` holds the versions
themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policy.canonical import render_canonical_json


class EntryKind(StrEnum):
    """What an entry tells; the values are published."""

    PUBLISHED = "published"
    NOTE_MENDED = "note-mended"
    EXPLAINED = "explained"
    WITHDRAWN = "withdrawn"
    BROUGHT_FORWARD = "brought-forward"
    REDACTED = "redacted"
    LANGUAGE_ADDED = "language-added"
    LANGUAGE_DISCONTINUED = "language-discontinued"
    ADOPTED = "adopted"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry: its day, the fields of its kind, the hash of the entry before (empty in the first), its own.

    `fields` hold strings, lists and mappings only.
    """

    kind: EntryKind
    day: date
    fields: Mapping[str, object]
    previous: str
    hash: str

    def describe(self) -> Mapping[str, object]:
        """Return the entry as it is published."""
        return {**_describe(self.kind, self.day, self.fields, self.previous), "hash": self.hash}

    @property
    def hashed_content(self) -> bytes:
        """The bytes whose SHA-256 is its hash."""
        return render_canonical_json(_describe(self.kind, self.day, self.fields, self.previous))


def create_entry(
    entries: Sequence[LogEntry], kind: EntryKind, day: date, fields: Mapping[str, object]
) -> LogEntry:
    """Return the entry that follows `entries`; its day must not be before theirs."""
    previous = entries[-1].hash if entries else ""
    return LogEntry(kind, day, fields, previous, hash_value(_describe(kind, day, fields, previous)))


def _describe(
    kind: EntryKind, day: date, fields: Mapping[str, object], previous: str
) -> Mapping[str, object]:
    """Return the part of an entry that its hash is computed from."""
    return {"kind": kind.value, "day": str(day), **fields, "previous": previous or None}


def hash_value(value: object) -> str:
    """Return the SHA-256 of a value as canonical JSON, in hex."""
    return hashlib.sha256(render_canonical_json(value)).hexdigest()
