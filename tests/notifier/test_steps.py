"""The ledger's steps one by one: what each changes, and what it leaves alone."""

import pytest

from notifier import ledger
from notifier.ledger import LONGEST_WAIT, Outlook, Settled
from notifier.tables import State

HOUR = 3600


def suggest_name(moment):
    return pytest.approx(moment, abs=5)


def test_a_run_begins_alive_and_with_no_turn(book):
    row = book.run_row(book.do(ledger.begin, "here/7", 45))
    assert (row.process, row.lease, row.turns, row.ended) == ("here/7", 45, 0, None)
    assert row.renewed == suggest_name(book.now())


def test_renewing_counts_a_turn_of_this_run_alone(book):
    book.alter_run(book.run, renewed=1)
    book.alter_run(book.stranger, renewed=1)
    assert book.do(ledger.renew, book.run)
    assert book.do(ledger.renew, book.run)
    assert (book.run_row(book.run).turns, book.run_row(book.stranger).turns) == (2, 0)
    assert book.run_row(book.run).renewed == suggest_name(book.now())
    assert book.run_row(book.stranger).renewed == 1


def test_an_ended_run_cannot_be_renewed(book):
    book.alter_run(book.run, ended=1, renewed=1)
    assert not book.do(ledger.renew, book.run)
    assert (book.run_row(book.run).turns, book.run_row(book.run).renewed) == (0, 1)


def test_a_claim_takes_what_has_been_due_longest(book):
    book.alter(1, due=book.now() - 1)
    book.alter(2, due=book.now() - 3)
    book.alter(3, due=book.now() - 2)
    for number in (4, 5, 6):
        book.alter(number, due=book.now() - 1.5)
    assert sorted(one.id for one in book.claimed(2)) == [2, 3]
    assert sorted(one.id for one in book.claimed(2, book.stranger)) == [4, 5]
    assert sorted(one.id for one in book.claimed(9)) == [1, 6]
    assert book.claimed(9) == []


def test_a_claimed_post_tells_all_that_its_letter_needs(book):
    book.alter(1, changed=1, attempts=3)
    [one] = book.claimed()
    row = book.row(1)
    assert (one.id, one.key, one.address, one.name) == (1, row.key, "member0@example.no", "N0")
    assert (one.language, one.attempts, one.dated) == ("nb", 3, row.dated)
    assert (row.state, row.run) == (State.CLAIMED, book.run)
    assert row.changed == suggest_name(book.now())
    assert row.dated == suggest_name(book.now())
    assert isinstance(row.dated, int)


def test_a_letter_keeps_the_date_of_its_first_try(book):
    book.alter(1, dated=77)
    assert book.claimed()[0].dated == 77


def test_a_claim_keeps_to_its_campaign_and_its_addressee(book):
    assert [one.id for one in book.do(ledger.claim, book.run, book.other.id, 9, None)] == [7, 8]
    key = book.row(3).key
    assert [one.id for one in book.do(ledger.claim, book.run, book.campaign.id, 9, key)] == [3]
    assert book.do(ledger.claim, book.run, book.campaign.id, 9, key) == []


def test_what_is_not_due_is_not_claimed_unless_no_wait_is_so_long(book):
    book.alter(1, due=book.now() + 60)
    book.alter(2, due=book.now() + LONGEST_WAIT - 60)
    book.alter(3, due=book.now() + LONGEST_WAIT + 60)
    assert [one.id for one in book.claimed(9)] == [3, 4, 5, 6]


def test_only_the_holder_of_a_claim_may_hand_over_and_only_once(book):
    first, second = book.claimed(2)
    book.claimed(1, book.stranger)
    book.alter(first.id, changed=1)
    assert book.do(ledger.hand, book.stranger, [first.id, second.id]) == set()
    assert book.do(ledger.hand, book.run, [first.id, 3, 4]) == {first.id}
    assert book.do(ledger.hand, book.run, [first.id]) == set()
    assert book.states()[:4] == ["handed", "claimed", "claimed", "pending"]
    assert book.row(first.id).changed == suggest_name(book.now())


FINAL = [State.SENT, State.REFUSED, State.GAVE_UP, State.UNDELIVERABLE, State.WITHDRAWN]


@pytest.mark.parametrize("state", FINAL)
def test_what_is_final_is_written_down_and_its_addressee_forgotten(book, state):
    [one] = book.handed()
    book.alter(1, attempts=2, changed=1)
    book.do(ledger.settle, book.run, [Settled(one, state, "DOT 250")])
    row = book.row(1)
    assert (row.state, row.answer, row.attempts, row.run) == (state, "DOT 250", 3, book.run)
    assert (row.address, row.name) == (None, None)
    assert row.changed == suggest_name(book.now())
    assert book.states()[1:] == ["pending"] * 7


def test_what_is_pending_again_waits_and_belongs_to_nobody(book):
    [one] = book.handed()
    book.do(ledger.settle, book.run, [Settled(one, State.PENDING, "RCPT 450", delay=HOUR)])
    row = book.row(1)
    assert (row.state, row.attempts, row.run) == (State.PENDING, 1, None)
    assert (row.address, row.name) == ("member0@example.no", "N0")
    assert row.due == suggest_name(book.now() + HOUR)


def test_an_untried_post_costs_no_attempt(book):
    [one] = book.claimed()
    book.do(ledger.settle, book.run, [Settled(one, State.PENDING, tried=False)])
    row = book.row(1)
    assert (row.attempts, row.answer, row.due) == (0, None, suggest_name(book.now()))


def test_a_doubt_keeps_its_addressee_and_the_moment_it_was_handed_over(book):
    [one] = book.handed()
    book.alter(1, changed=1)
    book.do(ledger.settle, book.run, [Settled(one, State.IN_DOUBT, "DOT -")])
    row = book.row(1)
    assert (row.address, row.name, row.changed, row.run) == ("member0@example.no", "N0", 1, book.run)


def test_a_refusal_open_to_appeal_keeps_its_address(book):
    [one] = book.handed()
    book.do(ledger.settle, book.run, [Settled(one, State.REFUSED, keep_address=True)])
    assert (book.row(1).address, book.row(1).name) == ("member0@example.no", "N0")


def test_an_answer_counts_as_long_as_the_row_is_held(book):
    posts = book.claimed(4)
    for one, state in zip(posts, ["claimed", "handed", "in_doubt", "refused"], strict=True):
        book.alter(one.id, state=state)
    book.do(ledger.settle, book.run, [Settled(one, State.SENT) for one in posts])
    assert book.states()[:4] == ["sent", "sent", "sent", "refused"]


def test_nobody_settles_for_another_run(book):
    [one] = book.claimed()
    book.do(ledger.settle, book.stranger, [Settled(one, State.SENT)])
    assert book.rows()[0] == (1, "claimed", book.run)


def refused(book, count=3):
    posts = book.handed(count)
    book.do(ledger.settle, book.run, [Settled(one, State.REFUSED, keep_address=True) for one in posts])
    return posts


def addresses(book):
    return [book.row(number).address is not None for number in (1, 2, 3)]


def test_refusals_that_stand_are_forgotten_by_name(book):
    refused(book)
    book.do(ledger.forget_refused, book.stranger, [1, 2, 3])
    assert addresses(book) == [True, True, True]
    book.do(ledger.forget_refused, book.run, [1, 3])
    assert addresses(book) == [False, True, False]
    assert [book.row(number).name for number in (1, 2)] == [None, "N1"]
    book.do(ledger.forget_refused, book.run)
    assert addresses(book) == [False, False, False]


def test_only_refusals_are_forgotten(book):
    book.claimed(2)
    book.do(ledger.forget_refused, book.run, [1, 2])
    book.do(ledger.forget_refused, book.run)
    assert addresses(book) == [True, True, True]


def test_refusals_are_taken_back_by_their_run_alone(book):
    refused(book)
    book.alter(3, state="sent")
    book.alter(1, due=1)
    book.do(ledger.take_back_refused, book.stranger, [1, 2])
    assert book.states()[:3] == ["refused", "refused", "sent"]
    book.do(ledger.take_back_refused, book.run, [1, 3])
    assert book.rows()[:3] == [(1, "pending", None), (2, "refused", book.run), (3, "sent", book.run)]
    assert book.row(1).due == suggest_name(book.now())


def test_a_run_that_ends_gives_back_what_it_claimed_and_doubts_what_it_handed(book):
    posts = book.claimed(4)
    book.do(ledger.hand, book.run, [posts[1].id])
    book.alter(3, state="refused")
    book.alter(4, state="sent")
    theirs = book.claimed(2, book.stranger)
    book.do(ledger.hand, book.stranger, [theirs[1].id])
    book.do(ledger.end, book.run)
    assert book.rows()[:6] == [
        (1, "pending", None),
        (2, "in_doubt", book.run),
        (3, "refused", book.run),
        (4, "sent", book.run),
        (5, "claimed", book.stranger),
        (6, "handed", book.stranger),
    ]
    assert (book.row(3).address, book.row(3).name) == (None, None)
    assert book.run_row(book.run).ended == suggest_name(book.now())
    assert book.run_row(book.stranger).ended is None


def ended(book):
    return [book.run_row(number).ended is not None for number in (book.run, book.stranger)]


@pytest.mark.parametrize(
    ("renewed", "dead"), [(0, False), (-50, False), (-70, True), (50, False), (70, True)]
)
def test_a_run_is_dead_when_its_lease_has_passed_on_either_side_of_the_clock(book, renewed, dead):
    book.claimed()
    book.alter_run(book.run, renewed=book.now() + renewed)
    book.do(ledger.reap, lambda _: False)
    assert ended(book) == [dead, False]
    assert book.states()[0] == ("pending" if dead else "claimed")


def test_a_run_is_dead_when_its_process_is_seen_to_be_gone(book):
    book.do(ledger.reap, lambda process: process == "there/2")
    assert ended(book) == [False, True]
    book.alter_run(book.stranger, ended=1)
    book.do(ledger.reap, lambda _: True)
    assert book.run_row(book.stranger).ended == 1  # who has ended is not ended again
    assert ended(book) == [True, True]


def look(book, key=None):
    return book.do(ledger.outlook, book.campaign.id, book.run, key)


def test_the_outlook_counts_what_is_left_and_what_others_hold(book):
    assert look(book) == Outlook(6, 0.0, 0)
    book.claimed(1)
    theirs = book.claimed(2, book.stranger)
    book.do(ledger.hand, book.stranger, [theirs[0].id])
    book.alter(4, state="sent", run=book.stranger)
    assert look(book) == Outlook(2, 0.0, 2)
    assert look(book, book.row(2).key) == Outlook(0, None, 1)
    assert look(book, book.row(6).key) == Outlook(1, 0.0, 0)


def test_the_outlook_tells_when_the_next_is_due(book):
    for number in range(1, 7):
        book.alter(number, due=book.now() + 60 * number)
    assert look(book).due_in == suggest_name(60)
    book.alter(6, due=book.now() + LONGEST_WAIT + 60)
    assert look(book).due_in == 0


def test_doubts_are_sent_again_in_their_campaign_and_for_whom_it_is_asked(book):
    for number in (1, 2, 7):
        book.alter(number, state="in_doubt", run=book.run, due=1)
    assert book.do(ledger.resend, book.campaign.id, book.row(2).key) == 1
    assert book.rows()[:2] == [(1, "in_doubt", book.run), (2, "pending", None)]
    assert book.row(2).due == suggest_name(book.now())
    assert book.do(ledger.resend, book.campaign.id, None) == 1
    assert book.states() == ["pending"] * 6 + ["in_doubt", "pending"]
