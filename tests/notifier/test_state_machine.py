"""The ledger compared with a model, as a state machine: two runs, one campaign, all steps in any order."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from notifier.bounces import record_bounces
from notifier.csv_source import CsvSource
from notifier.database import open_database
from notifier.deliveries import (
    DeliveryResult,
    mark_sending,
    record_results,
    requeue_doubtful,
)
from notifier.delivery_reports import FailureReport
from notifier.due_deliveries import claim_deliveries
from notifier.freezing import freeze_campaign
from notifier.keys import LedgerKey, build_message_id
from notifier.ledger_tables import DeliveryState
from notifier.letters import load_letter
from notifier.runs import expire_dead_runs, start_run
from tests.notifier.factories import create_campaign

MEMBERS = 5
FINAL = (
    DeliveryState.SENT,
    DeliveryState.REFUSED,
    DeliveryState.GAVE_UP,
    DeliveryState.UNDELIVERABLE,
    DeliveryState.WITHDRAWN,
    DeliveryState.RETURNED,
)


class Ledger(RuleBasedStateMachine):
    """The model: state and owner of each row, which runs are live, how often each row was marked."""

    @initialize()
    def freeze(self):
        self.folder = tempfile.TemporaryDirectory()
        campaign = create_campaign(Path(self.folder.name), MEMBERS)
        self.database = open_database(campaign.ledger, create=True)
        letter = load_letter(campaign.letter)
        with self.database.transaction() as connection:
            people = CsvSource(campaign.addressees).read_rows()
            self.campaign = freeze_campaign(connection, LedgerKey(b"k"), letter, people, lambda _: None)
            self.runs = [start_run(connection, f"run/{n}", 60) for n in range(2)]
        self.is_open = dict.fromkeys(self.runs, True)
        self.state = dict.fromkeys(range(1, MEMBERS + 1), (DeliveryState.PENDING, None))
        self.deliveries = {}
        self.marked = dict.fromkeys(self.state, 0)
        self.allowed = dict.fromkeys(self.state, 0)

    def teardown(self):
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    def of(self, run, *states):
        return [number for number, (state, owner) in self.state.items() if owner == run and state in states]

    @rule(which=st.integers(0, 1), count=st.integers(1, 3))
    def claim(self, which, count):
        run = self.runs[which]
        if not self.is_open[run]:
            return
        with self.database.transaction() as connection:
            deliveries = claim_deliveries(connection, run, self.campaign.id, count, None)
        pending = [number for number, (state, _) in self.state.items() if state is DeliveryState.PENDING]
        assert len(deliveries) == min(count, len(pending))
        for delivery in deliveries:
            assert self.state[delivery.id][0] is DeliveryState.PENDING
            self.state[delivery.id] = (DeliveryState.CLAIMED, run)
            self.deliveries[delivery.id] = delivery

    @precondition(lambda self: self.deliveries)
    @rule(which=st.integers(0, 1), number=st.integers(1, MEMBERS))
    def mark(self, which, number):
        """Any run may try to mark any row; only the run that claimed it succeeds."""
        run = self.runs[which]
        with self.database.transaction() as connection:
            granted = mark_sending(connection, run, [number])
        assert (number in granted) == (self.state[number] == (DeliveryState.CLAIMED, run))
        if granted:
            self.state[number] = (DeliveryState.SENDING, run)
            self.marked[number] += 1

    @precondition(lambda self: self.deliveries)
    @rule(
        which=st.integers(0, 1),
        number=st.integers(1, MEMBERS),
        to=st.sampled_from(
            [DeliveryState.SENT, DeliveryState.PENDING, DeliveryState.REFUSED, DeliveryState.IN_DOUBT]
        ),
    )
    def record(self, which, number, to):
        run = self.runs[which]
        if number not in self.deliveries:
            return
        with self.database.transaction() as connection:
            record_results(connection, run, [DeliveryResult(self.deliveries[number], to)])
        if number in self.of(run, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.IN_DOUBT):
            self.state[number] = (to, None if to is DeliveryState.PENDING else run)
            if to is DeliveryState.PENDING:
                self.allowed[number] = self.marked[number]

    @rule(which=st.integers(0, 1))
    def die(self, which):
        """A run is found dead, and another replaces it."""
        run = self.runs[which]
        with self.database.transaction() as connection:
            expire_dead_runs(connection, lambda process: process == f"run/{which}")
            self.runs[which] = start_run(connection, f"run/{which}", 60)
        self.is_open[run] = False
        self.is_open[self.runs[which]] = True
        for number in self.of(run, DeliveryState.CLAIMED):
            self.state[number] = (DeliveryState.PENDING, None)
        for number in self.of(run, DeliveryState.SENDING):
            self.state[number] = (DeliveryState.IN_DOUBT, run)

    @rule()
    def resend(self):
        with self.database.transaction() as connection:
            requeue_doubtful(connection, self.campaign.id, None)
        for number, (state, _) in self.state.items():
            if state is DeliveryState.IN_DOUBT:
                self.state[number] = (DeliveryState.PENDING, None)
                self.allowed[number] = self.marked[number]

    @precondition(lambda self: self.deliveries)
    @rule(numbers=st.sets(st.integers(1, MEMBERS)))
    def read_bounces(self, numbers):
        """Reports may come at any time, also about letters that were never sent."""
        reports = [
            FailureReport(build_message_id(delivery.key, "dinbedrift.example"), "5.1.1", ())
            for number, delivery in self.deliveries.items()
            if number in numbers
        ]
        result = record_bounces(self.database, LedgerKey(b"k"), reports)
        named = numbers & self.deliveries.keys()
        returnable = {
            number
            for number in named
            if self.state[number][0] in (DeliveryState.SENT, DeliveryState.IN_DOUBT)
        }
        known = {number for number in named if self.state[number][0] is DeliveryState.RETURNED}
        assert (result.returned, result.known) == (len(returnable), len(known))
        assert result.unfinished == len(named) - len(returnable) - len(known)
        for number in returnable:
            self.state[number] = (DeliveryState.RETURNED, self.state[number][1])

    @invariant()
    def ledger_and_model_agree(self):
        if not hasattr(self, "database"):
            return
        with self.database.transaction() as connection:
            rows = connection.exec_driver_sql(
                "SELECT id, state, run, address FROM klartekst_delivery"
            ).fetchall()
        assert {row[0]: row[1] for row in rows} == {
            number: state for number, (state, _) in self.state.items()
        }
        for number, state, run, address in rows:
            assert run == self.state[number][1]
            assert (address is None) == (state in FINAL)

    @invariant()
    def nobody_is_marked_twice_unless_not_sent_or_resent(self):
        if hasattr(self, "marked"):
            assert all(self.marked[number] - self.allowed[number] <= 1 for number in self.marked)


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=40, stateful_step_count=30)
