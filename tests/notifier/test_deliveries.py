"""The steps of deliveries and runs in the ledger: what each changes, and what it leaves unchanged."""

import pytest

from notifier.deliveries import (
    LONGEST_DELAY,
    RESTORED,
    DeliveryResult,
    erase_refused_addresses,
    list_doubtful,
    mark_restored,
    mark_sending,
    record_results,
    requeue_doubtful,
    requeue_refused,
)
from notifier.due_deliveries import PendingSummary, claim_deliveries, summarize_pending
from notifier.keys import build_message_id
from notifier.ledger_tables import DeliveryState
from notifier.runs import end_run, expire_dead_runs, renew_lease, start_run

HOUR = 3600


def near(moment):
    return pytest.approx(moment, abs=5)


def test_a_run_starts_live_and_without_commits(ledger_db):
    row = ledger_db.run_row(ledger_db.do(start_run, "here/7", 45))
    assert (row.process, row.lease, row.commits, row.ended) == ("here/7", 45, 0, None)
    assert row.renewed == near(ledger_db.now())


def test_renewing_a_lease_counts_a_commit_of_this_run_only(ledger_db):
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


def test_a_claimed_delivery_has_all_that_its_message_needs(ledger_db):
    ledger_db.alter(1, changed=1, attempts=3)
    [one] = ledger_db.claim()
    row = ledger_db.row(1)
    assert (one.id, one.key, one.address, one.name) == (1, row.key, "member0@example.no", "N0")
    assert (one.language, one.attempts, one.dated_at) == ("nb", 3, row.dated)
    assert (row.state, row.run) == (DeliveryState.CLAIMED, ledger_db.run)
    assert row.changed == near(ledger_db.now())
    assert row.dated == near(ledger_db.now())
    assert isinstance(row.dated, int)


def test_a_message_keeps_the_date_of_its_first_attempt(ledger_db):
    ledger_db.alter(1, dated=77)
    assert ledger_db.claim()[0].dated_at == 77


def test_a_claim_is_limited_to_its_campaign_and_its_addressee(ledger_db):
    assert [one.id for one in ledger_db.do(claim_deliveries, ledger_db.run, ledger_db.other.id, 9, None)] == [
        7,
        8,
    ]
    key = ledger_db.row(3).key
    assert [
        one.id for one in ledger_db.do(claim_deliveries, ledger_db.run, ledger_db.campaign.id, 9, key)
    ] == [3]
    assert ledger_db.do(claim_deliveries, ledger_db.run, ledger_db.campaign.id, 9, key) == []


def test_only_due_deliveries_are_claimed_and_those_due_impossibly_late(ledger_db):
    ledger_db.alter(1, due=ledger_db.now() + 60)
    ledger_db.alter(2, due=ledger_db.now() + LONGEST_DELAY - 60)
    ledger_db.alter(3, due=ledger_db.now() + LONGEST_DELAY + 60)
    assert [one.id for one in ledger_db.claim(9)] == [3, 4, 5, 6]


def test_only_the_run_that_claimed_a_delivery_may_mark_it_and_only_once(ledger_db):
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
def test_a_final_result_is_recorded_and_the_address_blanked(ledger_db, state):
    [one] = ledger_db.mark_sending()
    ledger_db.alter(1, attempts=2, changed=1)
    ledger_db.do(record_results, ledger_db.run, [DeliveryResult(one, state, "DOT 250")])
    row = ledger_db.row(1)
    assert (row.state, row.answer, row.attempts, row.run) == (state, "DOT 250", 3, ledger_db.run)
    assert (row.address, row.name) == (None, None)
    assert row.changed == near(ledger_db.now())
    assert ledger_db.states()[1:] == ["pending"] * 7


def test_a_delivery_to_retry_waits_and_belongs_to_no_run(ledger_db):
    [one] = ledger_db.mark_sending()
    ledger_db.do(
        record_results, ledger_db.run, [DeliveryResult(one, DeliveryState.PENDING, "RCPT 450", delay=HOUR)]
    )
    row = ledger_db.row(1)
    assert (row.state, row.attempts, row.run) == (DeliveryState.PENDING, 1, None)
    assert (row.address, row.name) == ("member0@example.no", "N0")
    assert row.due == near(ledger_db.now() + HOUR)


def test_a_released_delivery_counts_no_attempt(ledger_db):
    [one] = ledger_db.claim()
    ledger_db.do(
        record_results, ledger_db.run, [DeliveryResult(one, DeliveryState.PENDING, counts_as_attempt=False)]
    )
    row = ledger_db.row(1)
    assert (row.attempts, row.answer, row.due) == (0, None, near(ledger_db.now()))


def test_a_delivery_in_doubt_keeps_its_address_and_the_time_of_its_dot(ledger_db):
    [one] = ledger_db.mark_sending()
    ledger_db.alter(1, changed=1)
    ledger_db.do(record_results, ledger_db.run, [DeliveryResult(one, DeliveryState.IN_DOUBT, "DOT -")])
    row = ledger_db.row(1)
    assert (row.address, row.name, row.changed, row.run) == ("member0@example.no", "N0", 1, ledger_db.run)


def test_a_refusal_that_may_be_retried_keeps_its_address(ledger_db):
    [one] = ledger_db.mark_sending()
    ledger_db.do(
        record_results, ledger_db.run, [DeliveryResult(one, DeliveryState.REFUSED, keep_address=True)]
    )
    assert (ledger_db.row(1).address, ledger_db.row(1).name) == ("member0@example.no", "N0")


def test_a_reply_is_recorded_while_the_run_holds_the_row(ledger_db):
    posts = ledger_db.claim(4)
    for one, state in zip(posts, ["claimed", "sending", "in_doubt", "refused"], strict=True):
        ledger_db.alter(one.id, state=state)
    ledger_db.do(record_results, ledger_db.run, [DeliveryResult(one, DeliveryState.SENT) for one in posts])
    assert ledger_db.states()[:4] == ["sent", "sent", "sent", "refused"]


def test_a_run_records_nothing_for_another_run(ledger_db):
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


def test_addresses_of_final_refusals_are_blanked(ledger_db):
    refused(ledger_db)
    ledger_db.do(erase_refused_addresses, ledger_db.stranger, [1, 2, 3])
    assert addresses(ledger_db) == [True, True, True]
    ledger_db.do(erase_refused_addresses, ledger_db.run, [1, 3])
    assert addresses(ledger_db) == [False, True, False]
    assert [ledger_db.row(number).name for number in (1, 2)] == [None, "N1"]
    ledger_db.do(erase_refused_addresses, ledger_db.run)
    assert addresses(ledger_db) == [False, False, False]


def test_only_addresses_of_refused_deliveries_are_blanked(ledger_db):
    ledger_db.claim(2)
    ledger_db.do(erase_refused_addresses, ledger_db.run, [1, 2])
    ledger_db.do(erase_refused_addresses, ledger_db.run)
    assert addresses(ledger_db) == [True, True, True]


def test_refused_deliveries_are_retried_by_their_own_run_only(ledger_db):
    refused(ledger_db)
    ledger_db.alter(3, state="sent")
    ledger_db.alter(1, due=1)
    ledger_db.do(requeue_refused, ledger_db.stranger, [1, 2])
    assert ledger_db.states()[:3] == ["refused", "refused", "sent"]
    ledger_db.do(requeue_refused, ledger_db.run, [1, 3])
    assert ledger_db.rows()[:3] == [
        (1, "pending", None),
        (2, "refused", ledger_db.run),
        (3, "sent", ledger_db.run),
    ]
    assert ledger_db.row(1).due == near(ledger_db.now())


def test_a_run_that_ends_releases_its_claims_and_doubts_what_it_was_sending(ledger_db):
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
def test_a_run_is_dead_when_its_lease_has_passed_also_after_the_clock_was_set_back(ledger_db, renewed, dead):
    ledger_db.claim()
    ledger_db.alter_run(ledger_db.run, renewed=ledger_db.now() + renewed)
    ledger_db.do(expire_dead_runs, lambda _: False)
    assert ended(ledger_db) == [dead, False]
    assert ledger_db.states()[0] == ("pending" if dead else "claimed")


def test_a_run_is_dead_when_its_process_is(ledger_db):
    ledger_db.alter_run(ledger_db.stranger, renewed=ledger_db.run_row(ledger_db.run).renewed)
    ledger_db.do(expire_dead_runs, lambda process: process == "there/2")
    assert ended(ledger_db) == [False, True]
    ledger_db.alter_run(ledger_db.stranger, ended=1)
    ledger_db.do(expire_dead_runs, lambda _: True)
    assert ledger_db.run_row(ledger_db.stranger).ended == 1  # an ended run is not ended again
    assert ended(ledger_db) == [True, True]


def test_deliveries_in_doubt_are_listed_for_one_campaign_in_their_order(ledger_db):
    for number in (1, 3, 7):
        ledger_db.alter(number, state="in_doubt", due=-number, changed=number)
    first, second = ledger_db.do(list_doubtful, ledger_db.campaign.id, "x.no")
    assert (first.delivery_id, first.address, first.sent_at) == (1, "member0@example.no", 1)
    assert first.message_id == build_message_id(ledger_db.row(1).key, "x.no")
    assert (second.delivery_id, second.address, second.sent_at) == (3, "member2@example.no", 3)


def test_the_dot_of_a_restored_delivery_may_have_been_sent_until_the_restore(ledger_db):
    ledger_db.alter(1, state="in_doubt", due=50, changed=10, answer=RESTORED)
    ledger_db.alter(2, state="in_doubt", due=50, changed=10, answer="DOT 451")
    ledger_db.alter(3, state="in_doubt", due=50, changed=90, answer=RESTORED)  # sent again since
    found = ledger_db.do(list_doubtful, ledger_db.campaign.id, "x.no")
    assert [(one.sent_at, one.latest_at) for one in found] == [(10, 50), (10, 10), (90, 90)]
    assert [one.is_restored for one in found] == [True, False, False]


def test_a_restore_puts_everything_in_doubt_that_is_not_final(ledger_db):
    states = ["pending", "claimed", "sending", "in_doubt", "sent", "returned"]
    for number, state in enumerate(states, start=1):
        ledger_db.alter(number, state=state, run=ledger_db.run, due=1, answer="before")
    ledger_db.do(mark_restored)
    assert ledger_db.states() == ["in_doubt"] * 4 + ["sent", "returned"] + ["in_doubt"] * 2
    for number in (1, 2, 3, 4, 7):
        row = ledger_db.row(number)
        assert (row.run, row.answer, row.due) == (None, RESTORED, near(ledger_db.now()))
    assert (ledger_db.row(5).run, ledger_db.row(5).answer) == (ledger_db.run, "before")


def look(ledger_db, key=None):
    return ledger_db.do(summarize_pending, ledger_db.campaign.id, ledger_db.run, key)


def test_the_pending_summary_counts_what_is_pending_and_what_others_hold(ledger_db):
    assert look(ledger_db) == PendingSummary(6, 0.0, 0)
    ledger_db.claim(1)
    theirs = ledger_db.claim(2, ledger_db.stranger)
    ledger_db.do(mark_sending, ledger_db.stranger, [theirs[0].id])
    ledger_db.alter(4, state="sent", run=ledger_db.stranger)
    assert look(ledger_db) == PendingSummary(2, 0.0, 2)
    assert look(ledger_db, ledger_db.row(2).key) == PendingSummary(0, None, 1)
    assert look(ledger_db, ledger_db.row(6).key) == PendingSummary(1, 0.0, 0)


def test_the_pending_summary_says_when_the_next_delivery_is_due(ledger_db):
    for number in range(1, 7):
        ledger_db.alter(number, due=ledger_db.now() + 60 * number)
    assert look(ledger_db).due_in == near(60)
    ledger_db.alter(6, due=ledger_db.now() + LONGEST_DELAY + 60)
    assert look(ledger_db).due_in == 0


def test_deliveries_in_doubt_are_resent_in_one_campaign_or_for_one_addressee(ledger_db):
    for number in (1, 2, 7):
        ledger_db.alter(number, state="in_doubt", run=ledger_db.run, due=1)
    assert ledger_db.do(requeue_doubtful, ledger_db.campaign.id, ledger_db.row(2).key) == 1
    assert ledger_db.rows()[:2] == [(1, "in_doubt", ledger_db.run), (2, "pending", None)]
    assert ledger_db.row(2).due == near(ledger_db.now())
    assert ledger_db.do(requeue_doubtful, ledger_db.campaign.id, None) == 1
    assert ledger_db.states() == ["pending"] * 6 + ["in_doubt", "pending"]
