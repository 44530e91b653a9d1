"""Whether a letter leaves in time: before its version takes effect, as long before as its policy promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common.days import parse_day
from common.errors import InputError
from common.oslo import OSLO
from notifier.letters import Letter


@dataclass(frozen=True, slots=True)
class Timing:
    """The days from today until a version takes effect, and how many of them its policy promises."""

    effective: date
    today: date
    lead_days: int | None

    @property
    def days(self) -> int:
        """The days until it takes effect; 0 on that day, negative after it."""
        return (self.effective - self.today).days

    @property
    def required_days(self) -> int:
        """The fewest days that are in time.

        The day on which it takes effect is too late, unless the policy promises no notice at all.
        """
        return 1 if self.lead_days is None else self.lead_days

    @property
    def is_late(self) -> bool:
        """Whether a campaign that begins today is too late."""
        return self.days < self.required_days

    def describe(self) -> str:
        """Say when it takes effect, and how many days are missing."""
        if self.days > 0:
            text = f"takes effect in {_count_days(self.days)}"
        elif self.days == 0:
            text = "takes effect today"
        else:
            text = f"took effect {_count_days(-self.days)} ago"
        missing = (self.lead_days or 0) - max(self.days, 0)
        if missing > 0:
            text += f", {_count_days(missing)} short of the {self.lead_days} of lead_days"
        return text

    def find_latest_start(self, count: int, rate: float) -> datetime:
        """Return when to begin so that the last of `count` letters leaves in time, at `rate` a second."""
        after = datetime.combine(
            self.effective - timedelta(self.required_days - 1), datetime.min.time(), OSLO
        )
        return after - timedelta(seconds=count / rate)


def measure_timing(letter: Letter, today: date) -> Timing:
    """Return the timing of a letter; raise InputError if it does not say when its version takes effect."""
    try:
        effective = parse_day(letter.effective)
    except ValueError:
        raise InputError(f"the letter of {letter.version} has no day of effect; run build again") from None
    return Timing(effective, today, letter.lead_days)


def _count_days(days: int) -> str:
    return f"{days} day{'s' * (days != 1)}"
