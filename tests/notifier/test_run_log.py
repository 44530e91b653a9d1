"""What a run writes while it works: progress by count, and a log that a kill leaves complete."""

import re
import signal
import sys
from pathlib import Path

import pytest

from notifier.run_log import ProgressLines, RunLog
from tests.notifier.cli import start_command, wait_for
from tests.notifier.factories import create_campaign
from tests.notifier.smtp_server import SmtpServer

KILL_AT_STEP = [sys.executable, str(Path(__file__).with_name("kill_at_step.py"))]
MEMBERS = 250
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 \d+ (.*)")


@pytest.fixture
def campaign(tmp_path):
    return create_campaign(tmp_path, MEMBERS)


def read_log(path: Path) -> list[str]:
    """Return the lines without time and process."""
    return [LINE.fullmatch(line)[1] for line in path.read_text().splitlines()]


def count_hundreds(line: str) -> int:
    version, number, *_ = line.split()
    assert version == "2.0:"
    return int(number) // 100


def test_a_run_that_nobody_watches_prints_a_line_for_each_hundred(campaign, server):
    ended = campaign.send(server.url, MEMBERS)
    progress, summary = ended.out.splitlines()[:-1], ended.out.splitlines()[-1]
    # Letters that share a commit are finished at once.
    assert [count_hundreds(line) for line in progress] in ([2], [1, 2])
    assert summary.startswith("2.0: 250 addressees: 250 sent")
    assert ended.err == ""


@pytest.mark.parametrize("total", [0, 1, 99, 100, 4711, 10_000, 1_000_000])
def test_a_campaign_of_any_size_has_at_most_a_hundred_lines(total):
    lines = []
    progress = ProgressLines("2.0", total, lines.append)
    for finished in range(0, total + 1, max(1, total // 3000)):
        progress.update(finished)
        progress.update(finished)
    assert len(lines) <= 100
    assert bool(lines) == (total >= 100)


def test_several_letters_at_once_are_one_line():
    lines = []
    progress = ProgressLines("2.0", 1000, lines.append)
    for finished in (99, 350, 399, 400):
        progress.update(finished)
    assert [line.split()[1] for line in lines] == ["350", "400"]


def test_the_log_has_every_line_of_a_run_that_was_killed(campaign, tmp_path):
    log = tmp_path / "notify.log"
    with SmtpServer() as server:
        arguments = campaign.send_arguments(server.url, MEMBERS, "--log", log)
        entry = [*KILL_AT_STEP, "dot:before", "230", "SIGKILL"]
        killed = wait_for(start_command(*arguments, entry=entry))
        assert killed.code == -signal.SIGKILL
        began, *progress = read_log(log)
        assert began == f"2.0: began, {MEMBERS} addressees"
        # How many letters are recorded together, and how many of the last ones were, is up to the machine.
        assert [count_hundreds(line) for line in progress] in ([], [1], [2], [1, 2])
        ended = campaign.send(server.url, MEMBERS, "--log", log)
    assert ended.code == 3
    again, summary, end = read_log(log)[1 + len(progress) :]
    assert (again, end) == (began, "ended with 3")
    assert summary == ended.out.splitlines()[-1]
    assert log.stat().st_mode & 0o777 == 0o600
    assert "@" not in log.read_text()


def test_the_log_says_why_nothing_was_sent(campaign, tmp_path):
    log = tmp_path / "notify.log"
    with SmtpServer() as server:
        assert campaign.send(server.url, 7, "--log", log).code == 2
    [line] = read_log(log)
    assert line.startswith("ended with 2: --confirm 7: the campaign has 250 addressees")


def test_the_log_says_that_something_else_ended_a_run(campaign, tmp_path, server, monkeypatch):
    monkeypatch.setattr("notifier.restore_guard.RestoreGuard.check", lambda _: 1 / 0)
    assert campaign.send(server.url, MEMBERS, "--log", tmp_path / "notify.log").code == 70
    assert read_log(tmp_path / "notify.log") == ["ended by ZeroDivisionError"]


def test_a_log_that_cannot_be_opened_stops_the_run_before_anything_is_sent(campaign, tmp_path, server):
    ended = campaign.send(server.url, MEMBERS, "--log", tmp_path)
    assert (ended.code, ended.err.count("\n"), server.connections) == (2, 1, 0)
    assert "cannot be written" in ended.err


def test_a_full_disk_stops_no_letter():
    log = RunLog(Path("/dev/full"))
    log.write("2.0: began")
    log.close()
    log.close()
    log.write("nobody reads it")


def test_a_line_of_the_log_is_one_line(tmp_path):
    log = RunLog(tmp_path / "log")
    log.write("one\ntwo\udce5")
    log.close()
    assert len((tmp_path / "log").read_text().splitlines()) == 1
