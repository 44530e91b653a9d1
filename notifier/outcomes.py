"""Turn replies into delivery results; stop a run when failures in a row concern the letter or the relay."""

from __future__ import annotations

import threading

from common.errors import InputError, KlartekstError, TryLaterError
from notifier.deliveries import LONGEST_DELAY, Delivery, DeliveryResult
from notifier.ledger_session import LedgerSession
from notifier.ledger_tables import DeliveryState
from notifier.replies import Phase, Reply, Verdict

# Failures in a row after which the run stops.
_LETTER_REFUSALS = 20  # 5xx at DATA or the dot: a filter refuses the letter
_ADDRESSEE_REFUSALS = 100  # 5xx at RCPT: the relay does not relay for us
_TRANSIENT_FAILURES = 100  # 4xx or drops; not at RCPT: greylisting rejects everybody with 4xx at first
_MISSING_REPLIES = 50  # dots without a reply: each of them leaves a delivery in doubt


class CircuitBreaker:
    """Counts failures in a row over all connections of a run; one success resets the counts."""

    def __init__(self) -> None:
        self._letter_refusals: list[Delivery] = []  # at DATA or the dot, since the last success
        self._addressee_refusals: list[Delivery] = []  # at RCPT, since then
        self._transient_failures = self._missing_replies = 0
        self._is_open = False

    def on_success(self) -> list[Delivery]:
        """Reset the counts; return the refusals that are final now, since the relay accepts this letter."""
        self._transient_failures = self._missing_replies = 0
        if self._is_open:
            return []
        final = self._letter_refusals + self._addressee_refusals
        self._letter_refusals, self._addressee_refusals = [], []
        return final

    def on_refusal(self, delivery: Delivery, reply: Reply) -> KlartekstError | None:
        """Count a 5xx; return the error that stops the run once the limit is reached."""
        is_rcpt = reply.phase is Phase.RCPT
        refusals = self._addressee_refusals if is_rcpt else self._letter_refusals
        refusals.append(delivery)
        if not self.list_refusals_to_requeue():
            return None
        self._is_open = True
        refused = "does not relay for this sender" if is_rcpt else "does not accept this letter"
        return InputError(f"{len(refusals)} refusals in a row ({reply.summary}): the relay {refused}")

    def on_transient_failure(self, reply: Reply) -> KlartekstError | None:
        """Count a 4xx or a lost connection; return the error that stops the run once the limit is reached."""
        self._transient_failures += reply.phase is not Phase.RCPT
        if self._transient_failures < _TRANSIENT_FAILURES:
            return None
        return TryLaterError(
            f"{self._transient_failures} failures in a row ({reply.summary}); try again later"
        )

    def on_missing_reply(self) -> KlartekstError | None:
        """Count a dot without a reply; return the error that stops the run once the limit is reached."""
        self._missing_replies += 1
        if self._missing_replies < _MISSING_REPLIES:
            return None
        return TryLaterError(
            f"{self._missing_replies} messages in a row without a reply; check the relay before trying again"
        )

    def list_refusals_to_requeue(self) -> list[Delivery]:
        """Return the refusals that were caused by the letter or the sender, not by the addressee."""
        requeued: list[Delivery] = []
        if len(self._letter_refusals) >= _LETTER_REFUSALS:
            requeued += self._letter_refusals
        if len(self._addressee_refusals) >= _ADDRESSEE_REFUSALS:
            requeued += self._addressee_refusals
        return requeued


class OutcomeRecorder:
    """Records the outcome of each attempt in the ledger session, and stops the run on fatal errors.

    A transient failure is retried after `retry_after` seconds, doubled with each attempt, until
    `max_attempts`. `error` says why the run was stopped; `finished` counts deliveries no longer pending.
    """

    def __init__(
        self, session: LedgerSession, stop: threading.Event, *, retry_after: float, max_attempts: int
    ) -> None:
        self._session = session
        self._retry_after = retry_after
        self._max_attempts = max_attempts
        self._breaker = CircuitBreaker()
        self.stop = stop
        self.error: KlartekstError | None = None
        self.finished = 0

    def stop_run(self, error: KlartekstError) -> None:
        """Stop the run. Of several errors, one that the operator must fix wins over a temporary one."""
        if self.error is None or self.error.exit_code > error.exit_code:
            self.error = error
        self.stop.set()

    def record_reply(self, delivery: Delivery, reply: Reply) -> None:
        """Record the result that a reply means for a delivery."""
        match reply.verdict:
            case Verdict.SENT:
                self._record(DeliveryResult(delivery, DeliveryState.SENT, reply.summary))
                if final := self._breaker.on_success():
                    self._session.erase_refused_addresses(final)
            case Verdict.REFUSED:
                # The address stays until it is clear that the addressee was refused and not the letter.
                self._record(
                    DeliveryResult(delivery, DeliveryState.REFUSED, reply.summary, keep_address=True)
                )
                self._stop_if(self._breaker.on_refusal(delivery, reply))
            case Verdict.UNKNOWN:
                self._record(DeliveryResult(delivery, DeliveryState.IN_DOUBT, reply.summary))
                self._stop_if(self._breaker.on_missing_reply())
            case Verdict.ABORT:
                # The reply to MAIL is about the sender, whoever the addressee is.
                self.release(delivery)
                self.stop_run(
                    InputError(
                        f"the relay refused the sender ({reply.summary}); check mail.from and the login"
                    )
                )
            case _:
                self._record_transient_failure(delivery, reply)

    def record_lost_connection(self, delivery: Delivery) -> None:
        """Record that the connection broke before the final dot: the message was not sent."""
        self._record_transient_failure(delivery, Reply(Phase.BODY, 0))

    def release(self, delivery: Delivery) -> None:
        """Make a delivery pending again that was not attempted."""
        self._record(DeliveryResult(delivery, DeliveryState.PENDING, counts_as_attempt=False))

    def record_unsupported_address(self, delivery: Delivery) -> None:
        """Record that this relay cannot carry the address: it lacks SMTPUTF8 (RFC 6531)."""
        self._record(
            DeliveryResult(delivery, DeliveryState.UNDELIVERABLE, "SMTPUTF8 missing", counts_as_attempt=False)
        )

    def close(self) -> None:
        """Make refusals pending again if the letter or the sender was the reason."""
        if refused := self._breaker.list_refusals_to_requeue():
            self._session.requeue_refused(refused)

    def _record_transient_failure(self, delivery: Delivery, reply: Reply) -> None:
        attempts = delivery.attempts + 1
        if attempts >= self._max_attempts:
            self._record(DeliveryResult(delivery, DeliveryState.GAVE_UP, reply.summary))
        else:
            # The exponent is bounded so that the product stays a float.
            delay = min(self._retry_after * 2 ** min(delivery.attempts, 32), LONGEST_DELAY)
            self._record(DeliveryResult(delivery, DeliveryState.PENDING, reply.summary, delay=delay))
        self._stop_if(self._breaker.on_transient_failure(reply))

    def _record(self, result: DeliveryResult) -> None:
        self._session.record(result)
        self.finished += result.state is not DeliveryState.PENDING

    def _stop_if(self, error: KlartekstError | None) -> None:
        if error:
            self.stop_run(error)
