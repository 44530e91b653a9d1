"""One SMTP connection that is greeted, encrypted and logged in: transactions, bodies and the final dot.

Before the final dot nothing has happened, whatever fails; after it, and until its reply, nobody can know
whether the message arrived (RFC 5321 section 4.1.1.4, RFC 1047). So the dot is a write of its own, and each
reply is read in the phase of its command. Nothing blocks: methods yield to the event loop while they wait.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from time import monotonic

from notifier.event_loop import READABLE, WRITABLE, Steps, Wait
from notifier.replies import Envelope, NoValidReplyError, Phase, Reply, ReplyReader, Verdict

_READ_OCTETS = 8192
_QUIT_TIMEOUT_SECONDS = 5.0
_SERVICE_CLOSING = 421
_WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class SmtpConnection:
    """A persistent connection, which is closed after any failure that leaves its state unclear.

    `timeout` is in seconds, for each reply and each write; the flags are the extensions of the server.
    """

    def __init__(
        self,
        connected_socket: socket.socket,
        replies: ReplyReader,
        timeout: float,
        *,
        pipelining: bool,
        smtputf8: bool,
    ) -> None:
        self._socket = connected_socket
        self._socket.settimeout(0)
        self._replies = replies
        self._timeout = timeout
        self._pipelining = pipelining
        self.smtputf8 = smtputf8
        self.messages_sent = 0
        self.is_open = True
        self._needs_reset = False
        self._in_data = False  # between 354 and the dot, where QUIT would be part of the message

    def open_transaction(self, envelope: Envelope) -> Steps[Reply]:
        """Send MAIL, RCPT and DATA; return the reply to DATA, or the first that is not positive."""
        commands = self._build_envelope_commands(envelope)
        if self._pipelining and not (yield from self.write(b"".join(command for _, command in commands))):
            return Reply(Phase.MAIL, 0)
        return (yield from self._read_envelope_replies(commands, already_sent=self._pipelining))

    def write(self, octets: bytes) -> Steps[bool]:
        """Send all octets, such as a body without its final dot; return False if the connection is lost."""
        deadline = monotonic() + self._timeout
        try:
            while octets:
                try:
                    octets = octets[self._socket.send(octets) :]  # which may take only a part
                except _WOULD_BLOCK as error:
                    yield from self._wait_ready(error, WRITABLE, deadline)
        except OSError:
            self.close()
        return self.is_open

    def close_unless_silent(self) -> bool:
        """Close the connection unless the server is silent, as it must be before the dot; return `is_open`.

        A lost connection shows here, before the dot, when the message is certainly not sent. What TLS itself
        sends, such as a session ticket (RFC 8446 section 4.6.1), does not reach the caller.
        """
        try:
            self._socket.recv(1)
        except _WOULD_BLOCK:
            if not self._replies.unread:
                return True
        except OSError:
            pass
        self.close()
        return False

    def send_dot(self, next_envelope: Envelope | None) -> Steps[tuple[Reply, Reply | None]]:
        """End the message; return its reply and, with pipelining, that to the next envelope.

        RFC 2920 section 3.1 lets the next MAIL, RCPT and DATA follow the dot in the same write: one round
        trip for each message.
        """
        commands = self._build_envelope_commands(next_envelope) if next_envelope and self._pipelining else []
        if not (yield from self.write(b".\r\n" + b"".join(command for _, command in commands))):
            return Reply(Phase.DOT, 0), None
        self._in_data = False
        self.messages_sent += 1
        reply = yield from self._read_reply(Phase.DOT)
        if not commands or not self.is_open:
            return reply, None
        return reply, (yield from self._read_envelope_replies(commands, already_sent=True))

    def quit(self) -> Steps[None]:
        """Send QUIT if the server is listening for commands, then close."""
        if self.is_open and not self._in_data:
            self._timeout = _QUIT_TIMEOUT_SECONDS
            yield from self.write(b"QUIT\r\n")
            yield from self._read_reply(Phase.BODY)
        self.close()

    def close(self) -> None:
        """Close the socket at once: before the dot, this makes the server discard the message."""
        self.is_open = False
        self._socket.close()

    def _build_envelope_commands(self, envelope: Envelope) -> list[tuple[Phase, bytes]]:
        # Not after every message: a dot ends the transaction already (RFC 5321 section 4.1.1.4).
        reset = [(Phase.MAIL, b"RSET\r\n")] if self._needs_reset else []
        self._needs_reset = False
        return reset + envelope.build_commands()

    def _read_envelope_replies(
        self, commands: Sequence[tuple[Phase, bytes]], *, already_sent: bool
    ) -> Steps[Reply]:
        failure = None
        reply = Reply(Phase.MAIL, 0)
        for phase, command in commands:
            if not already_sent and not (yield from self.write(command)):
                return Reply(phase, 0)
            reply = yield from self._read_reply(phase)
            failure = failure or (None if reply.verdict is Verdict.CONTINUE else reply)
            if not self.is_open or (failure and not already_sent):
                break
        if failure is None:
            self._in_data = True
            return reply
        if reply.verdict is Verdict.CONTINUE:
            # The server accepted DATA although it refused the recipient; only a dot, which would send an
            # empty message, or closing ends this state.
            self.close()
        self._needs_reset = True
        return failure

    def _read_reply(self, phase: Phase) -> Steps[Reply]:
        deadline = monotonic() + self._timeout
        try:
            while (received := self._replies.next_reply()) is None:
                try:
                    self._replies.feed(self._socket.recv(_READ_OCTETS))
                except _WOULD_BLOCK as error:
                    yield from self._wait_ready(error, READABLE, deadline)
            code, text = received
        except OSError:
            code, text = 0, b""
        reply = Reply.parse(phase, code, text)
        # After an invalid reply nobody knows to which command the next one belongs; 421 ends the session.
        if reply.code in (0, _SERVICE_CLOSING):
            self.close()
        return reply

    def _wait_ready(self, error: OSError, events: int, deadline: float) -> Steps[None]:
        """Wait for the socket. Under TLS a read may have to write first, and a write to read."""
        if monotonic() >= deadline:
            raise NoValidReplyError("no reply in time")
        if isinstance(error, ssl.SSLError):
            events = READABLE if isinstance(error, ssl.SSLWantReadError) else WRITABLE
        yield Wait(deadline, self._socket, events)
