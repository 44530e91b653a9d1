"""The queue: each delivery once, at the rate of the operator, to those who are still active."""

import threading
import time

import pytest

from notifier.csv_source import CsvSource
from notifier.runs import end_run
from notifier.send_queue import SendQueue
from tests.notifier.tasks import run_task


def create_queue(ledger_db, source=None, **options):
    stop = threading.Event()
    queue = SendQueue(ledger_db.open_session(), source or CsvSource(ledger_db.letter), stop, **options)
    return queue, stop


def take(queue, most=99):
    found = []
    while len(found) < most and (delivery := run_task(queue.next_delivery())):
        found.append(delivery.id)
    return found


def test_the_queue_gives_each_delivery_once(ledger_db):
    queue, _ = create_queue(ledger_db)
    assert queue.next_delivery_if_due().id == 1
    assert take(queue) == [2, 3, 4, 5, 6]
    assert queue.next_delivery_if_due() is None
    assert not queue.has_reached_limit


def test_only_a_connection_without_a_message_asks_again_after_the_last_delivery(ledger_db):
    queue, _ = create_queue(ledger_db)
    assert take(queue) == [1, 2, 3, 4, 5, 6]
    ledger_db.alter(3, state="pending", run=None)
    assert queue.next_delivery_if_due() is None
    assert run_task(queue.next_delivery()).id == 3
    ledger_db.alter(4, state="pending", run=None)
    assert queue.next_delivery_if_due().id == 4


def test_a_delivery_put_back_comes_first(ledger_db):
    queue, _ = create_queue(ledger_db)
    delivery = run_task(queue.next_delivery())
    queue.put_back(delivery)
    assert take(queue, 2) == [1, 2]


@pytest.mark.parametrize("limit", [1, 4])
def test_the_limit_ends_the_queue(ledger_db, limit):
    queue, _ = create_queue(ledger_db, limit=limit)
    assert not queue.has_reached_limit
    assert take(queue) == list(range(1, limit + 1))
    assert queue.has_reached_limit
    queue.put_back(ledger_db.row(1))
    assert not queue.has_reached_limit


def test_nothing_is_taken_on_stop(ledger_db):
    queue, stop = create_queue(ledger_db)
    stop.set()
    assert run_task(queue.next_delivery()) is None
    assert queue.next_delivery_if_due() is None
    assert ledger_db.states()[0] == "pending"


def test_a_stop_is_noticed_while_waiting_and_the_delivery_stays_queued(ledger_db):
    queue, stop = create_queue(ledger_db, rate=0.001, connections=1)
    assert run_task(queue.next_delivery()).id == 1
    threading.Timer(0.2, stop.set).start()
    assert run_task(queue.next_delivery()) is None
    stop.clear()
    queue._next_slot = 0
    assert run_task(queue.next_delivery()).id == 2


def test_the_rate_spaces_deliveries(ledger_db):
    queue, _ = create_queue(ledger_db, rate=20)
    began = time.monotonic()
    assert take(queue, 5) == [1, 2, 3, 4, 5]
    assert time.monotonic() - began >= 0.2


def test_no_delivery_is_given_before_its_slot(ledger_db):
    queue, _ = create_queue(ledger_db, rate=0.01)
    assert queue.next_delivery_if_due().id == 1
    assert queue.next_delivery_if_due() is None
    queue._next_slot = 0
    assert queue.next_delivery_if_due().id == 2
    assert queue.next_delivery_if_due() is None


def test_a_slow_rate_claims_few_at_once(ledger_db):
    for options, claimed in (({"rate": 0.4, "connections": 3}, 3), ({"rate": 0.8, "connections": 1}, 4)):
        queue, _ = create_queue(ledger_db, **options)
        queue.next_delivery_if_due()
        assert ledger_db.states().count("claimed") == claimed
        queue._session.close()
    queue, _ = create_queue(ledger_db, connections=1)
    queue.next_delivery_if_due()
    assert ledger_db.states().count("claimed") == 6


def test_a_retry_that_is_due_soon_is_waited_for(ledger_db):
    for number in range(2, 7):
        ledger_db.alter(number, state="sent")
    ledger_db.alter(1, due=ledger_db.now() + 0.3)
    queue, _ = create_queue(ledger_db)
    began = time.monotonic()
    assert take(queue, 1) == [1]
    assert time.monotonic() - began >= 0.25


@pytest.mark.parametrize(("due_in", "waits"), [(61, False), (59, True)])
def test_a_retry_that_is_due_later_is_not_waited_for(ledger_db, due_in, waits):
    for number in range(1, 7):
        ledger_db.alter(number, due=ledger_db.now() + due_in)
    queue, _ = create_queue(ledger_db)
    assert (queue._find_retry_wait() is not None) == waits


def test_the_wait_before_claiming_again(ledger_db):
    queue, _ = create_queue(ledger_db)
    assert queue._find_retry_wait() == 0.01  # something is due already
    ledger_db.claim(6, ledger_db.stranger)
    assert queue._find_retry_wait() == 0.5  # another run holds them and may die
    ledger_db.do(end_run, ledger_db.stranger)
    for number in range(1, 7):
        ledger_db.alter(number, due=ledger_db.now() + 30)
    assert queue._find_retry_wait() == 0.5


class FakeSource:
    """A source that knows who is active."""

    def __init__(self, *active):
        self.active_now, self.asked = frozenset(active), []

    def find_active_identities(self, addresses):
        self.asked.append(list(addresses))
        return self.active_now


def test_inactive_addressees_are_withdrawn_and_do_not_count_for_the_limit(ledger_db):
    source = FakeSource("member1@example.no", "member3@example.no", "member4@example.no")
    queue, _ = create_queue(ledger_db, source, limit=2)
    assert take(queue) == [2, 4]
    assert source.asked[0] == ["member0@example.no", "member1@example.no"]
    queue._session.heartbeat()
    assert ledger_db.states()[:5] == ["withdrawn", "claimed", "withdrawn", "claimed", "pending"]
    assert ledger_db.row(1).attempts == 0
