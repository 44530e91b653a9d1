"""The ledger as a state machine against a model: two runs, one campaign, everything in any order."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from notifier import ledger, letterbox, register
from notifier.addressees import CsvFile
from notifier.keys import Key
from notifier.ledger import Settled
from notifier.tables import State
from notifier.vault import open_vault
from tests.notifier import front_door

MEMBERS = 5
FINAL = (State.SENT, State.REFUSED, State.GAVE_UP, State.UNDELIVERABLE, State.WITHDRAWN)


class Ledger(RuleBasedStateMachine):
    """What the model knows: state and owner of each row, which runs live, how often who was handed over."""

    @initialize()
    def freeze(self):
        self.folder = tempfile.TemporaryDirectory()
        campaign = front_door.campaign(Path(self.folder.name), MEMBERS)
        self.vault = open_vault(campaign.ledger, create=True)
        letter = letterbox.read(campaign.letter)
        with self.vault.transaction() as connection:
            people = CsvFile(campaign.people).people()
            self.campaign = register.freeze(connection, Key(b"k"), letter, people, lambda _: None)
            self.runs = [ledger.begin(connection, f"run/{n}", 60) for n in range(2)]
        self.alive = dict.fromkeys(self.runs, True)
        self.state = dict.fromkeys(range(1, MEMBERS + 1), (State.PENDING, None))
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
        if not self.alive[run]:
            return
        with self.vault.transaction() as connection:
            posts = ledger.claim(connection, run, self.campaign.id, count, None)
        pending = [number for number, (state, _) in self.state.items() if state is State.PENDING]
        assert len(posts) == min(count, len(pending))
        for post in posts:
            assert self.state[post.id][0] is State.PENDING
            self.state[post.id] = (State.CLAIMED, run)
            self.posts[post.id] = post

    @precondition(lambda self: self.posts)
    @rule(which=st.integers(0, 1), number=st.integers(1, MEMBERS))
    def hand(self, which, number):
        """Any run may try to hand anything over; only the holder of a claim is let."""
        run = self.runs[which]
        with self.vault.transaction() as connection:
            granted = ledger.hand(connection, run, [number])
        assert (number in granted) == (self.state[number] == (State.CLAIMED, run))
        if granted:
            self.state[number] = (State.HANDED, run)
            self.handed[number] += 1

    @precondition(lambda self: self.posts)
    @rule(
        which=st.integers(0, 1),
        number=st.integers(1, MEMBERS),
        to=st.sampled_from([State.SENT, State.PENDING, State.REFUSED, State.IN_DOUBT]),
    )
    def settle(self, which, number, to):
        run = self.runs[which]
        if number not in self.posts:
            return
        with self.vault.transaction() as connection:
            ledger.settle(connection, run, [Settled(self.posts[number], to)])
        if number in self.of(run, State.CLAIMED, State.HANDED, State.IN_DOUBT):
            self.state[number] = (to, None if to is State.PENDING else run)
            if to is State.PENDING:
                self.excused[number] = self.handed[number]

    @rule(which=st.integers(0, 1))
    def die(self, which):
        """A run is found dead, and another takes its place."""
        run = self.runs[which]
        with self.vault.transaction() as connection:
            ledger.reap(connection, lambda process: process == f"run/{which}")
            self.runs[which] = ledger.begin(connection, f"run/{which}", 60)
        self.alive[run] = False
        self.alive[self.runs[which]] = True
        for number in self.of(run, State.CLAIMED):
            self.state[number] = (State.PENDING, None)
        for number in self.of(run, State.HANDED):
            self.state[number] = (State.IN_DOUBT, run)

    @rule()
    def resend(self):
        with self.vault.transaction() as connection:
            ledger.resend(connection, self.campaign.id, None)
        for number, (state, _) in self.state.items():
            if state is State.IN_DOUBT:
                self.state[number] = (State.PENDING, None)
                self.excused[number] = self.handed[number]

    @invariant()
    def ledger_and_model_agree(self):
        if not hasattr(self, "vault"):
            return
        with self.vault.transaction() as connection:
            rows = connection.exec_driver_sql("SELECT id, state, run, address FROM klartekst_post").fetchall()
        assert {row[0]: row[1] for row in rows} == {
            number: state for number, (state, _) in self.state.items()
        }
        for number, state, run, address in rows:
            assert run == self.state[number][1]
            assert (address is None) == (state in FINAL)

    @invariant()
    def nobody_is_handed_over_twice_unless_known_untold_or_asked_for(self):
        if hasattr(self, "handed"):
            assert all(self.handed[number] - self.excused[number] <= 1 for number in self.handed)


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=40, stateful_step_count=30)
