"""The fields that an entry of the log has, by its kind (docs/reference/record.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeAlias

_HASH = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}\.(?:0|[1-9][0-9]{0,8})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID = re.compile(r"[^\s\x00-\x1f]{1,200}")
LEVELS = ("first", "minor", "major", "special")
CHANNELS = ("help_centre", "login", "email", "alert")

_Test: TypeAlias = Callable[[Any], bool]


def is_hash(value: Any) -> bool:
    """Whether a value is a SHA-256 in hex."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def is_version_number(value: Any) -> bool:
    """Whether a value is the number of a version, such as "2.10"."""
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None


def is_day(value: Any) -> bool:
    """Whether a value is a day of the calendar, such as "2026-02-28"."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_hash_or_null(value: Any) -> bool:
    return value is None or is_hash(value)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_level(value: Any) -> bool:
    return isinstance(value, str) and value in LEVELS


def _is_list_of_channels(value: Any) -> bool:
    return isinstance(value, list) and value == [channel for channel in CHANNELS if channel in value]


def _is_mapping(is_key: _Test, fields: Mapping[str, _Test]) -> _Test:
    """Return a test for a mapping that is not empty, whose values have exactly these fields."""

    def has_fields(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and bool(value)
            and all(is_key(key) and has_exactly(row, fields) for key, row in value.items())
        )

    return has_fields


def has_exactly(value: Any, fields: Mapping[str, _Test]) -> bool:
    """Whether a value is a mapping that has each of the fields, as it should be, and no others."""
    return (
        isinstance(value, dict)
        and value.keys() == fields.keys()
        and all(test(value[name]) for name, test in fields.items())
    )


_NOTES = _is_mapping(_is_id, {"note": _is_hash_or_null})
_TWO_VERSIONS: Mapping[str, _Test] = {"version": is_version_number, "by": is_version_number}
_LANGUAGE: Mapping[str, _Test] = {"language": _is_id, "version": is_version_number}
FIELDS_OF_KINDS: Mapping[str, Mapping[str, _Test]] = {
    "published": {
        "version": is_version_number,
        "level": _is_level,
        "effective": is_day,
        "channels": _is_list_of_channels,
        "languages": _is_mapping(_is_id, {"document": is_hash, "note": _is_hash_or_null}),
    },
    "note-mended": {"version": is_version_number, "languages": _NOTES},
    "explained": {"version": is_version_number, "languages": _NOTES},
    "withdrawn": _TWO_VERSIONS,
    "brought-forward": _TWO_VERSIONS,
    "redacted": {
        "language": _is_id,
        "versions": _is_mapping(
            is_version_number, {"section": _is_id, "before": is_hash, "document": is_hash}
        ),
    },
    "language-added": _LANGUAGE,
    "language-discontinued": _LANGUAGE,
    "adopted": {"version": is_version_number},
}
_FIELDS_OF_ALL: Mapping[str, _Test] = {
    "kind": lambda value: isinstance(value, str),
    "day": is_day,
    "previous": _is_hash_or_null,
    "hash": is_hash,
}


def has_known_kind(entry: Any) -> bool:
    """Whether a value is an entry of one of the kinds."""
    return isinstance(entry, dict) and isinstance(kind := entry.get("kind"), str) and kind in FIELDS_OF_KINDS


def has_known_fields(entry: Mapping[str, Any]) -> bool:
    """Whether an entry has exactly the fields of its kind, each with a value that it can have."""
    return has_exactly(entry, {**_FIELDS_OF_ALL, **FIELDS_OF_KINDS[entry["kind"]]})
