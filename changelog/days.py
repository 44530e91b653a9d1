"""Days: calendar days in Oslo, on which versions are published and take effect."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from common.oslo import OSLO

# Not imported at runtime: a build with nothing to do imports this module, and must not import pydantic.
if TYPE_CHECKING:
    from policy.durations import Duration

_PLAUSIBLE_YEARS = range(2000, 2101)
EARLIEST_DAY = date(2000, 1, 1)


def get_day_in_oslo(time: int) -> date | None:
    """Return the day of a Unix time; None outside 2000–2100, which means that a clock was wrong."""
    try:
        day = datetime.fromtimestamp(time, UTC).astimezone(OSLO).date()
    except (ValueError, OverflowError, OSError):  # which one depends on how far off the number is
        return None
    return day if day.year in _PLAUSIBLE_YEARS else None


def add_duration(day: date, duration: Duration) -> date:
    """Return the day that is a duration after `day`: years and months first, then weeks and days.

    In a month that is too short for the day it is the month's last day: P1M after 31 January is 28 February.
    Hours are left out.
    """
    counts = dict(duration.parts)
    months = day.year * 12 + day.month - 1 + 12 * counts.get("year", 0) + counts.get("month", 0)
    year, month = divmod(months, 12)
    start = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return start + timedelta(days=7 * counts.get("week", 0) + counts.get("day", 0))
