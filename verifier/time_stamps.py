"""Verifies the time stamps of a site: which entry each is of, and who says since when it exists."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from common.time_stamps import Roots, TimeStampError, verify_time_stamp
from verifier.log import Log

_NAME = re.compile(r"[0-9a-f-]{1,60}\.tsr")


def judge_time_stamps(rows: list[dict[str, Any]], log: Log, roots: Roots) -> Iterator[tuple[bool, str]]:
    """Yield, for each time stamp, whether it is what it should be, and a line that says what this means."""
    positions = {entry["hash"]: position for position, entry in enumerate(log.entries)}
    for number, row in enumerate(rows, start=1):
        file = row.get("file")
        name = file if isinstance(file, str) and _NAME.fullmatch(file) else f"number {number}"
        try:
            stamp = verify_time_stamp(_decode_token(row), roots)
        except TimeStampError as error:
            yield False, f"time stamp {name} {error}"
            continue
        position = positions.get(stamp.imprint)
        if position is not None:
            day = log.entries[position]["day"]
            yield True, f"stamped   entry {position + 1} of {day} {stamp.statement}"
            continue
        line = (
            f"time stamp {name}: the log has no entry {stamp.imprint}, which {stamp.statement}: "
            "it was rewritten since, or the time stamp is of another log"
        )
        yield False, line


def _decode_token(row: Mapping[str, Any]) -> bytes:
    token = row.get("token")
    try:
        return base64.b64decode(token, validate=True) if isinstance(token, str) else b""
    except (binascii.Error, ValueError):
        return b""
