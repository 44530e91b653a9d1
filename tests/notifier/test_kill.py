"""Killed, or put to sleep past the lease, at every named step: nobody lost, nobody told twice."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from notifier import vault
from tests.notifier import front_door
from tests.notifier.sink import Sink
from tests.notifier.stopper import STEPS

STOPPER = [sys.executable, str(Path(__file__).with_name("stopper.py"))]
CONNECTIONS = 2
MEMBERS = 12


def stopped(campaign, sink, step, nth, number, *options):
    entry = [*STOPPER, step, str(nth), number]
    sending = campaign.sending(sink.url, MEMBERS, "--connections", CONNECTIONS, *options)
    return front_door.start(*sending, entry=entry, **campaign.environment)


def all_told_once(campaign, sink, *, most_doubts):
    """Carry on until all is done, and settle doubts as an operator who knows what arrived."""
    for _ in range(5):
        ended = campaign.send(sink.url, MEMBERS)
        if ended.code != 75:
            break
    counts = campaign.counts
    doubts = {doubt["address"] for doubt in campaign.status()["in_doubt"]}
    assert set(counts) <= {"sent", "in_doubt"}
    assert sum(counts.values()) == MEMBERS
    assert len(doubts) <= most_doubts
    assert set(sink.recipients.values()) == {1}
    assert set(sink.recipients) | doubts == {f"member{n}@example.no" for n in range(MEMBERS)}
    assert ended.code == (3 if doubts else 0)


# On PostgreSQL the same, at those steps where the database has a part.
PLACES = [("sqlite", step) for step in STEPS]
PLACES += [("postgresql", step) for step in ("freeze", "claim", "hand", "dot", "settle", "end")]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("ledger", "step"), PLACES, indirect=["ledger"])
def test_killed_at_every_named_step(tmp_path, ledger, step, when):
    campaign = front_door.campaign(tmp_path, MEMBERS, **ledger)
    nth = 1 if step in ("freeze", "begin", "connect", "open", "leave", "end", "claim") else 4
    with Sink() as sink:
        killed = front_door.finished(stopped(campaign, sink, f"{step}:{when}", nth, "SIGKILL"))
        assert killed.code == -signal.SIGKILL, killed
        all_told_once(campaign, sink, most_doubts=CONNECTIONS)


@pytest.mark.parametrize(
    "step",
    [
        "claim:after",
        "open:after",
        "write:after",
        "handed:before",
        "hand:after",
        "handed:after",
        "dot:before",
        "judge:before",
    ],
)
def test_asleep_past_the_lease_at_every_step_that_matters(tmp_path, ledger, step, monkeypatch):
    # Who sleeps inside a transaction keeps a SQLite file locked: others wait, then say try again later.
    monkeypatch.setattr(vault, "_BUSY_SECONDS", 1)
    campaign = front_door.campaign(tmp_path, MEMBERS, **ledger)
    with Sink() as sink:
        sleeper = stopped(
            campaign, sink, step, 1 if step.startswith(("claim", "open")) else 3, "SIGSTOP", "--lease", 1
        )
        _, status = os.waitpid(sleeper.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        time.sleep(1.2)
        assert campaign.send(sink.url, MEMBERS).code in (0, 3, 75)
        os.kill(sleeper.pid, signal.SIGCONT)
        woken = front_door.finished(sleeper)
        assert woken.code in (75, 0, 3), woken
        all_told_once(campaign, sink, most_doubts=CONNECTIONS)
