"""How a run ends, and what it does when things go wrong around it."""

import itertools
import os
import signal
import threading
import time

import pytest

from notifier import desk, ledger, processes, relay, smtp
from notifier.answers import Answer, Phase
from notifier.desk import Desk
from notifier.errors import InputError, TryLaterError
from notifier.job import Crew
from notifier.judge import Judge
from notifier.order import Order
from notifier.vault import open_vault
from tests.notifier import front_door
from tests.notifier.front_door import done
from tests.notifier.sink import Sink
from tests.notifier.test_smtp import TO


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_run_and_gives_the_old_handler_back(tmp_path, number):
    campaign = front_door.campaign(tmp_path, 100)
    before = signal.getsignal(number)

    def script(phase, _):
        if phase == "SENT" and len(sink.messages) >= 10:
            os.kill(os.getpid(), number)

    with Sink(script, delay=0.01) as sink:
        ended = campaign.send(sink.url, 100)
        assert ended.code == 75
        assert len(sink.messages) < 40
    assert signal.getsignal(number) is before
    assert campaign.counts == {"sent": len(sink.messages), "pending": 100 - len(sink.messages)}


def test_a_signal_when_all_is_done_changes_nothing(tmp_path):
    campaign = front_door.campaign(tmp_path, 1)
    with Sink(lambda phase, _: os.kill(os.getpid(), signal.SIGTERM) if phase == "SENT" else None) as sink:
        assert campaign.send(sink.url, 1).code == 0


def test_the_lease_is_kept_while_a_relay_thinks(tmp_path):
    campaign = front_door.campaign(tmp_path, 1)

    def turns():
        return campaign.execute("select turns from klartekst_run")[0][0]

    def script(phase, _):
        if phase == "DOT":
            before = turns()
            while turns() < before + 2:
                time.sleep(0.05)

    with Sink(script) as sink:
        assert campaign.send(sink.url, 1, "--lease", 6).code == 0


def test_a_lease_that_cannot_be_kept_stops_the_run():
    crew = Crew.__new__(Crew)
    crew.stop = threading.Event()
    crew.judge = Judge(None, Order(), crew.stop)

    class Gone:
        def renew(self):
            raise TryLaterError("gone")

    crew._desk = Gone()
    crew._renew()
    assert crew.stop.is_set()
    assert str(crew.judge.trouble) == "gone"


def test_of_two_troubles_the_one_to_mend_is_told():
    judge = Judge(None, Order(), threading.Event())
    judge.halt(TryLaterError("later"))
    judge.halt(InputError("mend"))
    judge.halt(TryLaterError("later still"))
    assert str(judge.trouble) == "mend"


def test_who_slept_too_long_at_the_desk_sends_nothing(tmp_path, monkeypatch):
    campaign = front_door.campaign(tmp_path, 3)
    clock = itertools.count(step=100)

    def awake():
        now = next(clock)
        if now == 2000:  # often enough: somebody stops the run
            os.kill(os.getpid(), signal.SIGTERM)
        return now

    monkeypatch.setattr(desk, "_awake", awake)
    with Sink() as sink:
        assert campaign.send(sink.url, 3).code == 75
        assert not sink.messages
    assert campaign.counts == {"pending": 3}


def test_a_run_that_was_taken_over_says_so(tmp_path, monkeypatch):
    campaign = front_door.campaign(tmp_path, 3)
    hand = Desk.hand

    def late(self, post):
        with self._vault.transaction() as connection:
            ledger.end(connection, self._run)
        return hand(self, post)

    monkeypatch.setattr(Desk, "hand", late)
    with Sink() as sink:
        ended = campaign.send(sink.url, 3)
        assert ended.code == 75
        assert "took over" in ended.err
        assert not sink.messages
    assert campaign.counts == {"pending": 3}


@pytest.mark.parametrize("place", ["notifier.carrier.to_header", "notifier.carrier.smtp.connect"])
def test_a_bug_in_one_connection_stops_them_all(tmp_path, monkeypatch, place):
    campaign = front_door.campaign(tmp_path, 50)
    monkeypatch.setattr(place, lambda *_: 1 / 0)
    with Sink() as sink, pytest.raises(ZeroDivisionError):
        campaign.send(sink.url, 50)
    assert campaign.counts == {"pending": 50}


def test_a_run_that_renews_while_it_is_looked_at_is_not_reaped(tmp_path):
    campaign = front_door.campaign(tmp_path)
    campaign.plan("--ledger", campaign.ledger)
    vault = open_vault(campaign.ledger, create=False)
    with vault.transaction() as connection:
        run = ledger.begin(connection, "x", 60)

        def renews(_):
            connection.exec_driver_sql("UPDATE klartekst_run SET renewed = renewed + 1")
            return True

        ledger.reap(connection, renews)
        assert ledger.renew(connection, run)
        ledger.reap(connection, lambda _: True)
        assert not ledger.renew(connection, run)
    vault.close()


def test_a_process_is_known_by_its_birth():
    assert not processes.is_dead(processes.own())
    machine, namespace, pid, born = processes.own().split("/")
    assert processes.is_dead(f"{machine}/{namespace}/{pid}/{int(born) - 1}")
    assert processes.is_dead(f"{machine}/{namespace}/999999999/1")
    assert not processes.is_dead(f"elsewhere/{namespace}/999999999/1")
    assert not processes.is_dead(f"{machine}/{namespace}/{pid}/?")


def test_a_reply_that_comes_drop_by_drop_has_no_longer_than_another():
    with Sink() as sink:
        session = smtp.connect(relay.read(sink.url), 1)
        assert done(session.open(TO)).code == 354

        over = threading.Event()

        def drip():
            while not over.wait(0.1):
                try:
                    sink.shout(b"2")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        sink.script = lambda *_: over.wait() and "drop"
        assert done(session.dot(None))[0] == Answer(Phase.DOT, 0)
        over.set()
        thread.join()
