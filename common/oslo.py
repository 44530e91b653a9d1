"""The time zone in which days begin and end. Loading it takes longer than most of what `--help` needs."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def get_today_in_oslo() -> date:
    """Return the current day in Oslo, the default of every `--today`."""
    return datetime.now(OSLO).date()
