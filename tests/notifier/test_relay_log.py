"""Logs of a relay that are damaged, or have days that few years have."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from common.errors import InputError
from notifier.reconcile import read_relay_log

NOW = datetime(2027, 1, 15, tzinfo=UTC).timestamp()
LINE = "{day} mail postfix/cleanup[1]: 4F1A: message-id=<a@example.no>\n"


def read_first_year(tmp_path, day: str) -> int | None:
    """Return the year of a log with one line; None if the line has no time."""
    log = tmp_path / "mail.log"
    log.write_text(LINE.format(day=day))
    first = read_relay_log([log], NOW, []).first
    return None if first == float("inf") else datetime.fromtimestamp(first, UTC).year


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("Jan 10 10:00:00", 2027),
        ("Nov  2 10:00:00", 2026),
        ("Feb 29 10:00:00", 2024),
        ("Feb 30 10:00:00", None),
        ("Not 10 10:00:00", None),
        ("Jan 10 25:00:00", None),
        ("2026-13-41T10:00:00Z", None),
        ("2026-11-02T10:00:00+0100", 2026),
    ],
)
def test_a_line_counts_if_its_day_exists(day, year, tmp_path):
    assert read_first_year(tmp_path, day) == year


@pytest.mark.parametrize("position", [0, 3, 12, -12, -4])
def test_a_damaged_archive_is_one_line(position, tmp_path):
    data = bytearray(gzip.compress(LINE.format(day="Jan 10 10:00:00").encode() * 100, mtime=0))
    data[position] ^= 0xFF
    log = tmp_path / "mail.log.gz"
    log.write_bytes(data)
    with pytest.raises(InputError, match="cannot be read \\(damaged\\)"):
        read_relay_log([log], NOW, [])


def test_a_cut_archive_is_one_line(tmp_path):
    log = tmp_path / "mail.log.gz"
    log.write_bytes(gzip.compress(LINE.format(day="Jan 10 10:00:00").encode() * 100)[:-9])
    with pytest.raises(InputError, match="cannot be read"):
        read_relay_log([log], NOW, [])
