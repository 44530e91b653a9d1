"""The ledger's steps one by one: what each changes, and what it leaves alone."""

import pytest

from notifier.database import DeliveryState
from notifier.deliveries import (
    LONGEST_DELAY,
    DeliveryResult,
    PendingSummary,
    claim_deliveries,
    forget_refused,
    mark_sending,
    record_results,
    resend_doubtful,
    retry_refused,
    summarize_pending,
)
from notifier.runs import end_run, expire_dead_runs, renew_lease, start_run

HOUR = 3600


def near(moment):
    return pytest.approx(moment, abs=5)


def test_a_run_begins_alive_and_with_no_turn(ledger_db):
    row = ledger_db.run_row(ledger_db.do(start_run, "here/7", 45))
    assert (row.process, row.lease, row.commits, row.ended) == ("here/7", 45, 0, None)
    assert row.renewed == near(ledger_db.now())


def test_renewing_counts_a_turn_of_this_run_alone(ledger_db):
    ledger_db.alter_run(ledger_db.run, renewed=1)
    ledger_db.alter_run(ledger_db.stranger, renewed=1)
    assert ledger_db.do(renew_lease, ledger_db.run)
    assert ledger_db.do(renew_lease, ledger_db.run)
    assert (ledger_db.run_row(ledger_db.run).commits, ledger_db.run_row(ledger_db.stranger).commits) == (2, 0)
    assert ledger_db.run_row(ledger_db.run).renewed == near(ledger_db.now())
    assert ledger_db.run_row(ledger_db.stranger).renewed == 1


def test_an_ended_run_cannot_be_renewed(ledger_db):
    ledger_db.alter_run(ledger_db.run, ended=1, renewed=1)
    assert not ledger_db.do(renew_lease, ledger_db.run)
    assert (ledger_db.run_row(ledger_db.run).commits, ledger_db.run_row(ledger_db.run).renewed) == (0, 1)


def test_a_claim_takes_what_has_been_due_longest(ledger_db):
    ledger_db.alter(1, due=ledger_db.now() - 1)
    ledger_db.alter(2, due=ledger_db.now() - 3)
    ledger_db.alter(3, due=ledger_db.now() - 2)
    for number in (4, 5, 6):
        ledger_db.alter(number, due=ledger_db.now() - 1.5)
    assert sorted(one.id for one in ledger_db.claim(2)) == [2, 3]
    assert sorted(one.id for one in ledger_db.claim(2, ledger_db.stranger)) == [4, 5]
    assert sorted(one.id for one in ledger_db.claim(9)) == [1, 6]
    assert ledger_db.claim(9) == []


def test_a_claimed_post_tells_all_that_its_letter_needs(ledger_db):
    ledger_db.alter(1, changed=1, attempts=3)
    [one] = ledger_db.claim()
    row = ledger_db.row(1)
    assert (one.id, one.key, one.address, one.name) == (1, row.key, "member0@example.no", "N0")
    assert (one.language, one.attempts, one.dated) == ("nb", 3, row.dated)
    assert (row.state, row.run) == (DeliveryState.CLAIMED, ledger_db.run)
    assert row.changed == near(ledger_db.now())
    assert row.dated == near(ledger_db.now())
    assert isinstance(row.dated, int)


def test_a_letter_keeps_the_date_of_its_first_try(ledger_db):
    ledger_db.alter(1, dated=77)
    assert ledger_db.claim()[0].dated == 77


def test_a_claim_keeps_to_its_campaign_and_its_addressee(ledger_db):
    assert [one.id for one in ledger_db.do(claim_deliveries, ledger_db.run, ledger_db.other.id, 9, None)] == [
        7,
        8,
    ]
    key = ledger_db.row(3).key
    assert [
        one.id for one in ledger_db.do(claim_deliveries, ledger_db.run, ledger_db.campaign.id, 9, key)
    ] == [3]
    assert ledger_db.do(claim_deliveries, ledger_db.run, ledger_db.campaign.id, 9, key) == []


def test_what_is_not_due_is_not_claimed_unless_no_wait_is_so_long(ledger_db):
    ledger_db.alter(1, due=ledger_db.now() + 60)
    ledger_db.alter(2, due=ledger_db.now() + LONGEST_DELAY - 60)
    ledger_db.alter(3, due=ledger_db.now() + LONGEST_DELAY + 60)
    assert [one.id for one in ledger_db.claim(9)] == [3, 4, 5, 6]


def test_only_the_holder_of_a_claim_may_hand_over_and_only_once(ledger_db):
    first, second = ledger_db.claim(2)
    ledger_db.claim(1, ledger_db.stranger)
    ledger_db.alter(first.id, changed=1)
    assert ledger_db.do(mark_sending, ledger_db.stranger, [first.id, second.id]) == set()
    assert ledger_db.do(mark_sending, ledger_db.run, [first.id, 3, 4]) == {first.id}
    assert ledger_db.do(mark_sending, ledger_db.run, [first.id]) == set()
    assert ledger_db.states()[:4] == ["sending", "claimed", "claimed", "pending"]
    assert ledger_db.row(first.id).changed == near(ledger_db.now())


FINAL = [
    DeliveryState.SENT,
    DeliveryState.REFUSED,
    DeliveryState.GAVE_UP,
    DeliveryState.UNDELIVERABLE,
    DeliveryState.WITHDRAWN,
]


@pytest.mark.parametrize("state", FINAL)
def test_what_is_final_is_written_down_and_its_addressee_forgotten(ledger_db, state):
    [one] = ledger_db.mark_sending()
    ledger_db.alter(1, attempts=2, changed=1)
    ledger_db.do(record_results, ledger_db.run, [DeliveryResult(one, state, "DOT 250")])
    row = ledger_db.row(1)
    assert (row.state, row.answer, row.attempts, row.run) == (state, "DOT 250", 3, ledger_db.run)
    assert (row.address, row.name) == (None, None)
    assert row.changed == near(ledger_db.now())
    assert ledger_db.states()[1:] == ["pending"] * 7


def test_what_is_pending_again_waits_and_belongs_to_nobody(ledger_db):
    [one] = ledger_db.mark_sending()
    ledger_db.do(
        record_results, ledger_db.run, [DeliveryResult(one, DeliveryState.PENDING, "RCPT 450", delay=HOUR)]
    )
    row = ledger_db.row(1)
    assert (row.state, row.attempts, row.run) == (DeliveryState.PENDING, 1, None)
    assert (row.address, row.name) == ("member0@example.no", "N0")
    assert row.due == near(ledger_db.now() + HOUR)


def test_an_untried_post_costs_no_attempt(ledger_db):
    [one] = ledger_db.claim()
    ledger_db.do(
        record_results, ledger_db.run, [DeliveryResult(one, DeliveryState.PENDING, counts_as_attempt=False)]
    )
    row = ledger_db.row(1)
    assert (row.attempts, row.answer, row.due) == (0, None, near(ledger_db.now()))


def test_a_doubt_keeps_its_addressee_and_the_moment_it_was_handed_over(ledger_db):
    [one] = ledger_db.mark_sending()
    ledger_db.alter(1, changed=1)
    ledger_db.do(record_results, ledger_db.run, [DeliveryResult(one, DeliveryState.IN_DOUBT, "DOT -")])
    row = ledger_db.row(1)
    assert (row.address, row.name, row.changed, row.run) == ("member0@example.no", "N0", 1, ledger_db.run)


def test_a_refusal_open_to_appeal_keeps_its_address(ledger_db):
    [one] = ledger_db.mark_sending()
    ledger_db.do(
        record_results, ledger_db.run, [DeliveryResult(one, DeliveryState.REFUSED, keep_address=True)]
    )
    assert (ledger_db.row(1).address, ledger_db.row(1).name) == ("member0@example.no", "N0")


def test_an_answer_counts_as_long_as_the_row_is_held(ledger_db):
    posts = ledger_db.claim(4)
    for one, state in zip(posts, ["claimed", "sending", "in_doubt", "refused"], strict=True):
        ledger_db.alter(one.id, state=state)
    ledger_db.do(record_results, ledger_db.run, [DeliveryResult(one, DeliveryState.SENT) for one in posts])
    assert ledger_db.states()[:4] == ["sent", "sent", "sent", "refused"]


def test_nobody_settles_for_another_run(ledger_db):
    [one] = ledger_db.claim()
    ledger_db.do(record_results, ledger_db.stranger, [DeliveryResult(one, DeliveryState.SENT)])
    assert ledger_db.rows()[0] == (1, "claimed", ledger_db.run)


def refused(ledger_db, count=3):
    posts = ledger_db.mark_sending(count)
    ledger_db.do(
        record_results,
        ledger_db.run,
        [DeliveryResult(one, DeliveryState.REFUSED, keep_address=True) for one in posts],
    )
    return posts


def addresses(ledger_db):
    return [ledger_db.row(number).address is not None for number in (1, 2, 3)]


def test_refusals_that_stand_are_forgotten_by_name(ledger_db):
    refused(ledger_db)
    ledger_db.do(forget_refused, ledger_db.stranger, [1, 2, 3])
    assert addresses(ledger_db) == [True, True, True]
    ledger_db.do(forget_refused, ledger_db.run, [1, 3])
    assert addresses(ledger_db) == [False, True, False]
    assert [ledger_db.row(number).name for number in (1, 2)] == [None, "N1"]
    ledger_db.do(forget_refused, ledger_db.run)
    assert addresses(ledger_db) == [False, False, False]


def test_only_refusals_are_forgotten(ledger_db):
    ledger_db.claim(2)
    ledger_db.do(forget_refused, ledger_db.run, [1, 2])
    ledger_db.do(forget_refused, ledger_db.run)
    assert addresses(ledger_db) == [True, True, True]


def test_refusals_are_taken_back_by_their_run_alone(ledger_db):
    refused(ledger_db)
    ledger_db.alter(3, state="sent")
    ledger_db.alter(1, due=1)
    ledger_db.do(retry_refused, ledger_db.stranger, [1, 2])
    assert ledger_db.states()[:3] == ["refused", "refused", "sent"]
    ledger_db.do(retry_refused, ledger_db.run, [1, 3])
    assert ledger_db.rows()[:3] == [
        (1, "pending", None),
        (2, "refused", ledger_db.run),
        (3, "sent", ledger_db.run),
    ]
    assert ledger_db.row(1).due == near(ledger_db.now())


def test_a_run_that_ends_gives_back_what_it_claimed_and_doubts_what_it_handed(ledger_db):
    posts = ledger_db.claim(4)
    ledger_db.do(mark_sending, ledger_db.run, [posts[1].id])
    ledger_db.alter(3, state="refused")
    ledger_db.alter(4, state="sent")
    theirs = ledger_db.claim(2, ledger_db.stranger)
    ledger_db.do(mark_sending, ledger_db.stranger, [theirs[1].id])
    ledger_db.do(end_run, ledger_db.run)
    assert ledger_db.rows()[:6] == [
        (1, "pending", None),
        (2, "in_doubt", ledger_db.run),
        (3, "refused", ledger_db.run),
        (4, "sent", ledger_db.run),
        (5, "claimed", ledger_db.stranger),
        (6, "sending", ledger_db.stranger),
    ]
    assert (ledger_db.row(3).address, ledger_db.row(3).name) == (None, None)
    assert ledger_db.run_row(ledger_db.run).ended == near(ledger_db.now())
    assert ledger_db.run_row(ledger_db.stranger).ended is None


def ended(ledger_db):
    return [ledger_db.run_row(number).ended is not None for number in (ledger_db.run, ledger_db.stranger)]


@pytest.mark.parametrize(
    ("renewed", "dead"), [(0, False), (-50, False), (-70, True), (50, False), (70, True)]
)
def test_a_run_is_dead_when_its_lease_has_passed_on_either_side_of_the_clock(ledger_db, renewed, dead):
    ledger_db.claim()
    ledger_db.alter_run(ledger_db.run, renewed=ledger_db.now() + renewed)
    ledger_db.do(expire_dead_runs, lambda _: False)
    assert ended(ledger_db) == [dead, False]
    assert ledger_db.states()[0] == ("pending" if dead else "claimed")


def test_a_run_is_dead_when_its_process_is_seen_to_be_gone(ledger_db):
    ledger_db.do(expire_dead_runs, lambda process: process == "there/2")
    assert ended(ledger_db) == [False, True]
    ledger_db.alter_run(ledger_db.stranger, ended=1)
    ledger_db.do(expire_dead_runs, lambda _: True)
    assert ledger_db.run_row(ledger_db.stranger).ended == 1  # who has ended is not ended again
    assert ended(ledger_db) == [True, True]


def look(ledger_db, key=None):
    return ledger_db.do(summarize_pending, ledger_db.campaign.id, ledger_db.run, key)


def test_the_outlook_counts_what_is_left_and_what_others_hold(ledger_db):
    assert look(ledger_db) == PendingSummary(6, 0.0, 0)
    ledger_db.claim(1)
    theirs = ledger_db.claim(2, ledger_db.stranger)
    ledger_db.do(mark_sending, ledger_db.stranger, [theirs[0].id])
    ledger_db.alter(4, state="sent", run=ledger_db.stranger)
    assert look(ledger_db) == PendingSummary(2, 0.0, 2)
    assert look(ledger_db, ledger_db.row(2).key) == PendingSummary(0, None, 1)
    assert look(ledger_db, ledger_db.row(6).key) == PendingSummary(1, 0.0, 0)


def test_the_outlook_tells_when_the_next_is_due(ledger_db):
    for number in range(1, 7):
        ledger_db.alter(number, due=ledger_db.now() + 60 * number)
    assert look(ledger_db).due_in == near(60)
    ledger_db.alter(6, due=ledger_db.now() + LONGEST_DELAY + 60)
    assert look(ledger_db).due_in == 0


def test_doubts_are_sent_again_in_their_campaign_and_for_whom_it_is_asked(ledger_db):
    for number in (1, 2, 7):
        ledger_db.alter(number, state="in_doubt", run=ledger_db.run, due=1)
    assert ledger_db.do(resend_doubtful, ledger_db.campaign.id, ledger_db.row(2).key) == 1
    assert ledger_db.rows()[:2] == [(1, "in_doubt", ledger_db.run), (2, "pending", None)]
    assert ledger_db.row(2).due == near(ledger_db.now())
    assert ledger_db.do(resend_doubtful, ledger_db.campaign.id, None) == 1
    assert ledger_db.states() == ["pending"] * 6 + ["in_doubt", "pending"]
