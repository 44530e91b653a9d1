"""The desk and the line before it: one commit for all, and posts one by one at their pace."""

import threading
import time
from contextlib import contextmanager

import pytest

from notifier import desk as desk_module
from notifier import ledger, loop
from notifier.addressees import CsvFile
from notifier.desk import TakenOverError
from notifier.errors import TryLaterError
from notifier.ledger import Settled
from notifier.line import Line
from notifier.order import Order
from notifier.tables import State
from notifier.vault import Vault
from tests.notifier.front_door import done


def together(*tasks):
    results = {}

    def keep(number, waiting):
        results[number] = yield from waiting

    loop.run([keep(number, waiting) for number, waiting in enumerate(tasks)], lambda: None)
    return [results[number] for number in range(len(tasks))]


def turns(book, desk):
    return book.run_row(desk._run).turns


def test_a_run_clears_up_after_the_dead_before_it_begins(book):
    book.claimed(3)
    book.alter_run(book.run, renewed=1)
    desk = book.desk(lease=42)
    assert book.states()[:6] == ["pending"] * 6
    row = book.run_row(desk._run)
    assert (row.lease, row.ended, row.turns) == (42, None, 0)
    assert [one.id for one in desk.claim(2)] == [1, 2]


def test_the_desk_keeps_to_its_campaign_and_its_addressee(book):
    assert len(book.desk().claim(9)) == 6
    lone = desk_module.Desk(
        book.vault, book.desk()._seal, desk_module.Scope(book.other.id, book.row(8).key, 60)
    )
    assert lone.outlook().pending == 1
    assert [one.id for one in lone.claim(9)] == [8]


def test_one_commit_serves_all_who_stand_at_the_desk(book):
    desk = book.desk()
    posts = desk.claim(3)
    before = turns(book, desk)
    assert together(*(desk.hand(one) for one in posts)) == [True, True, True]
    assert turns(book, desk) == before + 1
    assert book.states()[:4] == ["handed", "handed", "handed", "pending"]


def test_a_mark_is_granted_once(book):
    desk = book.desk()
    [one] = desk.claim(1)
    assert together(desk.hand(one)) == [True]
    assert together(desk.hand(one)) == [False]


def test_only_what_is_still_claimed_is_granted(book):
    desk = book.desk()
    first, second = desk.claim(2)
    book.alter(first.id, run=book.stranger)
    assert together(desk.hand(first), desk.hand(second)) == [False, True]


def test_answers_are_written_with_the_next_turn(book):
    desk = book.desk()
    one, two = desk.claim(2)
    together(desk.hand(one))
    desk.settle(Settled(one, State.SENT))
    assert book.row(one.id).state == "handed"
    together(desk.hand(two))
    assert [book.row(number).state for number in (one.id, two.id)] == ["sent", "handed"]


def test_who_slept_longer_than_the_lease_is_not_let(book, monkeypatch):
    desk = book.desk(lease=60)
    one, two = desk.claim(2)
    for post, slept, let in ((one, 59.9, True), (two, 60, False)):
        clock = iter([0, slept])
        monkeypatch.setattr(desk_module, "_awake", lambda clock=clock: next(clock))
        assert together(desk.hand(post)) == [let]


class Broken(Vault):
    """A vault whose transactions fail as often as it is told."""

    @contextmanager
    def transaction(self, *, slow=False):
        with super().transaction(slow=slow) as connection:
            yield connection
            if failures:
                raise failures.pop()


failures: list[Exception] = []


def test_a_turn_that_fails_lets_nobody_and_loses_no_answer(book):
    desk = book.desk()
    one, two, three = desk.claim(3)
    together(desk.hand(one))
    desk.settle(Settled(one, State.SENT))
    desk._vault = Broken(book.vault.engine, book.vault.path)
    failures.append(TryLaterError("full"))
    told = []

    def asks(post):
        try:
            told.append((yield from desk.hand(post)))
        except TryLaterError as trouble:
            told.append(str(trouble))

    loop.run([asks(two), asks(three)], lambda: None)
    assert told == ["full", False]
    assert book.states()[:3] == ["handed", "claimed", "claimed"]
    desk.settle(Settled(two, State.PENDING, tried=False))
    desk.leave()
    assert book.states()[:3] == ["sent", "pending", "pending"]


def test_a_run_that_others_ended_writes_its_answers_and_says_so(book):
    desk = book.desk()
    one, two = desk.claim(2)
    together(desk.hand(one))
    book.do(ledger.end, desk._run)
    desk.settle(Settled(one, State.SENT))
    with pytest.raises(TakenOverError, match="took over"):
        together(desk.hand(two))
    assert book.states()[:2] == ["sent", "pending"]
    for step in (lambda: desk.claim(1), desk.outlook, desk.renew):
        with pytest.raises(TakenOverError):
            step()
    desk.leave()


def test_a_database_that_comes_back_is_waited_for_at_the_end(book, monkeypatch):
    monkeypatch.setattr(desk_module, "_PARTING_PAUSE", 0.01)
    desk = book.desk()
    desk.claim(2)
    desk._vault = Broken(book.vault.engine, book.vault.path)
    failures.extend([TryLaterError("gone"), TryLaterError("gone")])
    desk.leave()
    assert book.run_row(desk._run).ended
    assert book.states()[:2] == ["pending", "pending"]


def test_a_database_that_stays_away_is_not_waited_for_for_ever(book, monkeypatch):
    monkeypatch.setattr(desk_module, "_PARTING_PAUSE", 0.05)
    monkeypatch.setattr(desk_module, "_PARTING_SECONDS", 0.2)
    desk = book.desk()
    desk._vault = Broken(book.vault.engine, book.vault.path)
    failures.extend([TryLaterError("gone")] * 50)
    began = time.monotonic()
    with pytest.raises(TryLaterError):
        desk.leave()
    assert time.monotonic() - began >= 0.2
    assert len(failures) > 40
    failures.clear()


def test_the_outlook_clears_up_after_the_dead(book):
    desk = book.desk()
    book.claimed(2, book.stranger)
    assert (desk.outlook().held, len(desk.claim(2)), desk.outlook().held) == (2, 2, 2)
    book.alter_run(book.stranger, renewed=1)
    assert (desk.outlook().held, desk.outlook().pending) == (0, 4)


def test_refusals_are_forgotten_and_taken_back_through_the_desk(book):
    desk = book.desk()
    posts = desk.claim(3)
    together(*(desk.hand(one) for one in posts))
    for one in posts:
        desk.settle(Settled(one, State.REFUSED, keep_address=True))
    desk.forget_refused(posts[:1])
    assert [book.row(one.id).address is None for one in posts] == [True, False, False]
    desk.take_back_refused(posts[1:2])
    assert book.states()[:3] == ["refused", "pending", "refused"]


# The line


def line_of(book, source=None, **wishes):
    stop = threading.Event()
    order = Order(**wishes)
    return Line(book.desk(), source or CsvFile(book.letter), order, stop), stop


def taken(line, most=99):
    found = []
    while len(found) < most and (post := done(line.take())):
        found.append(post.id)
    return found


def test_the_line_gives_each_post_once_until_none_is_left(book):
    line, _ = line_of(book)
    assert line.take_at_once().id == 1
    assert taken(line) == [2, 3, 4, 5, 6]
    assert line.take_at_once() is None
    assert not line.used_up


def test_what_is_given_back_goes_first(book):
    line, _ = line_of(book)
    post = done(line.take())
    line.give_back(post)
    assert taken(line, 2) == [1, 2]


@pytest.mark.parametrize("limit", [1, 4])
def test_the_limit_ends_the_line(book, limit):
    line, _ = line_of(book, limit=limit)
    assert not line.used_up
    assert taken(line) == list(range(1, limit + 1))
    assert line.used_up
    line.give_back(book.row(1))
    assert not line.used_up


def test_nothing_is_taken_on_stop(book):
    line, stop = line_of(book)
    stop.set()
    assert done(line.take()) is None
    assert line.take_at_once() is None
    assert book.states()[0] == "pending"


def test_a_stop_is_heard_while_waiting_and_the_post_stays_in_line(book):
    line, stop = line_of(book, rate=0.001, connections=1)
    assert done(line.take()).id == 1
    threading.Timer(0.2, stop.set).start()
    assert done(line.take()) is None
    stop.clear()
    line._slot = 0
    assert done(line.take()).id == 2


def test_the_pace_is_kept(book):
    line, _ = line_of(book, rate=20)
    began = time.monotonic()
    assert taken(line, 5) == [1, 2, 3, 4, 5]
    assert time.monotonic() - began >= 0.2


def test_nobody_goes_at_once_before_the_turn_has_come(book):
    line, _ = line_of(book, rate=0.01)
    assert line.take_at_once().id == 1
    assert line.take_at_once() is None
    line._slot = 0
    assert line.take_at_once().id == 2
    assert line.take_at_once() is None


def test_a_slow_pace_claims_few_at_once(book):
    for wishes, claimed in (({"rate": 0.4, "connections": 3}, 3), ({"rate": 0.8, "connections": 1}, 4)):
        line, _ = line_of(book, **wishes)
        line.take_at_once()
        assert book.states().count("claimed") == claimed
        line._desk.leave()
    line, _ = line_of(book, connections=1)
    line.take_at_once()
    assert book.states().count("claimed") == 6


def test_a_retry_that_is_due_soon_is_waited_for(book):
    for number in range(2, 7):
        book.alter(number, state="sent")
    book.alter(1, due=book.now() + 0.3)
    line, _ = line_of(book)
    began = time.monotonic()
    assert taken(line, 1) == [1]
    assert time.monotonic() - began >= 0.25


@pytest.mark.parametrize(("due_in", "waits"), [(61, False), (59, True)])
def test_a_retry_that_is_due_later_is_not(book, due_in, waits):
    for number in range(1, 7):
        book.alter(number, due=book.now() + due_in)
    line, _ = line_of(book)
    assert (line._prospect() is not None) == waits


def test_how_long_it_waits_before_it_asks_again(book):
    line, _ = line_of(book)
    assert line._prospect() == 0.01  # something is due already
    book.claimed(6, book.stranger)
    assert line._prospect() == 0.5  # another run holds them and may die
    book.do(ledger.end, book.stranger)
    for number in range(1, 7):
        book.alter(number, due=book.now() + 30)
    assert line._prospect() == 0.5


class Asked:
    """A source that can be asked again."""

    def __init__(self, *active):
        self.active_now, self.asked = frozenset(active), []

    def active(self, addresses):
        self.asked.append(list(addresses))
        return self.active_now


def test_who_is_no_longer_active_is_withdrawn_and_counts_for_no_limit(book):
    source = Asked("member1@example.no", "member3@example.no", "member4@example.no")
    line, _ = line_of(book, source, limit=2)
    assert taken(line) == [2, 4]
    assert source.asked[0] == ["member0@example.no", "member1@example.no"]
    line._desk.renew()
    assert book.states()[:5] == ["withdrawn", "claimed", "withdrawn", "claimed", "pending"]
    assert book.row(1).attempts == 0
