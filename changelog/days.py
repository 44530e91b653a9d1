"""Days: when a version was published and from when it applies (contract §2). Calendar days in Oslo."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from policy.fields import Duration

_OSLO = ZoneInfo("Europe/Oslo")
_YEARS = range(2000, 2101)
EARLIEST = date(2000, 1, 1)


def today_in_oslo() -> date:
    """Give the day that decides what is in force where no other is named."""
    return datetime.now(_OSLO).date()


def day_in_oslo(time: int) -> date | None:
    """Give the day of a committer's clock, Unix seconds; none where it is too far off to be believed."""
    try:
        day = datetime.fromtimestamp(time, UTC).astimezone(_OSLO).date()
    except (ValueError, OverflowError, OSError):
        return None
    return day if day.year in _YEARS else None


def add_duration(day: date, period: Duration) -> date:
    """Count a period from a day; in a month too short for the day, its last is meant."""
    counts = dict(period.parts)
    months = day.year * 12 + day.month - 1 + 12 * counts.get("year", 0) + counts.get("month", 0)
    year, month = divmod(months, 12)
    start = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return start + timedelta(days=7 * counts.get("week", 0) + counts.get("day", 0))
