"""Which state a reply leads to, and which failures in a row stop the run."""

import threading

import pytest

from common.errors import ExitCode, InputError, TryLaterError
from notifier.deliveries import LONGEST_DELAY, Delivery, DeliveryResult
from notifier.ledger_tables import DeliveryState
from notifier.outcomes import CircuitBreaker, OutcomeRecorder
from notifier.replies import Envelope, Phase, Reply, Verdict


def build_delivery(number=1, attempts=0):
    return Delivery(number, "key", "a@x.no", None, "nb", attempts, 0)


class FakeSession:
    """A ledger session that only remembers its calls."""

    def __init__(self):
        self.results, self.forgotten, self.retried = [], [], []

    def record(self, result):
        self.results.append(result)

    def erase_refused_addresses(self, deliveries):
        self.forgotten.append([delivery.id for delivery in deliveries])

    def requeue_refused(self, deliveries):
        self.retried.append([delivery.id for delivery in deliveries])


def create_recorder(session, retry_after=300.0, max_attempts=12):
    return OutcomeRecorder(session, threading.Event(), retry_after=retry_after, max_attempts=max_attempts)


@pytest.fixture
def session():
    return FakeSession()


@pytest.fixture
def recorder(session):
    return create_recorder(session, retry_after=100, max_attempts=3)


@pytest.mark.parametrize(
    ("phase", "code", "verdict"),
    [
        (Phase.MAIL, 250, Verdict.CONTINUE),
        (Phase.RCPT, 251, Verdict.CONTINUE),
        (Phase.DATA, 354, Verdict.CONTINUE),
        (Phase.DOT, 250, Verdict.SENT),
        (Phase.DOT, 299, Verdict.SENT),
        (Phase.DOT, 0, Verdict.UNKNOWN),
        (Phase.BODY, 0, Verdict.RETRY),
        (Phase.DATA, 0, Verdict.RETRY),
        (Phase.DOT, 400, Verdict.RETRY),
        (Phase.MAIL, 499, Verdict.RETRY),
        (Phase.MAIL, 500, Verdict.ABORT),
        (Phase.RCPT, 500, Verdict.REFUSED),
        (Phase.DATA, 554, Verdict.REFUSED),
        (Phase.DOT, 599, Verdict.REFUSED),
    ],
)
def test_a_reply_means_what_its_first_digit_says_in_its_phase(phase, code, verdict):
    assert Reply.parse(phase, code, b"").verdict is verdict


@pytest.mark.parametrize(
    ("phase", "code"),
    [
        (Phase.DATA, 250),
        (Phase.DOT, 354),
        (Phase.MAIL, 354),
        (Phase.RCPT, 300),
        (Phase.DATA, 399),
        (Phase.DATA, 400),
    ],
)
def test_a_code_that_its_command_does_not_allow_counts_as_no_reply(phase, code):
    assert Reply.parse(phase, code, b"2.0.0 ok").code == (0 if code in (250, 354, 399) else code)
    assert Reply(phase, 0).summary == f"{phase.name} -"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (b"5.1.1 <a@x.no> unknown", "RCPT 550 5.1.1"),
        (b"5.1.1", "RCPT 550 5.1.1"),
        (b"5.1.1.1 no", "RCPT 550"),
        (b"a@x.no unknown", "RCPT 550"),
    ],
)
def test_the_summary_of_a_reply_has_its_codes_and_no_address(text, shown):
    assert Reply.parse(Phase.RCPT, 550, text).summary == shown


def test_a_reply_without_a_valid_code_keeps_no_enhanced_code():
    assert Reply.parse(Phase.DOT, 0, b"2.0.0 what") == Reply(Phase.DOT, 0, "")
    assert Reply.parse(Phase.DATA, 250, b"2.0.0 what") == Reply(Phase.DATA, 0, "")


def test_an_envelope_asks_for_smtputf8_only_where_needed():
    mail, rcpt, data = Envelope("f@x.no", "t@x.no").build_commands()
    assert mail == (Phase.MAIL, b"MAIL FROM:<f@x.no>\r\n")
    assert rcpt == (Phase.RCPT, b"RCPT TO:<t@x.no>\r\n")
    assert data == (Phase.DATA, b"DATA\r\n")
    mail, rcpt, _ = Envelope("f@x.no", "æ@x.no").build_commands()
    assert mail[1] == b"MAIL FROM:<f@x.no> BODY=8BITMIME SMTPUTF8\r\n"
    assert rcpt[1] == "RCPT TO:<æ@x.no>\r\n".encode()


def build_reply(phase, code):
    return Reply(phase, code, "1.2.3")


def test_every_verdict_becomes_a_state(recorder, session):
    one = build_delivery()
    for phase, code in [(Phase.DOT, 250), (Phase.RCPT, 550), (Phase.DOT, 0), (Phase.RCPT, 450)]:
        recorder.record_reply(one, build_reply(phase, code))
    assert session.results == [
        DeliveryResult(one, DeliveryState.SENT, "DOT 250 1.2.3"),
        DeliveryResult(one, DeliveryState.REFUSED, "RCPT 550 1.2.3", keep_address=True),
        DeliveryResult(one, DeliveryState.IN_DOUBT, "DOT -"),
        DeliveryResult(one, DeliveryState.PENDING, "RCPT 450 1.2.3", delay=100),
    ]
    assert recorder.finished == 3
    assert not recorder.stop.is_set()


def test_a_refused_sender_stops_and_costs_no_attempt(recorder, session):
    recorder.record_reply(build_delivery(), build_reply(Phase.MAIL, 550))
    assert session.results == [
        DeliveryResult(build_delivery(), DeliveryState.PENDING, counts_as_attempt=False)
    ]
    assert recorder.stop.is_set()
    assert recorder.error.exit_code == ExitCode.INVALID_INPUT
    assert "the sender (MAIL 550 1.2.3)" in str(recorder.error)


def test_outcomes_before_the_dot_are_recorded(recorder, session):
    recorder.record_lost_connection(build_delivery())
    recorder.release(build_delivery())
    recorder.record_unsupported_address(build_delivery())
    assert session.results == [
        DeliveryResult(build_delivery(), DeliveryState.PENDING, "BODY -", delay=100),
        DeliveryResult(build_delivery(), DeliveryState.PENDING, counts_as_attempt=False),
        DeliveryResult(
            build_delivery(), DeliveryState.UNDELIVERABLE, "SMTPUTF8 missing", counts_as_attempt=False
        ),
    ]


@pytest.mark.parametrize(
    ("attempts", "retry_after", "delay"),
    [(0, 100, 100), (1, 100, 200), (2, 100, 400), (9, 100, LONGEST_DELAY), (99, 1e-9, 2**32 * 1e-9)],
)
def test_retry_delays_double_up_to_the_longest(session, attempts, retry_after, delay):
    recorder = create_recorder(session, retry_after=retry_after, max_attempts=200)
    recorder.record_reply(build_delivery(attempts=attempts), build_reply(Phase.DOT, 450))
    assert session.results[0].delay == delay


@pytest.mark.parametrize(
    ("attempts", "state"),
    [(1, DeliveryState.PENDING), (2, DeliveryState.GAVE_UP), (3, DeliveryState.GAVE_UP)],
)
def test_the_last_attempt_is_the_last(recorder, session, attempts, state):
    recorder.record_reply(build_delivery(attempts=attempts), build_reply(Phase.DOT, 450))
    assert [(one.state, one.reply) for one in session.results] == [(state, "DOT 450 1.2.3")]
    assert recorder.finished == (state is DeliveryState.GAVE_UP)


def test_refusals_are_final_once_a_message_is_accepted(recorder, session):
    recorder.record_reply(build_delivery(1), build_reply(Phase.RCPT, 550))
    recorder.record_reply(build_delivery(2), build_reply(Phase.DOT, 554))
    recorder.record_reply(build_delivery(3), build_reply(Phase.DOT, 250))
    assert session.forgotten == [[2, 1]]
    recorder.record_reply(build_delivery(4), build_reply(Phase.DOT, 250))
    assert session.forgotten == [[2, 1]]
    recorder.close()
    assert session.retried == []


def until_it_stops(recorder, reply):
    for number in range(1, 1000):
        recorder.record_reply(build_delivery(number), reply)
        if recorder.stop.is_set():
            return number
    return None


@pytest.mark.parametrize(
    ("reply", "count", "code", "message"),
    [
        (
            build_reply(Phase.DATA, 554),
            20,
            ExitCode.INVALID_INPUT,
            "20 refusals in a row (DATA 554 1.2.3): the relay does not accept this letter",
        ),
        (build_reply(Phase.DOT, 554), 20, ExitCode.INVALID_INPUT, "does not accept this letter"),
        (
            build_reply(Phase.RCPT, 550),
            100,
            ExitCode.INVALID_INPUT,
            "100 refusals in a row (RCPT 550 1.2.3): the relay does not relay for this sender",
        ),
        (build_reply(Phase.DATA, 451), 100, ExitCode.TRY_LATER, "100 failures in a row (DATA 451 1.2.3)"),
        (Reply(Phase.DOT, 0), 50, ExitCode.TRY_LATER, "50 messages in a row without a reply"),
        (build_reply(Phase.RCPT, 450), None, None, ""),
    ],
)
def test_too_many_failures_in_a_row_stop_the_run(recorder, reply, count, code, message):
    assert until_it_stops(recorder, reply) == count
    assert message in str(recorder.error)
    assert (recorder.error and recorder.error.exit_code) == code


@pytest.mark.parametrize(("reply", "most"), [(build_reply(Phase.DATA, 451), 99), (Reply(Phase.DOT, 0), 49)])
def test_one_success_resets_the_counts(recorder, reply, most):
    for _ in range(2):
        for number in range(most):
            recorder.record_reply(build_delivery(number), reply)
        recorder.record_reply(build_delivery(0), build_reply(Phase.DOT, 250))
    assert not recorder.stop.is_set()


@pytest.mark.parametrize(("phase", "count"), [(Phase.DOT, 20), (Phase.RCPT, 100)])
def test_refusals_that_stopped_the_run_are_retried_even_if_a_message_is_accepted_later(
    recorder, session, phase, count
):
    other = Phase.RCPT if phase is Phase.DOT else Phase.DOT
    recorder.record_reply(build_delivery(999), build_reply(other, 550))
    until_it_stops(recorder, build_reply(phase, 550))
    recorder.record_reply(build_delivery(0), build_reply(Phase.DOT, 250))
    recorder.close()
    assert session.forgotten == []
    assert session.retried == [list(range(1, count + 1))]


def test_a_closed_circuit_breaker_has_no_refusals_to_retry():
    breaker = CircuitBreaker()
    assert breaker.on_refusal(build_delivery(), build_reply(Phase.DOT, 550)) is None
    assert breaker.list_refusals_to_requeue() == []


def test_the_first_error_of_a_kind_is_reported_and_one_to_fix_before_one_that_passes(recorder):
    for trouble in (
        TryLaterError("a"),
        TryLaterError("b"),
        InputError("c"),
        InputError("d"),
        TryLaterError("e"),
    ):
        recorder.stop_run(trouble)
        assert recorder.stop.is_set()
    assert str(recorder.error) == "c"
    fresh = create_recorder(FakeSession())
    fresh.stop_run(TryLaterError("a"))
    fresh.stop_run(TryLaterError("b"))
    assert str(fresh.error) == "a"
