"""One run in the ledger: its lease, its claims, and one commit for all of its connections."""

import time
from contextlib import contextmanager

import pytest

from common.errors import TryLaterError
from notifier.database import LedgerDatabase
from notifier.deliveries import DeliveryResult
from notifier.event_loop import run_tasks
from notifier.ledger_session import LeaseLostError, LedgerSession
from notifier.ledger_tables import DeliveryState
from notifier.restore_guard import RestoreGuard
from notifier.runs import end_run


def run_together(*tasks):
    results = {}

    def keep(number, waiting):
        results[number] = yield from waiting

    run_tasks([keep(number, waiting) for number, waiting in enumerate(tasks)], lambda: None)
    return [results[number] for number in range(len(tasks))]


def commits(ledger_db, session):
    return ledger_db.run_row(session._run_id).commits


def test_a_run_expires_dead_runs_before_it_starts(ledger_db):
    ledger_db.claim(3)
    ledger_db.alter_run(ledger_db.run, renewed=1)
    session = ledger_db.open_session(lease=42)
    assert ledger_db.states()[:6] == ["pending"] * 6
    row = ledger_db.run_row(session._run_id)
    assert (row.lease, row.ended, row.commits) == (42, None, 0)
    assert [one.id for one in session.claim(2)] == [1, 2]


def test_a_session_claims_from_its_campaign_and_for_its_addressee_only(ledger_db):
    assert len(ledger_db.open_session().claim(9)) == 6
    guard, key = RestoreGuard(ledger_db.database), ledger_db.row(8).key
    lone = LedgerSession(ledger_db.database, guard, ledger_db.other.id, only_key=key, lease=60)
    assert lone.summarize_pending().pending == 1
    assert [one.id for one in lone.claim(9)] == [8]


def test_the_first_claim_stores_that_addresses_will_have_to_be_erased(ledger_db):
    session = ledger_db.open_session()
    assert ledger_db.database.read_meta("erasure") is None
    assert session.claim(1)
    assert ledger_db.database.read_meta("erasure") == "due"


def test_one_commit_marks_all_messages_that_are_ready_in_one_round(ledger_db):
    session = ledger_db.open_session()
    deliveries = session.claim(3)
    before = commits(ledger_db, session)
    assert run_together(*(session.mark_sending(one) for one in deliveries)) == [True, True, True]
    assert commits(ledger_db, session) == before + 1
    assert ledger_db.states()[:4] == ["sending", "sending", "sending", "pending"]


def test_a_delivery_is_marked_once(ledger_db):
    session = ledger_db.open_session()
    [one] = session.claim(1)
    assert run_together(session.mark_sending(one)) == [True]
    assert run_together(session.mark_sending(one)) == [False]


def test_only_deliveries_still_claimed_are_marked(ledger_db):
    session = ledger_db.open_session()
    first, second = session.claim(2)
    ledger_db.alter(first.id, run=ledger_db.stranger)
    assert run_together(session.mark_sending(first), session.mark_sending(second)) == [False, True]


def test_results_are_written_with_the_next_commit(ledger_db):
    session = ledger_db.open_session()
    one, two = session.claim(2)
    run_together(session.mark_sending(one))
    session.record(DeliveryResult(one, DeliveryState.SENT))
    assert ledger_db.row(one.id).state == "sending"
    run_together(session.mark_sending(two))
    assert [ledger_db.row(number).state for number in (one.id, two.id)] == ["sent", "sending"]


def test_a_run_suspended_for_its_lease_may_not_send_the_dot(ledger_db, monkeypatch):
    session = ledger_db.open_session(lease=60)
    one, two = session.claim(2)
    for delivery, slept, let in ((one, 59.9, True), (two, 60, False)):
        clock = iter([0, slept])
        monkeypatch.setattr("notifier.ledger_session._read_boot_clock", lambda clock=clock: next(clock))
        assert run_together(session.mark_sending(delivery)) == [let]


class FailingDatabase(LedgerDatabase):
    """A database whose transactions raise the exceptions in `failures`."""

    @contextmanager
    def transaction(self, *, slow=False):
        with super().transaction(slow=slow) as connection:
            yield connection
            if failures:
                raise failures.pop()


failures: list[Exception] = []


def test_a_failed_commit_marks_nothing_and_loses_no_result(ledger_db):
    session = ledger_db.open_session()
    one, two, three = session.claim(3)
    run_together(session.mark_sending(one))
    session.record(DeliveryResult(one, DeliveryState.SENT))
    session._database = FailingDatabase(ledger_db.database.engine, ledger_db.database.path)
    failures.append(TryLaterError("full"))
    results = []

    def mark(delivery):
        try:
            results.append((yield from session.mark_sending(delivery)))
        except TryLaterError as trouble:
            results.append(str(trouble))

    run_tasks([mark(two), mark(three)], lambda: None)
    assert results == ["full", False]
    assert ledger_db.states()[:3] == ["sending", "claimed", "claimed"]
    session.record(DeliveryResult(two, DeliveryState.PENDING, counts_as_attempt=False))
    session.close()
    assert ledger_db.states()[:3] == ["sent", "pending", "pending"]


def test_a_run_that_others_ended_writes_its_results_and_raises(ledger_db):
    session = ledger_db.open_session()
    one, two = session.claim(2)
    run_together(session.mark_sending(one))
    ledger_db.do(end_run, session._run_id)
    session.record(DeliveryResult(one, DeliveryState.SENT))
    with pytest.raises(LeaseLostError, match="took over"):
        run_together(session.mark_sending(two))
    assert ledger_db.states()[:2] == ["sent", "pending"]
    for step in (lambda: session.claim(1), session.summarize_pending, session.heartbeat):
        with pytest.raises(LeaseLostError):
            step()
    session.close()


def test_closing_waits_for_a_database_that_comes_back(ledger_db, monkeypatch):
    monkeypatch.setattr("notifier.ledger_session._CLOSE_RETRY_SECONDS", 0.01)
    session = ledger_db.open_session()
    session.claim(2)
    session._database = FailingDatabase(ledger_db.database.engine, ledger_db.database.path)
    failures.extend([TryLaterError("gone"), TryLaterError("gone")])
    session.close()
    assert ledger_db.run_row(session._run_id).ended
    assert ledger_db.states()[:2] == ["pending", "pending"]


def test_closing_does_not_wait_forever_for_a_database(ledger_db, monkeypatch):
    monkeypatch.setattr("notifier.ledger_session._CLOSE_RETRY_SECONDS", 0.05)
    monkeypatch.setattr("notifier.ledger_session._CLOSE_TIMEOUT_SECONDS", 0.2)
    session = ledger_db.open_session()
    session._database = FailingDatabase(ledger_db.database.engine, ledger_db.database.path)
    failures.extend([TryLaterError("gone")] * 50)
    began = time.monotonic()
    with pytest.raises(TryLaterError):
        session.close()
    assert time.monotonic() - began >= 0.2
    assert len(failures) > 40
    failures.clear()


def test_the_pending_summary_expires_dead_runs(ledger_db):
    session = ledger_db.open_session()
    ledger_db.claim(2, ledger_db.stranger)
    assert (
        session.summarize_pending().held_by_others,
        len(session.claim(2)),
        session.summarize_pending().held_by_others,
    ) == (
        2,
        2,
        2,
    )
    ledger_db.alter_run(ledger_db.stranger, renewed=1)
    assert (session.summarize_pending().held_by_others, session.summarize_pending().pending) == (0, 4)


def test_refused_deliveries_are_forgotten_or_retried(ledger_db):
    session = ledger_db.open_session()
    deliveries = session.claim(3)
    run_together(*(session.mark_sending(one) for one in deliveries))
    for one in deliveries:
        session.record(DeliveryResult(one, DeliveryState.REFUSED, keep_address=True))
    session.erase_refused_addresses(deliveries[:1])
    assert [ledger_db.row(one.id).address is None for one in deliveries] == [True, False, False]
    session.requeue_refused(deliveries[1:2])
    assert ledger_db.states()[:3] == ["refused", "pending", "refused"]
