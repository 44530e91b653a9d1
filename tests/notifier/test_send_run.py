"""How a run ends, and what it does when something goes wrong around it."""

import itertools
import os
import signal
import threading
import time

import pytest

from common.errors import InputError, TryLaterError
from notifier.database import open_database
from notifier.ledger_session import LedgerSession
from notifier.outcomes import OutcomeRecorder
from notifier.relay import connect, parse_relay_url
from notifier.replies import Phase, Reply
from notifier.runs import (
    end_run,
    expire_dead_runs,
    get_own_process_id,
    is_process_dead,
    renew_lease,
    start_run,
)
from notifier.send_run import WorkerPool
from tests.notifier.factories import create_campaign
from tests.notifier.smtp_server import SmtpServer
from tests.notifier.tasks import run_task
from tests.notifier.test_relay import TO


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_run_and_its_old_handler_is_restored(tmp_path, number):
    campaign = create_campaign(tmp_path, 100)
    before = signal.getsignal(number)

    def script(phase, _):
        if phase == "SENT" and len(server.messages) >= 10:
            os.kill(os.getpid(), number)

    with SmtpServer(script, delay=0.01) as server:
        ended = campaign.send(server.url, 100)
        assert ended.code == 75
        assert len(server.messages) < 40
    assert signal.getsignal(number) is before
    assert campaign.counts == {"sent": len(server.messages), "pending": 100 - len(server.messages)}


def test_a_signal_when_all_is_sent_changes_nothing(tmp_path):
    campaign = create_campaign(tmp_path, 1)
    with SmtpServer(
        lambda phase, _: os.kill(os.getpid(), signal.SIGTERM) if phase == "SENT" else None
    ) as server:
        assert campaign.send(server.url, 1).code == 0


@pytest.mark.long
def test_the_lease_is_renewed_while_a_relay_is_slow(tmp_path):
    campaign = create_campaign(tmp_path, 1)

    def count_commits():
        return campaign.execute("select commits from klartekst_run")[0][0]

    def script(phase, _):
        if phase == "DOT":
            before = count_commits()
            while count_commits() < before + 2:
                time.sleep(0.05)

    with SmtpServer(script) as server:
        assert campaign.send(server.url, 1, "--lease", 6).code == 0


def test_a_lease_that_cannot_be_renewed_stops_the_run():
    pool = WorkerPool.__new__(WorkerPool)
    pool.stop = threading.Event()
    pool.recorder = OutcomeRecorder(None, pool.stop, retry_after=300, max_attempts=12)

    class Gone:
        def heartbeat(self):
            raise TryLaterError("gone")

    pool._session = Gone()
    pool._renew_lease()
    assert pool.stop.is_set()
    assert str(pool.recorder.error) == "gone"


def test_of_several_errors_the_one_to_fix_is_reported():
    recorder = OutcomeRecorder(None, threading.Event(), retry_after=300, max_attempts=12)
    recorder.stop_run(TryLaterError("later"))
    recorder.stop_run(InputError("mend"))
    recorder.stop_run(TryLaterError("later still"))
    assert str(recorder.error) == "mend"


def test_a_run_suspended_while_marking_sends_nothing(tmp_path, monkeypatch):
    campaign = create_campaign(tmp_path, 3)
    clock = itertools.count(step=100)

    def boot_seconds():
        now = next(clock)
        if now == 2000:  # often enough: stop the run
            os.kill(os.getpid(), signal.SIGTERM)
        return now

    monkeypatch.setattr("notifier.ledger_session._read_boot_clock", boot_seconds)
    with SmtpServer() as server:
        assert campaign.send(server.url, 3).code == 75
        assert not server.messages
    assert campaign.counts == {"pending": 3}


def test_a_run_that_was_taken_over_reports_it(tmp_path, monkeypatch):
    campaign = create_campaign(tmp_path, 3)
    mark_sending = LedgerSession.mark_sending

    def mark_too_late(self, delivery):
        with self._database.transaction() as connection:
            end_run(connection, self._run_id)
        return mark_sending(self, delivery)

    monkeypatch.setattr(LedgerSession, "mark_sending", mark_too_late)
    with SmtpServer() as server:
        ended = campaign.send(server.url, 3)
        assert ended.code == 75
        assert "took over" in ended.err
        assert not server.messages
    assert campaign.counts == {"pending": 3}


@pytest.mark.parametrize("place", ["notifier.worker.format_to_header", "notifier.relay.connect"])
def test_a_bug_in_one_worker_stops_them_all(tmp_path, monkeypatch, place):
    campaign = create_campaign(tmp_path, 50)
    monkeypatch.setattr(place, lambda *_: 1 / 0)
    with SmtpServer() as server:
        ended = campaign.send(server.url, 50)
    assert (ended.code, ended.err.count("\n")) == (70, 1)
    assert "ZeroDivisionError at notifier/" in ended.err
    assert campaign.counts == {"pending": 50}


def test_a_run_that_renews_its_lease_meanwhile_is_not_expired(tmp_path):
    campaign = create_campaign(tmp_path)
    campaign.plan("--ledger", campaign.ledger)
    database = open_database(campaign.ledger, create=False)
    with database.transaction() as connection:
        run = start_run(connection, "x", 60)

        def renews(_):
            connection.exec_driver_sql("UPDATE klartekst_run SET renewed = renewed + 1")
            return True

        expire_dead_runs(connection, renews)
        assert renew_lease(connection, run)
        expire_dead_runs(connection, lambda _: True)
        assert not renew_lease(connection, run)
    database.close()


def test_a_process_is_identified_by_its_start_time():
    assert not is_process_dead(get_own_process_id())
    machine, namespace, pid, born = get_own_process_id().split("/")
    assert is_process_dead(f"{machine}/{namespace}/{pid}/{int(born) - 1}")
    assert is_process_dead(f"{machine}/{namespace}/999999999/1")
    assert not is_process_dead(f"elsewhere/{namespace}/999999999/1")
    assert not is_process_dead(f"{machine}/{namespace}/{pid}/?")


def test_without_proc_no_process_is_known_to_be_dead(tmp_path, monkeypatch):
    monkeypatch.setattr("notifier.runs._PROC", tmp_path)
    assert get_own_process_id() == f"?/?/{os.getpid()}/?"
    assert not is_process_dead(get_own_process_id())
    assert not is_process_dead("?/?/999999999/1")


def test_a_reply_sent_slowly_gets_no_more_time():
    with SmtpServer() as server:
        connection = connect(parse_relay_url(server.url), 1)
        assert run_task(connection.open_transaction(TO)).code == 354

        over = threading.Event()

        def drip():
            while not over.wait(0.1):
                try:
                    server.shout(b"2")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        server.script = lambda *_: over.wait() and "drop"
        assert run_task(connection.send_dot(None))[0] == Reply(Phase.DOT, 0)
        over.set()
        thread.join()
