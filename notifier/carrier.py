"""One connection's task: post after post, each through its envelope, its mark and its dot.

The order of the steps is the promise: the envelope and the body go first, then the mark is made durable,
then a look whether the server is still there, then the dot. Behind the dot rides the next envelope (RFC
2920).
"""

from concurrent.futures import Executor
from dataclasses import dataclass

from notifier import keys, loop, mailbox, smtp
from notifier.answers import Answer, Envelope, Phase, Verdict
from notifier.desk import Desk
from notifier.errors import NotifyError, UnreachableError
from notifier.judge import Judge
from notifier.ledger import Post
from notifier.letterbox import Letter, to_header
from notifier.line import Line
from notifier.loop import Task, Waiting
from notifier.mailbox import Mailbox
from notifier.relay import Relay
from notifier.session import Session

_GONE = (0, 421)


@dataclass(frozen=True, slots=True)
class Errand:
    """What all connections of a run share."""

    letter: Letter
    relay: Relay
    timeout: float
    dialling: Executor
    line: Line
    desk: Desk
    judge: Judge


class Carrier:
    """Keeps one connection and carries what the line gives it."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._line = errand.line
        self._judge = errand.judge
        self._session: Session | None = None
        self._opened: Answer | None = None  # what was said to the envelope that rode behind the last dot
        self.retired: NotifyError | None = None

    def work(self) -> Task:
        """Carry until the line has nothing more."""
        try:
            yield from self._carry_all()
        except UnreachableError as trouble:
            self.retired = trouble  # the others may still have their connections
        except NotifyError as trouble:
            self._judge.halt(trouble)
        except BaseException:
            self._judge.stop.set()
            if self._session:
                self._session.close()
            raise
        if self._session:
            yield from self._session.quit()

    def _carry_all(self) -> Task:
        post = yield from self._line.take()
        while post:
            post = (yield from self._carry(post)) or (yield from self._line.take())

    def _carry(self, post: Post) -> Waiting[Post | None]:
        """Carry one post as far as it goes, and return the one whose envelope went with its dot."""
        answer, self._opened = self._opened, None
        session = self._session if answer and self._session else (yield from self._connected(post))
        if answer is None:
            envelope = self._envelope(post, session)
            if envelope is None:
                self._judge.undeliverable(post)
                return None
            answer = yield from session.open(envelope)
        if answer.verdict is not Verdict.GO_ON:
            self._turned_away(post, answer, session)
            return None
        if not (yield from session.write(self._body(post))):
            self._judge.dropped(post)
            return None
        return (yield from self._hand_over(post, session))

    def _hand_over(self, post: Post, session: Session) -> Waiting[Post | None]:
        following = self._line.take_at_once()
        if not (yield from self._errand.desk.hand(post)):
            session.close()
            self._judge.untouched(post)
        elif not session.silent():
            self._judge.dropped(post)
        else:
            envelope = self._envelope(following, session) if following else None
            answer, self._opened = yield from session.dot(envelope)
            self._judge.answered(post, answer)
        if following and self._judge.stop.is_set():
            self._line.give_back(following)
            return None
        return following

    def _turned_away(self, post: Post, answer: Answer, session: Session) -> None:
        if answer.phase is Phase.MAIL and answer.code in _GONE and session.served:
            # A kept connection that the server has had enough of; that says nothing about this addressee.
            self._line.give_back(post)
        else:
            self._judge.answered(post, answer)

    def _connected(self, post: Post) -> Waiting[Session]:
        if self._session is None or not self._session.alive:
            errand = self._errand
            try:
                self._session = yield from loop.elsewhere(
                    errand.dialling, lambda: smtp.connect(errand.relay, errand.timeout)
                )
            except NotifyError:
                self._line.give_back(post)
                raise
        return self._session

    def _envelope(self, post: Post, session: Session) -> Envelope | None:
        """Return the envelope of a post, or None when this server cannot carry its address."""
        read = mailbox.read(post.address)
        assert isinstance(read, Mailbox)
        if read.needs_smtputf8 and not session.smtputf8:
            return None
        return Envelope(self._errand.letter.forms[post.language].sender, read.path)

    def _body(self, post: Post) -> bytes:
        letter = self._errand.letter
        read = mailbox.read(post.address)
        assert isinstance(read, Mailbox)
        name = keys.message_id(post.key, letter.sender_domain)
        return letter.forms[post.language].filled(to_header(read.path, post.name), name, post.dated)
