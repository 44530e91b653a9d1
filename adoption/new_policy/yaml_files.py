"""Writes plain data as YAML that people edit: one key on a line, texts without quotes where that is safe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

# What is text to every reader of YAML: no sign of its syntax at the start, no comment, no key, no line end.
_PLAIN = re.compile(r"[^\W\d_](?:(?!: | #)[^\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff])*(?<![\s:])")
_OTHER_VALUES = re.compile("yes|no|true|false|on|off|y|n|null", re.IGNORECASE)
_WORD = re.compile(r"[\w.@/-]+")  # in a list on one line


def write_yaml(data: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Return a mapping, or a list of mappings, as YAML."""
    if isinstance(data, dict):
        return "".join(f"{line}\n" for line in _iter_mapping(data))
    return "".join(f"{line}\n" for row in data for line in _iter_row(row))


def quote_text(text: str) -> str:
    """Return a text as a scalar, in quotes if a reader of YAML could take it for something else."""
    if _PLAIN.fullmatch(text) and not _OTHER_VALUES.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _iter_row(row: dict[str, Any]) -> Iterator[str]:
    for number, line in enumerate(_iter_mapping(row)):
        yield f"  {line}" if number else f"- {line}"


def _iter_mapping(data: dict[str, Any]) -> Iterator[str]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield f"{key}:"
            yield from (f"  {line}" for line in _iter_mapping(value))
        elif isinstance(value, list):
            assert all(_WORD.fullmatch(item) for item in value)
            yield f"{key}: [{', '.join(value)}]"
        else:
            yield f"{key}: {quote_text(value)}"
