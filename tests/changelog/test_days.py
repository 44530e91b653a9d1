"""Days are calendar days in Oslo, and those of a clock that is far off are ignored."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changelog.days import add_duration, get_day_in_oslo
from policy.durations import Duration
from tests.helpers.factories import property_settings


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-01-31T22:59:59", "2026-01-31"),
        ("2026-01-31T23:00:00", "2026-02-01"),
        ("2026-06-30T21:59:59", "2026-06-30"),
        ("2026-06-30T22:00:00", "2026-07-01"),
        ("2026-03-28T22:59:59", "2026-03-28"),
        ("2026-03-28T23:00:00", "2026-03-29"),
        ("2026-03-29T21:59:59", "2026-03-29"),
        ("2026-03-29T22:00:00", "2026-03-30"),
        ("2026-10-24T22:00:00", "2026-10-25"),
        ("2026-10-25T22:59:59", "2026-10-25"),
        ("2026-10-25T23:00:00", "2026-10-26"),
        ("1999-12-31T23:00:00", "2000-01-01"),
        ("2100-12-31T22:59:59", "2100-12-31"),
        ("2024-02-28T23:00:00", "2024-02-29"),
    ],
)
def test_the_day_is_that_of_oslo_in_winter_in_summer_and_when_clocks_change(utc, day):
    assert str(get_day_in_oslo(int(datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp()))) == day


@pytest.mark.parametrize(
    "time", [0, -1, 946681199, 4133977200, 100_000_000_000, 10**18, -(10**18), 2**63, -(2**63)]
)
def test_a_time_before_2000_or_after_2100_has_no_day(time):
    assert get_day_in_oslo(time) is None


@pytest.mark.parametrize(
    ("day", "period", "then"),
    [
        ("2026-11-22", "P30D", "2026-12-22"),
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2024-01-31", "P1M", "2024-02-29"),
        ("2026-03-31", "P1M", "2026-04-30"),
        ("2026-10-31", "P4M", "2027-02-28"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2026-12-31", "P1D", "2027-01-01"),
        ("2026-12-15", "P1M", "2027-01-15"),
        ("2026-11-22", "P2W", "2026-12-06"),
        ("2026-01-31", "P1M1D", "2026-03-01"),
        ("2026-11-22", "P1Y1M1W1D", "2027-12-30"),
        ("2026-11-22", "PT36H", "2026-11-22"),
        ("2026-11-22", "P0D", "2026-11-22"),
        ("2100-12-31", "P1000Y", "3100-12-31"),
    ],
)
def test_a_period_is_counted_in_whole_months_and_then_days(day, period, then):
    assert str(add_duration(date.fromisoformat(day), Duration(period))) == then


@property_settings
@given(
    st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    st.integers(0, 50),
    st.integers(0, 40),
    st.integers(0, 400),
)
def test_a_longer_period_never_ends_earlier(day, years, months, days):
    ends = [add_duration(day, Duration(f"P{years}Y{months + more}M{days}D")) for more in (0, 1)]
    assert day <= ends[0] < ends[1] or (days and ends[0] <= ends[1])
    assert add_duration(day, Duration(f"P{years}Y{months}M")).month == (day.month + months - 1) % 12 + 1
