"""Killed, or suspended past the lease, at every named step: nobody is lost, nobody is mailed twice."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.notifier.cli import start_command, wait_for
from tests.notifier.factories import create_campaign
from tests.notifier.kill_at_step import STEPS
from tests.notifier.smtp_server import SmtpServer

KILL_AT_STEP = [sys.executable, str(Path(__file__).with_name("kill_at_step.py"))]
CONNECTIONS = 2
MEMBERS = 12


def start_interrupted(campaign, server, step, nth, number, *options):
    entry = [*KILL_AT_STEP, step, str(nth), number]
    arguments = campaign.send_arguments(server.url, MEMBERS, "--connections", CONNECTIONS, *options)
    return start_command(*arguments, entry=entry, **campaign.environment)


def assert_all_sent_once(campaign, server, *, max_doubts):
    """Send until the campaign is finished; nobody is missing and nobody has two messages."""
    for _ in range(5):
        ended = campaign.send(server.url, MEMBERS)
        if ended.code != 75:
            break
    counts = campaign.counts
    doubts = {doubt["address"] for doubt in campaign.status()["in_doubt"]}
    assert set(counts) <= {"sent", "in_doubt"}
    assert sum(counts.values()) == MEMBERS
    assert len(doubts) <= max_doubts
    assert set(server.recipients.values()) == {1}
    assert set(server.recipients) | doubts == {f"member{n}@example.no" for n in range(MEMBERS)}
    assert ended.code == (3 if doubts else 0)


# On PostgreSQL only those steps that involve the database.
CASES = [("sqlite", step) for step in STEPS]
CASES += [("postgresql", step) for step in ("freeze", "claim", "mark_row", "dot", "write_results", "end_run")]


@pytest.mark.cases_in_ci(
    "sqlite-freeze-after",
    "sqlite-mark-after",
    "sqlite-dot-before",
    "sqlite-reply-after",
    "sqlite-write_results-before",
    "sqlite-erase-before",
    "postgresql-dot-after",
    "postgresql-write_results-before",
)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("ledger", "step"), CASES, indirect=["ledger"])
def test_killed_at_every_named_step(tmp_path, ledger, step, when):
    campaign = create_campaign(tmp_path, MEMBERS, **ledger)
    nth = 1 if step in ("freeze", "start_run", "connect", "open", "close", "end_run", "erase", "claim") else 4
    with SmtpServer() as server:
        killed = wait_for(start_interrupted(campaign, server, f"{step}:{when}", nth, "SIGKILL"))
        assert killed.code == -signal.SIGKILL, killed
        assert_all_sent_once(campaign, server, max_doubts=CONNECTIONS)


@pytest.mark.cases_in_ci("sqlite-dot:before", "postgresql-dot:before")
@pytest.mark.parametrize(
    "step",
    [
        "claim:after",
        "open:after",
        "write:after",
        "mark:before",
        "mark_row:after",
        "mark:after",
        "dot:before",
        "record:before",
    ],
)
def test_suspended_past_the_lease_at_every_step_that_matters(tmp_path, ledger, step, monkeypatch):
    # A run suspended inside a transaction keeps a SQLite file locked: others wait, then exit with 75.
    monkeypatch.setattr("notifier.database._BUSY_SECONDS", 1)
    campaign = create_campaign(tmp_path, MEMBERS, **ledger)
    with SmtpServer() as server:
        sleeper = start_interrupted(
            campaign, server, step, 1 if step.startswith(("claim", "open")) else 3, "SIGSTOP", "--lease", 1
        )
        _, status = os.waitpid(sleeper.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        time.sleep(1.2)
        assert campaign.send(server.url, MEMBERS).code in (0, 3, 75)
        os.kill(sleeper.pid, signal.SIGCONT)
        woken = wait_for(sleeper)
        assert woken.code in (75, 0, 3), woken
        assert_all_sent_once(campaign, server, max_doubts=CONNECTIONS)
