"""Reads the proof of a campaign, `proof.json` of the notification job, and the letters that are beside it.

Only the fields that docs/reference/notification-job.md lists pass, each with values of its own kind: numbers,
days, hashes, codes of languages and states, a domain. So no address and no name of a member can.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

from changelog.versions import Version
from common.errors import InputError
from common.input_files import parse_json, read_input_file

_MAX_BYTES = 1 << 20
_MAX_LETTER_BYTES = 16 << 20
_HINT = "pass proof.json as notify proof wrote it"

_HASH = re.compile("[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,6}\.[0-9]{1,6}")
_WORD = re.compile("[a-z_]{1,30}")  # a level or a state
_LANGUAGE = re.compile("[a-z]{2,3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+00:00")
_ID = re.compile(r"[\w-]{1,64}")
_ID_OR_NONE = re.compile(r"[\w-]{0,64}")
_LINE = re.compile(r"[^@\x00-\x1f\x7f-\x9f\u2028\u2029]{1,500}")  # a reason or a name, and no address
_DOMAIN = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,9}")

_OPTIONAL_MOMENT = (None, _MOMENT)
_PERIOD = {"members": int, "first": _OPTIONAL_MOMENT, "last": _OPTIONAL_MOMENT}
_EVENTS = {"shown": _PERIOD, "acknowledged": _PERIOD}
# What people decided: to send late and why, who approved it, that an earlier list was given up.
_DECISION = (
    {
        "at": _MOMENT,
        "decision": re.compile("late"),
        "reason": _LINE,
        "days": range(-10_000, 10_000),
        "lead_days": int,
    },
    {"at": _MOMENT, "decision": re.compile("approved"), "by": _LINE},
    {"at": _MOMENT, "decision": re.compile("unfrozen"), "addressees": int, "unfrozen": _MOMENT},
)
_AUDIENCES = {
    "tell": re.compile("affected"),
    "affected": [_ID],
    "told": {_ID: int},
    "left_out": int,
    "left_out_of": {_ID_OR_NONE: int},
}
_SHAPE: Mapping[str, object] = {
    "schema": int,
    "version": _NUMBER,
    "level": _WORD,
    "published": _DAY,
    "effective": _DAY,
    "languages": [_LANGUAGE],
    "sha256": {_LANGUAGE: _HASH},
    "entry": _HASH,
    "letter": {"campaign_sha256": _HASH, "message_ids_at": _DOMAIN},
    "addressees": int,
    "rejected_rows": int,
    "duplicate_rows": int,
    "counts": {_WORD: int},
    "by_language": {_LANGUAGE: {_WORD: int}},
    "frozen": _OPTIONAL_MOMENT,
    "first_sent": _OPTIONAL_MOMENT,
    "last_sent": _OPTIONAL_MOMENT,
    "closed": _OPTIONAL_MOMENT,
    "decisions": [_DECISION],
    "audiences": (None, _AUDIENCES),
}
_WEBSITE = {"files_sha256": [_HASH], "channels": {"login": _EVENTS, "alert": _EVENTS}}
_SCHEMA = 2
# The headers that a build gives to a letter; sending adds the addressee in others.
_LETTER_HEADERS = frozenset(
    [
        "from",
        "reply-to",
        "subject",
        "policy-log-entry",
        "auto-submitted",
        "x-auto-response-suppress",
        "mime-version",
        "content-type",
        "content-language",
        "content-transfer-encoding",
    ]
)


@dataclass(frozen=True)
class Proof:
    """A proof that was read: its values, and the letters beside it that it has the hashes of, by language."""

    values: Mapping[str, Any]
    letters: Mapping[str, bytes]

    @property
    def letter_hashes(self) -> Mapping[str, str]:
        """The hash of the letter that was sent, by language."""
        hashes: Mapping[str, str] = self.values["sha256"]
        return hashes

    def format(self) -> str:
        """Return the proof as the notification job writes it."""
        return json.dumps(self.values, ensure_ascii=False, indent=2) + "\n"


def read_proof(path: Path, version: Version, *, with_letters: bool) -> Proof:
    """Read the proof of a version, and the letters beside it if they are wanted.

    Raises InputError for anything else than a proof, without quoting it.
    """
    try:
        values = parse_json(read_input_file(path, _MAX_BYTES, _HINT))
    except ValueError:
        raise InputError(f"{path}: not JSON; {_HINT}") from None
    if not isinstance(values, dict):
        raise InputError(f"{path}: not a JSON object; {_HINT}")
    if unknown := values.keys() - _SHAPE.keys() - {"website"}:
        raise InputError(f"{path}: has {len(unknown)} fields that a proof does not have; {_HINT}")
    for name, shape in [*_SHAPE.items(), *([("website", _WEBSITE)] if "website" in values else [])]:
        if not _has_shape(values.get(name, ""), shape):
            raise InputError(f"{path}: '{name}' is missing or not what a proof has there; {_HINT}")
    if values["schema"] != _SCHEMA:
        raise InputError(f"{path}: has the schema {values['schema']} instead of {_SCHEMA}; {_HINT}")
    if (values["version"], values["entry"]) != (version.number, version.entry_hash):
        raise InputError(
            f"{path}: is the proof of version {values['version']} (entry {values['entry'][:12]}…), not of "
            f"{version.number} (entry {version.entry_hash[:12]}…); pass that of this version and history"
        )
    return Proof(values, _read_letters(path.parent, values["sha256"]) if with_letters else {})


def _has_shape(value: object, shape: object) -> bool:
    """Whether a value has only what a shape allows: a pattern, a count, alternatives, a list or an object."""
    match shape:
        case re.Pattern():
            return isinstance(value, str) and shape.fullmatch(value) is not None
        case tuple():
            return any(value is None if one is None else _has_shape(value, one) for one in shape)
        case [one]:
            return isinstance(value, list) and all(_has_shape(item, one) for item in value)
        case range():
            return type(value) is int and value in shape
        case dict():
            return isinstance(value, dict) and _has_shape_of_object(value, shape)
        case _:
            return type(value) is int and value >= 0


def _has_shape_of_object(value: Mapping[str, object], shape: Mapping[object, object]) -> bool:
    match [*shape.items()]:
        case [(re.Pattern() as pattern, one)]:
            return all(pattern.fullmatch(name) and _has_shape(item, one) for name, item in value.items())
        case items:
            return value.keys() == shape.keys() and all(
                _has_shape(value[str(name)], one) for name, one in items
            )


def _read_letters(folder: Path, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """Return the letters in a folder that have these hashes and no addressee, if all of them are there."""
    letters = {}
    for language, digest in hashes.items():
        path = folder / f"{language}.eml"
        if not path.is_file():
            return {}
        content = read_input_file(path, _MAX_LETTER_BYTES, _HINT)
        if hashlib.sha256(content).hexdigest() != digest or not _is_without_addressee(content):
            return {}
        letters[language] = content
    return letters


def _is_without_addressee(content: bytes) -> bool:
    return {name.lower() for name in message_from_bytes(content).keys()} <= _LETTER_HEADERS  # noqa: SIM118 - no mapping
