"""Days as people write them, in files and on the command line."""

from __future__ import annotations

import re
from datetime import date


def parse_day(text: str) -> date:
    """Return a day written as YYYY-MM-DD; raise ValueError for anything else, also for other ISO 8601."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)
