"""The only socket to a mail server. It knows its phase, for the promise hangs on one line: the dot.

Before the final dot nothing has happened, whatever fails; after it and until its reply nobody can know (RFC
5321 §4.1.1.4, RFC 1047). So the dot is a write of its own, and what a reply means depends on what it
answers. `smtplib` lends its EHLO and AUTH; replies are read here, since its reader has no end and no
deadline.
"""

import re
import select
import smtplib
import socket
import ssl
from collections.abc import Sequence
from time import monotonic

from typing_extensions import override

from notifier.answers import Answer, Envelope, Phase, Verdict
from notifier.errors import InputError, UnreachableError
from notifier.relay import Relay

_REPLY = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*?))?\r?\n", re.DOTALL)  # RFC 5321 §4.2
_LONGEST_LINE = 8192  # sixteen times RFC 5321 §4.5.3.1.5
_MOST_LINES = 128
_GOODBYE_SECONDS = 5.0
_SHUTTING_DOWN = 421
_PERMANENT = 500
_POSITIVE = 2


class NoReplyError(OSError):
    """The server went away, kept silent past the deadline, or said what is no SMTP reply."""


class _Wire(smtplib.SMTP):
    """A connected `smtplib.SMTP` whose replies end: in time, in length and in number."""

    def __init__(self, connected: socket.socket, name: str, timeout: float) -> None:
        super().__init__(local_hostname=name, timeout=timeout)
        self.sock: socket.socket = connected
        self.unread = b""

    @override
    def getreply(self) -> tuple[int, bytes]:
        """Read one reply, all its lines, before the deadline."""
        self.unlimit()
        deadline = monotonic() + self.timeout
        texts: list[bytes] = []
        code = b""
        while len(texts) < _MOST_LINES:
            found = _REPLY.fullmatch(self._line(deadline))
            if not found or found[1] != (code or found[1]):
                raise NoReplyError("not an SMTP reply")
            code = found[1]
            texts.append(found[3] or b"")
            if found[2] != b"-":
                return int(code), b"\n".join(texts)
        raise NoReplyError("a reply without end")

    def unlimit(self) -> None:
        """Give the socket its whole time back; asking first spares a system call for each message."""
        if self.sock.gettimeout() != self.timeout:
            self.sock.settimeout(self.timeout)

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self.unread:
            remaining = deadline - monotonic()
            if remaining <= 0 or len(self.unread) > _LONGEST_LINE:
                raise NoReplyError("no reply in time")
            if remaining < self.timeout / 2:
                self.sock.settimeout(remaining)  # what comes drop by drop has no longer than the rest
            received = self.sock.recv(_LONGEST_LINE)
            if not received:
                raise NoReplyError("connection closed")
            self.unread += received
        line, _, self.unread = self.unread.partition(b"\n")
        return line + b"\n"


class Session:
    """One kept connection; after trouble that leaves its state unclear it is closed and not `alive`."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire
        self._pipelining = wire.has_extn("pipelining")
        self.smtputf8 = wire.has_extn("smtputf8")
        self.served = 0
        self.alive = True
        self._stale = False
        self._inside = False  # between 354 and the dot, where a QUIT would be text
        self._poll = select.poll()
        self._poll.register(wire.sock, select.POLLIN)

    def open(self, envelope: Envelope) -> Answer:
        """Ask for a transaction: DATA's 354 (GO_ON) or the first answer that is in its way."""
        commands = self._commands(envelope)
        if self._pipelining and not self._write(b"".join(command for _, command in commands)):
            return Answer(Phase.MAIL, 0)
        return self._opened(commands, asked=self._pipelining)

    def write(self, body: bytes) -> bool:
        """Send everything but the final dot; False when the connection is gone."""
        return self._write(body)

    def silent(self) -> bool:
        """Whether the server still listens and says nothing, as it must before the dot; a drop shows here."""
        if not self._wire.unread and (not self._poll.poll(0) or self._only_tls_speaks()):
            return True
        self.close()
        return False

    def _only_tls_speaks(self) -> bool:
        """Whether what can be read is the TLS layer's own, such as a session ticket (RFC 8446 §4.6.1)."""
        try:
            self._wire.sock.settimeout(0)
            self._wire.sock.recv(1)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            return False
        return False

    def dot(self, following: Envelope | None) -> tuple[Answer, Answer | None]:
        """End the message; return its answer and, where the server pipelines, that of the next envelope.

        RFC 2920 §3.1 lets the next MAIL, RCPT and DATA ride behind the dot: one round trip for each letter.
        """
        commands = self._commands(following) if following and self._pipelining else []
        if not self._write(b".\r\n" + b"".join(command for _, command in commands)):
            return Answer(Phase.DOT, 0), None
        self._inside = False
        self.served += 1
        answer = self._read(Phase.DOT)
        if not commands or not self.alive:
            return answer, None
        return answer, self._opened(commands, asked=True)

    def quit(self) -> None:
        """Take leave if the server still listens for commands, and close."""
        if self.alive and not self._inside:
            self._wire.timeout = _GOODBYE_SECONDS
            self._write(b"QUIT\r\n")
            self._read(Phase.BODY)
        self.close()

    def close(self) -> None:
        """Hang up at once: inside a message this is how it is not sent."""
        self.alive = False
        self._wire.close()

    def _commands(self, envelope: Envelope) -> list[tuple[Phase, bytes]]:
        reset = [(Phase.MAIL, b"RSET\r\n")] if self._stale else []
        self._stale = False
        return reset + envelope.commands()

    def _opened(self, commands: Sequence[tuple[Phase, bytes]], *, asked: bool) -> Answer:
        trouble = None
        answer = Answer(Phase.MAIL, 0)
        for phase, command in commands:
            if not asked and not self._write(command):
                return Answer(phase, 0)
            answer = self._read(phase)
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

    def _read(self, phase: Phase) -> Answer:
        try:
            code, text = self._wire.getreply()
        except OSError:
            code, text = 0, b""
        answer = Answer.of(phase, code, text)
        if answer.code in (0, _SHUTTING_DOWN):
            self.close()
        return answer

    def _write(self, octets: bytes) -> bool:
        try:
            self._wire.unlimit()
            self._wire.sock.sendall(octets)
        except OSError:
            self.close()
        return self.alive


def connect(relay: Relay, timeout: float) -> Session:
    """Connect, encrypt, log in. What may pass raises UnreachableError, a refused login InputError."""
    try:
        wire = _greeted(relay, timeout)
    except (OSError, smtplib.SMTPException) as error:
        raise UnreachableError(f"{relay.shown}: no connection ({_why(error)}); try again later") from None
    try:
        _log_in(relay, wire)
    except BaseException:
        wire.close()
        raise
    return Session(wire)


def _greeted(relay: Relay, timeout: float) -> _Wire:
    connected = socket.create_connection((relay.host, relay.port), timeout)
    try:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if relay.scheme == "smtps":
            connected = relay.encrypt(connected)
        relay.check_peer(connected.getpeername()[0])
        own = connected.getsockname()[0]
        # RFC 5321 §4.1.3: an address literal is true without asking a name server.
        wire = _Wire(connected, f"[IPv6:{own}]" if ":" in own else f"[{own}]", timeout)
        _expect(wire.getreply(), "greeting")
        if relay.scheme == "smtp+starttls":
            _encrypt(relay, wire)
        _expect(wire.ehlo(), "EHLO")
    except BaseException:
        connected.close()
        raise
    return wire


def _encrypt(relay: Relay, wire: _Wire) -> None:
    _expect(wire.ehlo(), "EHLO")
    if not wire.has_extn("starttls"):
        raise NoReplyError("STARTTLS is not offered")
    _expect(wire.docmd("STARTTLS"), "STARTTLS")
    if wire.unread:  # said in the clear, to be believed under TLS: CVE-2011-0411
        raise NoReplyError("words before TLS began")
    wire.sock = relay.encrypt(wire.sock)
    wire.ehlo_resp = None
    wire.esmtp_features = {}


def _log_in(relay: Relay, wire: _Wire) -> None:
    if relay.user is None or relay.password is None:
        return
    try:
        wire.login(relay.user, relay.password)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code >= _PERMANENT:
            refusal = f"the login was refused ({error.smtp_code}); mend the user or password"
            raise InputError(f"{relay.shown}: {refusal}") from None
        raise UnreachableError(f"{relay.shown}: no login now ({error.smtp_code}); try again later") from None
    except smtplib.SMTPNotSupportedError:
        raise InputError(f"{relay.shown}: offers no login (AUTH); leave the user out") from None
    except (OSError, smtplib.SMTPException) as error:
        raise UnreachableError(f"{relay.shown}: no login now ({_why(error)}); try again later") from None


def _expect(reply: tuple[int, bytes], what: str) -> None:
    if reply[0] // 100 != _POSITIVE:
        raise NoReplyError(f"{what} answered by {reply[0]}")


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not accepted: {error.verify_message}"
    text = str(error.strerror or error) if isinstance(error, OSError) else type(error).__name__
    return " ".join(text.split())
