"""What an answer means for the row: the one place where replies become states (contract §7)."""

import threading

from notifier.answers import Answer, Phase, Verdict
from notifier.breakers import Breakers
from notifier.desk import Desk
from notifier.errors import InputError, NotifyError
from notifier.ledger import LONGEST_WAIT, Post, Settled
from notifier.order import Order
from notifier.tables import State


class Judge:
    """Settles posts by their answers, and stops the run when the answers say so."""

    def __init__(self, desk: Desk, order: Order, stop: threading.Event) -> None:
        self._desk = desk
        self._order = order
        self.stop = stop
        self._breakers = Breakers()
        self.trouble: NotifyError | None = None
        self.settled = 0

    def halt(self, trouble: NotifyError) -> None:
        """Stop the run; of several troubles one that the operator must mend goes before one that passes."""
        if self.trouble is None or self.trouble.code > trouble.code:
            self.trouble = trouble
        self.stop.set()

    def answered(self, post: Post, answer: Answer) -> None:
        """Settle a post by what was said to it."""
        match answer.verdict:
            case Verdict.SENT:
                self._settle(Settled(post, State.SENT, answer.shown))
                if standing := self._breakers.accepted():
                    self._desk.forget_refused(standing)
            case Verdict.REFUSED:
                # The address stays until it is clear that the addressee was refused and not the letter.
                self._settle(Settled(post, State.REFUSED, answer.shown, keep_address=True))
                self._halt_if(self._breakers.refused(post, answer))
            case Verdict.DOUBT:
                self._settle(Settled(post, State.IN_DOUBT, answer.shown))
                self._halt_if(self._breakers.unanswered())
            case Verdict.STOP:
                self.untouched(post)
                self.halt(
                    InputError(f"the relay refused the sender ({answer.shown}); mend mail.from or the login")
                )
            case _:
                self._later(post, answer)

    def dropped(self, post: Post) -> None:
        """Settle a post whose connection broke before its dot."""
        self._later(post, Answer(Phase.BODY, 0))

    def untouched(self, post: Post) -> None:
        """Release a post that nothing was tried for."""
        self._settle(Settled(post, State.PENDING, tried=False))

    def undeliverable(self, post: Post) -> None:
        """Settle a post that this relay cannot carry: it needs SMTPUTF8 (RFC 6531)."""
        self._settle(Settled(post, State.UNDELIVERABLE, "SMTPUTF8 missing", tried=False))

    def close(self) -> None:
        """Let refusals stand, or take them back when it was the letter that the relay disliked."""
        if appeals := self._breakers.won_appeals():
            self._desk.take_back_refused(appeals)

    def _later(self, post: Post, answer: Answer) -> None:
        attempts = post.attempts + 1
        if attempts >= self._order.max_attempts:
            self._settle(Settled(post, State.GAVE_UP, answer.shown))
        else:
            delay = min(self._order.retry_after * 2 ** min(post.attempts, 32), LONGEST_WAIT)
            self._settle(Settled(post, State.PENDING, answer.shown, delay=delay))
        self._halt_if(self._breakers.later(answer))

    def _settle(self, settled: Settled) -> None:
        self._desk.settle(settled)
        self.settled += settled.state is not State.PENDING

    def _halt_if(self, trouble: NotifyError | None) -> None:
        if trouble:
            self.halt(trouble)
