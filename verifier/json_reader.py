"""Reads JSON of others: anything that two programs could read differently is refused."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class JsonError(Exception):
    """What is wrong with a file, as the end of a sentence about it."""


def parse_json(content: bytes) -> dict[str, Any]:
    """Return the object in a file; raise JsonError if it is no JSON object, or an ambiguous one."""
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_build_object,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except RecursionError:
        raise JsonError("is nested too deeply") from None
    except ValueError:  # not UTF-8, not JSON, or an integer of thousands of digits
        raise JsonError("is not JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise JsonError("is not a JSON object")
    return value


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise JsonError("has an object with the same key twice")
    return result


def _refuse_number(_: str) -> NoReturn:
    raise JsonError("has a number that is not an integer")
