"""The ledger as a state machine against a model: two runs, one campaign, everything in any order."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from notifier.campaigns import freeze_campaign
from notifier.database import DeliveryState, open_database
from notifier.deliveries import (
    DeliveryResult,
    claim_deliveries,
    mark_sending,
    record_results,
    resend_doubtful,
)
from notifier.keys import LedgerKey
from notifier.letters import load_letter
from notifier.recipients import CsvSource
from notifier.runs import expire_dead_runs, start_run
from tests.notifier.factories import create_campaign

MEMBERS = 5
FINAL = (
    DeliveryState.SENT,
    DeliveryState.REFUSED,
    DeliveryState.GAVE_UP,
    DeliveryState.UNDELIVERABLE,
    DeliveryState.WITHDRAWN,
)


class Ledger(RuleBasedStateMachine):
    """What the model knows: state and owner of each row, which runs live, how often who was handed over."""

    @initialize()
    def freeze(self):
        self.folder = tempfile.TemporaryDirectory()
        campaign = create_campaign(Path(self.folder.name), MEMBERS)
        self.vault = open_database(campaign.ledger, create=True)
        letter = load_letter(campaign.letter)
        with self.vault.transaction() as connection:
            people = CsvSource(campaign.recipients).read_rows()
            self.campaign = freeze_campaign(connection, LedgerKey(b"k"), letter, people, lambda _: None)
            self.runs = [start_run(connection, f"run/{n}", 60) for n in range(2)]
        self.is_open = dict.fromkeys(self.runs, True)
        self.state = dict.fromkeys(range(1, MEMBERS + 1), (DeliveryState.PENDING, None))
        self.posts = {}
        self.handed = dict.fromkeys(self.state, 0)
        self.excused = dict.fromkeys(self.state, 0)

    def teardown(self):
        if hasattr(self, "vault"):
            self.vault.close()
            self.folder.cleanup()

    def of(self, run, *states):
        return [number for number, (state, owner) in self.state.items() if owner == run and state in states]

    @rule(which=st.integers(0, 1), count=st.integers(1, 3))
    def claim(self, which, count):
        run = self.runs[which]
        if not self.is_open[run]:
            return
        with self.vault.transaction() as connection:
            posts = claim_deliveries(connection, run, self.campaign.id, count, None)
        pending = [number for number, (state, _) in self.state.items() if state is DeliveryState.PENDING]
        assert len(posts) == min(count, len(pending))
        for post in posts:
            assert self.state[post.id][0] is DeliveryState.PENDING
            self.state[post.id] = (DeliveryState.CLAIMED, run)
            self.posts[post.id] = post

    @precondition(lambda self: self.posts)
    @rule(which=st.integers(0, 1), number=st.integers(1, MEMBERS))
    def hand(self, which, number):
        """Any run may try to hand anything over; only the holder of a claim is let."""
        run = self.runs[which]
        with self.vault.transaction() as connection:
            granted = mark_sending(connection, run, [number])
        assert (number in granted) == (self.state[number] == (DeliveryState.CLAIMED, run))
        if granted:
            self.state[number] = (DeliveryState.SENDING, run)
            self.handed[number] += 1

    @precondition(lambda self: self.posts)
    @rule(
        which=st.integers(0, 1),
        number=st.integers(1, MEMBERS),
        to=st.sampled_from(
            [DeliveryState.SENT, DeliveryState.PENDING, DeliveryState.REFUSED, DeliveryState.IN_DOUBT]
        ),
    )
    def settle(self, which, number, to):
        run = self.runs[which]
        if number not in self.posts:
            return
        with self.vault.transaction() as connection:
            record_results(connection, run, [DeliveryResult(self.posts[number], to)])
        if number in self.of(run, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.IN_DOUBT):
            self.state[number] = (to, None if to is DeliveryState.PENDING else run)
            if to is DeliveryState.PENDING:
                self.excused[number] = self.handed[number]

    @rule(which=st.integers(0, 1))
    def die(self, which):
        """A run is found dead, and another takes its place."""
        run = self.runs[which]
        with self.vault.transaction() as connection:
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
        with self.vault.transaction() as connection:
            resend_doubtful(connection, self.campaign.id, None)
        for number, (state, _) in self.state.items():
            if state is DeliveryState.IN_DOUBT:
                self.state[number] = (DeliveryState.PENDING, None)
                self.excused[number] = self.handed[number]

    @invariant()
    def ledger_and_model_agree(self):
        if not hasattr(self, "vault"):
            return
        with self.vault.transaction() as connection:
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
    def nobody_is_handed_over_twice_unless_known_untold_or_asked_for(self):
        if hasattr(self, "sending"):
            assert all(self.handed[number] - self.excused[number] <= 1 for number in self.handed)


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=40, stateful_step_count=30)
