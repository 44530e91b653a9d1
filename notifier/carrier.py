"""One connection's work: post after post, each through its envelope, its mark and its dot.

The order of the steps is the promise: the envelope and the body go first, then the mark is made durable,
then a look whether the server is still there, then the dot. Behind the dot rides the next envelope (RFC
2920).
"""

from dataclasses import dataclass

from notifier import keys, mailbox, smtp
from notifier.answers import Answer, Envelope, Phase, Verdict
from notifier.desk import Desk
from notifier.errors import NotifyError, UnreachableError
from notifier.judge import Judge
from notifier.ledger import Post
from notifier.letterbox import Letter, to_header
from notifier.line import Line
from notifier.mailbox import Mailbox
from notifier.relay import Relay
from notifier.smtp import Session

_GONE = (0, 421)


@dataclass(frozen=True, slots=True)
class Errand:
    """What all connections of a run share."""

    letter: Letter
    relay: Relay
    timeout: float
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

    def work(self) -> None:
        """Carry until the line has nothing more; the work of a thread."""
        try:
            post = self._line.take()
            while post:
                post = self._carry(post) or self._line.take()
        except UnreachableError as trouble:
            self.retired = trouble  # the others may still have their connections
        except NotifyError as trouble:
            self._judge.halt(trouble)
        except BaseException:
            self._judge.stop.set()
            raise
        finally:
            if self._session:
                self._session.quit()

    def _carry(self, post: Post) -> Post | None:
        """Carry one post as far as it goes, and return the one whose envelope went with its dot."""
        answer, self._opened = self._opened, None
        session = self._session if answer and self._session else self._connected(post)
        if answer is None:
            envelope = self._envelope(post, session)
            if envelope is None:
                self._judge.undeliverable(post)
                return None
            answer = session.open(envelope)
        if answer.verdict is not Verdict.GO_ON:
            self._turned_away(post, answer, session)
            return None
        if not session.write(self._body(post)):
            self._judge.dropped(post)
            return None
        return self._hand_over(post, session)

    def _hand_over(self, post: Post, session: Session) -> Post | None:
        following = self._line.take_at_once()
        if not self._errand.desk.hand(post):
            session.close()
            self._judge.untouched(post)
        elif not session.silent():
            self._judge.dropped(post)
        else:
            answer, self._opened = session.dot(self._envelope(following, session) if following else None)
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

    def _connected(self, post: Post) -> Session:
        if self._session is None or not self._session.alive:
            try:
                self._session = smtp.connect(self._errand.relay, self._errand.timeout)
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
