"""Periods as ISO 8601 durations."""

from __future__ import annotations

import re
from dataclasses import dataclass

# At most nine digits: Python refuses to convert very long numbers, and no period needs more.
_COUNT = "[0-9]{1,9}"
_DATE_PART = rf"(?:{_COUNT}Y)?(?:{_COUNT}M)?(?:{_COUNT}W)?(?:{_COUNT}D)?"
DURATION_PATTERN = re.compile(rf"P(?=.){_DATE_PART}(?:T(?=.)(?:{_COUNT}H)?(?:{_COUNT}M)?(?:{_COUNT}S)?)?")
MAX_DURATION_DAYS = 365_250  # a thousand years: a date plus more could lie past `date.max`


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 duration in whole units, such as `P2Y6M`; `iso` keeps the spelling of the source."""

    iso: str

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The units and their counts in the order of the source: (("year", 2), ("month", 6))."""
        # `M` is months before the T and minutes after it.
        date_part, _, time_part = self.iso.removeprefix("P").partition("T")
        date_units = {"Y": "year", "M": "month", "W": "week", "D": "day"}
        time_units = {"H": "hour", "M": "minute", "S": "second"}
        return tuple(
            (names[unit], int(count))
            for text, names in ((date_part, date_units), (time_part, time_units))
            for count, unit in re.findall(r"(\d{1,9})([A-Z])", text)
        )

    @property
    def days(self) -> float:
        """The approximate length in days, for comparing durations; a year has 365.25."""
        date_lengths = {"year": 365.25, "month": 365.25 / 12, "week": 7, "day": 1}
        time_lengths = {"hour": 1 / 24, "minute": 1 / 1440, "second": 1 / 86400}
        return sum(count * (date_lengths | time_lengths)[unit] for unit, count in self.parts)
