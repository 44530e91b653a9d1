"""The beginning of a campaign is compared with a plain script that keeps the same list."""

from __future__ import annotations

import sqlite3

import pytest

from bench import mail_benchmarks
from bench.list_import import import_list
from bench.timing import Figure


def _write_list(path, *rows):
    path.write_text("\n".join(("email,language", *rows, "")), encoding="utf-8")
    return path


def test_the_script_counts_and_keeps_every_row(tmp_path):
    addressees = _write_list(tmp_path / "list.csv", "a@example.no,nb", "b@example.no,en", "c@example.no,nb")
    assert import_list(addressees, tmp_path / "list.db") == {"nb": 2, "en": 1}
    kept = sqlite3.connect(tmp_path / "list.db").execute("SELECT email, language, state FROM addressees")
    assert kept.fetchall()[1] == ("b@example.no", "en", "pending")


def test_the_script_keeps_no_address_twice(tmp_path):
    addressees = _write_list(tmp_path / "list.csv", "a@example.no,nb", "a@example.no,nb")
    with pytest.raises(sqlite3.IntegrityError):
        import_list(addressees, tmp_path / "list.db")


def test_a_campaign_is_planned_and_its_first_letter_sent():
    ratio, memory = mail_benchmarks._measure_beginning(3)
    assert ratio[0].value > 0
    assert memory[0].value > 0


def test_figures_are_found_by_round_trip_and_peer():
    lines = [
        {"round_trip_ms": 0, "time_over_smtplib": 0.5, "cpu_over_smtplib": 0.4},
        {"round_trip_ms": 10, "time_over_smtplib": 0.3, "cpu_over_smtplib": 0.2},
    ]
    assert mail_benchmarks._find_figure(lines, "smtplib", 10) == (Figure(0.3, 0.2),)
    assert "measures no round trip of 5 ms" in mail_benchmarks._find_figure(lines, "smtplib", 5)
