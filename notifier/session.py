"""One kept connection to a mail server. It knows its phase, for the promise hangs on one line: the dot.

Before the final dot nothing has happened, whatever fails; after it and until its reply nobody can know (RFC
5321 §4.1.1.4, RFC 1047). So the dot is a write of its own, and what a reply means depends on what it
answers. Nothing here blocks: who cannot go on yields what it waits for.
"""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from notifier.answers import Answer, Envelope, Phase, Verdict
from notifier.loop import READABLE, WRITABLE, Wait, Waiting
from notifier.replies import NoReplyError, Replies

_MOST_AT_ONCE = 8192
_GOODBYE_SECONDS = 5.0
_SHUTTING_DOWN = 421
_NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(frozen=True, slots=True)
class Link:
    """A greeted, encrypted, logged-in connection to a server, and what that server can do."""

    socket: socket.socket
    replies: Replies
    timeout: float
    pipelining: bool
    smtputf8: bool


class Session:
    """One kept connection; after trouble that leaves its state unclear it is closed and not `alive`."""

    def __init__(self, link: Link) -> None:
        self._socket = link.socket
        self._socket.settimeout(0)
        self._replies = link.replies
        self._patience = link.timeout
        self._pipelining = link.pipelining
        self.smtputf8 = link.smtputf8
        self.served = 0
        self.alive = True
        self._stale = False
        self._inside = False  # between 354 and the dot, where a QUIT would be text

    def open(self, envelope: Envelope) -> Waiting[Answer]:
        """Ask for a transaction: DATA's 354 (GO_ON) or the first answer that is in its way."""
        commands = self._commands(envelope)
        if self._pipelining and not (yield from self.write(b"".join(command for _, command in commands))):
            return Answer(Phase.MAIL, 0)
        return (yield from self._opened(commands, asked=self._pipelining))

    def write(self, octets: bytes) -> Waiting[bool]:
        """Send all of it, such as everything but the final dot; False when the connection is gone."""
        deadline = monotonic() + self._patience
        try:
            while octets:
                try:
                    octets = octets[self._socket.send(octets) :]
                except _NOT_YET as trouble:
                    yield from self._ready(trouble, WRITABLE, deadline)
        except OSError:
            self.close()
        return self.alive

    def silent(self) -> bool:
        """Whether the server still listens and says nothing, as it must before the dot; a drop shows here.

        What the TLS layer says for itself, such as a session ticket (RFC 8446 §4.6.1), is no word of it.
        """
        try:
            self._socket.recv(1)
        except _NOT_YET:
            if not self._replies.unread:
                return True
        except OSError:
            pass
        self.close()
        return False

    def dot(self, following: Envelope | None) -> Waiting[tuple[Answer, Answer | None]]:
        """End the message; return its answer and, where the server pipelines, that of the next envelope.

        RFC 2920 §3.1 lets the next MAIL, RCPT and DATA ride behind the dot: one round trip for each letter.
        """
        commands = self._commands(following) if following and self._pipelining else []
        if not (yield from self.write(b".\r\n" + b"".join(command for _, command in commands))):
            return Answer(Phase.DOT, 0), None
        self._inside = False
        self.served += 1
        answer = yield from self._read(Phase.DOT)
        if not commands or not self.alive:
            return answer, None
        return answer, (yield from self._opened(commands, asked=True))

    def quit(self) -> Waiting[None]:
        """Take leave if the server still listens for commands, and close."""
        if self.alive and not self._inside:
            self._patience = _GOODBYE_SECONDS
            yield from self.write(b"QUIT\r\n")
            yield from self._read(Phase.BODY)
        self.close()

    def close(self) -> None:
        """Hang up at once: inside a message this is how it is not sent."""
        self.alive = False
        self._socket.close()

    def _commands(self, envelope: Envelope) -> list[tuple[Phase, bytes]]:
        reset = [(Phase.MAIL, b"RSET\r\n")] if self._stale else []
        self._stale = False
        return reset + envelope.commands()

    def _opened(self, commands: Sequence[tuple[Phase, bytes]], *, asked: bool) -> Waiting[Answer]:
        trouble = None
        answer = Answer(Phase.MAIL, 0)
        for phase, command in commands:
            if not asked and not (yield from self.write(command)):
                return Answer(phase, 0)
            answer = yield from self._read(phase)
            trouble = trouble or (None if answer.verdict is Verdict.GO_ON else answer)
            if not self.alive or (trouble and not asked):
                break
        if trouble is None:
            self._inside = True
            return answer
        if answer.verdict is Verdict.GO_ON:
            self.close()  # DATA was granted to a transaction without a recipient: no dot for that
        self._stale = True
        return trouble

    def _read(self, phase: Phase) -> Waiting[Answer]:
        deadline = monotonic() + self._patience
        try:
            while (reply := self._replies.next()) is None:
                try:
                    self._replies.hear(self._socket.recv(_MOST_AT_ONCE))
                except _NOT_YET as trouble:
                    yield from self._ready(trouble, READABLE, deadline)
            code, text = reply
        except OSError:
            code, text = 0, b""
        answer = Answer.of(phase, code, text)
        if answer.code in (0, _SHUTTING_DOWN):
            self.close()
        return answer

    def _ready(self, trouble: OSError, wanted: int, deadline: float) -> Waiting[None]:
        """Wait for the socket. Under TLS a read may have to write first, and a write to read."""
        if monotonic() >= deadline:
            raise NoReplyError("no reply in time")
        if isinstance(trouble, ssl.SSLError):
            wanted = READABLE if isinstance(trouble, ssl.SSLWantReadError) else WRITABLE
        yield Wait(deadline, self._socket, wanted)
