"""What an answer becomes, and when answers in a row stop the run."""

import threading

import pytest

from notifier.answers import Answer, Envelope, Phase, Verdict
from notifier.breakers import Breakers
from notifier.errors import Exit, InputError, TryLaterError
from notifier.judge import Judge
from notifier.ledger import LONGEST_WAIT, Post, Settled
from notifier.order import Order
from notifier.tables import State


def post(number=1, attempts=0):
    return Post(number, "key", "a@x.no", None, "nb", attempts, 0)


class Paper:
    """A desk that only writes down what it is told."""

    def __init__(self):
        self.settled, self.forgotten, self.taken_back = [], [], []

    def settle(self, settled):
        self.settled.append(settled)

    def forget_refused(self, posts):
        self.forgotten.append([one.id for one in posts])

    def take_back_refused(self, posts):
        self.taken_back.append([one.id for one in posts])


@pytest.fixture
def paper():
    return Paper()


@pytest.fixture
def judge(paper):
    return Judge(paper, Order(retry_after=100, max_attempts=3), threading.Event())


@pytest.mark.parametrize(
    ("phase", "code", "verdict"),
    [
        (Phase.MAIL, 250, Verdict.GO_ON),
        (Phase.RCPT, 251, Verdict.GO_ON),
        (Phase.DATA, 354, Verdict.GO_ON),
        (Phase.DOT, 250, Verdict.SENT),
        (Phase.DOT, 299, Verdict.SENT),
        (Phase.DOT, 0, Verdict.DOUBT),
        (Phase.BODY, 0, Verdict.LATER),
        (Phase.DATA, 0, Verdict.LATER),
        (Phase.DOT, 400, Verdict.LATER),
        (Phase.MAIL, 499, Verdict.LATER),
        (Phase.MAIL, 500, Verdict.STOP),
        (Phase.RCPT, 500, Verdict.REFUSED),
        (Phase.DATA, 554, Verdict.REFUSED),
        (Phase.DOT, 599, Verdict.REFUSED),
    ],
)
def test_a_reply_means_what_its_first_digit_says_in_its_phase(phase, code, verdict):
    assert Answer.of(phase, code, b"").verdict is verdict


@pytest.mark.parametrize(
    ("phase", "code"),
    [(Phase.DATA, 250), (Phase.DOT, 354), (Phase.MAIL, 354), (Phase.RCPT, 300), (Phase.DATA, 399)],
)
def test_a_reply_that_is_no_answer_to_its_question_is_none(phase, code):
    assert Answer.of(phase, code, b"2.0.0 ok").code == (0 if code in (250, 354, 399) else code)
    assert Answer(phase, 0).shown == f"{phase.name} -"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (b"5.1.1 <a@x.no> unknown", "RCPT 550 5.1.1"),
        (b"5.1.1", "RCPT 550 5.1.1"),
        (b"5.1.1.1 no", "RCPT 550"),
        (b"a@x.no unknown", "RCPT 550"),
    ],
)
def test_of_a_reply_the_codes_are_shown_and_no_address(text, shown):
    assert Answer.of(Phase.RCPT, 550, text).shown == shown


def test_what_is_no_answer_keeps_no_code_of_it():
    assert Answer.of(Phase.DOT, 0, b"2.0.0 what") == Answer(Phase.DOT, 0, "")
    assert Answer.of(Phase.DATA, 250, b"2.0.0 what") == Answer(Phase.DATA, 0, "")


def test_an_envelope_asks_for_smtputf8_only_where_it_must():
    mail, rcpt, data = Envelope("f@x.no", "t@x.no").commands()
    assert mail == (Phase.MAIL, b"MAIL FROM:<f@x.no>\r\n")
    assert rcpt == (Phase.RCPT, b"RCPT TO:<t@x.no>\r\n")
    assert data == (Phase.DATA, b"DATA\r\n")
    mail, rcpt, _ = Envelope("f@x.no", "æ@x.no").commands()
    assert mail[1] == b"MAIL FROM:<f@x.no> BODY=8BITMIME SMTPUTF8\r\n"
    assert rcpt[1] == "RCPT TO:<æ@x.no>\r\n".encode()


def said(phase, code):
    return Answer(phase, code, "1.2.3")


def test_every_verdict_becomes_a_state(judge, paper):
    one = post()
    for phase, code in [(Phase.DOT, 250), (Phase.RCPT, 550), (Phase.DOT, 0), (Phase.RCPT, 450)]:
        judge.answered(one, said(phase, code))
    assert paper.settled == [
        Settled(one, State.SENT, "DOT 250 1.2.3"),
        Settled(one, State.REFUSED, "RCPT 550 1.2.3", keep_address=True),
        Settled(one, State.IN_DOUBT, "DOT -"),
        Settled(one, State.PENDING, "RCPT 450 1.2.3", delay=100),
    ]
    assert judge.settled == 3
    assert not judge.stop.is_set()


def test_a_refused_sender_stops_and_costs_no_attempt(judge, paper):
    judge.answered(post(), said(Phase.MAIL, 550))
    assert paper.settled == [Settled(post(), State.PENDING, tried=False)]
    assert judge.stop.is_set()
    assert judge.trouble.code == Exit.WRONG
    assert "the sender (MAIL 550 1.2.3)" in str(judge.trouble)


def test_what_happened_before_the_dot_is_settled_as_such(judge, paper):
    judge.dropped(post())
    judge.untouched(post())
    judge.undeliverable(post())
    assert paper.settled == [
        Settled(post(), State.PENDING, "BODY -", delay=100),
        Settled(post(), State.PENDING, tried=False),
        Settled(post(), State.UNDELIVERABLE, "SMTPUTF8 missing", tried=False),
    ]


@pytest.mark.parametrize(
    ("attempts", "retry_after", "delay"),
    [(0, 100, 100), (1, 100, 200), (2, 100, 400), (9, 100, LONGEST_WAIT), (99, 1e-9, 2**32 * 1e-9)],
)
def test_waits_double_up_to_the_longest(paper, attempts, retry_after, delay):
    judge = Judge(paper, Order(retry_after=retry_after, max_attempts=200), threading.Event())
    judge.answered(post(attempts=attempts), said(Phase.DOT, 450))
    assert paper.settled[0].delay == delay


@pytest.mark.parametrize(("attempts", "state"), [(1, State.PENDING), (2, State.GAVE_UP), (3, State.GAVE_UP)])
def test_the_last_attempt_is_the_last(judge, paper, attempts, state):
    judge.answered(post(attempts=attempts), said(Phase.DOT, 450))
    assert [(one.state, one.answer) for one in paper.settled] == [(state, "DOT 450 1.2.3")]
    assert judge.settled == (state is State.GAVE_UP)


def test_refusals_stand_when_a_letter_is_taken(judge, paper):
    judge.answered(post(1), said(Phase.RCPT, 550))
    judge.answered(post(2), said(Phase.DOT, 554))
    judge.answered(post(3), said(Phase.DOT, 250))
    assert paper.forgotten == [[2, 1]]
    judge.answered(post(4), said(Phase.DOT, 250))
    assert paper.forgotten == [[2, 1]]
    judge.close()
    assert paper.taken_back == []


def until_it_stops(judge, answer):
    for number in range(1, 1000):
        judge.answered(post(number), answer)
        if judge.stop.is_set():
            return number
    return None


@pytest.mark.parametrize(
    ("answer", "count", "code", "told"),
    [
        (
            said(Phase.DATA, 554),
            20,
            Exit.WRONG,
            "20 refusals in a row (DATA 554 1.2.3): the relay takes not this letter",
        ),
        (said(Phase.DOT, 554), 20, Exit.WRONG, "not this letter"),
        (
            said(Phase.RCPT, 550),
            100,
            Exit.WRONG,
            "100 refusals in a row (RCPT 550 1.2.3): the relay takes no mail from here",
        ),
        (said(Phase.DATA, 451), 100, Exit.LATER, "100 failures in a row (DATA 451 1.2.3)"),
        (Answer(Phase.DOT, 0), 50, Exit.LATER, "50 letters in a row"),
        (said(Phase.RCPT, 450), None, None, ""),
    ],
)
def test_so_many_in_a_row_stop_the_run(judge, answer, count, code, told):
    assert until_it_stops(judge, answer) == count
    assert told in str(judge.trouble)
    assert (judge.trouble and judge.trouble.code) == code


@pytest.mark.parametrize(("answer", "most"), [(said(Phase.DATA, 451), 99), (Answer(Phase.DOT, 0), 49)])
def test_one_success_clears_the_count(judge, answer, most):
    for _ in range(2):
        for number in range(most):
            judge.answered(post(number), answer)
        judge.answered(post(0), said(Phase.DOT, 250))
    assert not judge.stop.is_set()


@pytest.mark.parametrize(("phase", "count"), [(Phase.DOT, 20), (Phase.RCPT, 100)])
def test_refusals_that_stopped_the_run_are_won_even_if_a_letter_is_taken_after(judge, paper, phase, count):
    other = Phase.RCPT if phase is Phase.DOT else Phase.DOT
    judge.answered(post(999), said(other, 550))
    until_it_stops(judge, said(phase, 550))
    judge.answered(post(0), said(Phase.DOT, 250))
    judge.close()
    assert paper.forgotten == []
    assert paper.taken_back == [list(range(1, count + 1))]


def test_breakers_that_did_not_break_win_no_appeal():
    breakers = Breakers()
    assert breakers.refused(post(), said(Phase.DOT, 550)) is None
    assert breakers.won_appeals() == []


def test_the_first_trouble_of_a_kind_is_told_and_one_to_mend_before_one_that_passes(judge):
    for trouble in (
        TryLaterError("a"),
        TryLaterError("b"),
        InputError("c"),
        InputError("d"),
        TryLaterError("e"),
    ):
        judge.halt(trouble)
        assert judge.stop.is_set()
    assert str(judge.trouble) == "c"
    fresh = Judge(Paper(), Order(), threading.Event())
    fresh.halt(TryLaterError("a"))
    fresh.halt(TryLaterError("b"))
    assert str(fresh.trouble) == "a"
