"""Days as people write them, in files and on the command line."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def parse_day(text: str) -> date:
    """Return a day written as YYYY-MM-DD; raise ValueError for anything else, also for other ISO 8601."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def get_today_in_oslo() -> date:
    """Return the current day in Oslo, the default of every `--today`."""
    return datetime.now(OSLO).date()
