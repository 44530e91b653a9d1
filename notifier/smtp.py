"""The way to a mail server: connect, greet, encrypt, log in. It blocks, so a thread of its own walks it.

`smtplib` lends its EHLO and AUTH; replies are read here, since its reader has no end and no deadline.
"""

import smtplib
import socket
import ssl
from time import monotonic

from typing_extensions import override

from notifier.errors import InputError, UnreachableError
from notifier.relay import Relay
from notifier.replies import NoReplyError, Replies
from notifier.session import Link, Session

_PERMANENT = 500
_POSITIVE = 2
_MOST_AT_ONCE = 8192


class _Wire(smtplib.SMTP):
    """A connected `smtplib.SMTP` whose replies end: in time, in length and in number."""

    def __init__(self, connected: socket.socket, name: str, timeout: float) -> None:
        super().__init__(local_hostname=name, timeout=timeout)
        self.sock: socket.socket = connected
        self.replies = Replies()

    @override
    def getreply(self) -> tuple[int, bytes]:
        """Read one reply, all its lines, before the deadline."""
        deadline = monotonic() + self.timeout
        while (reply := self.replies.next()) is None:
            remaining = deadline - monotonic()
            if remaining <= 0:
                raise NoReplyError("no reply in time")
            self.sock.settimeout(remaining)  # what comes drop by drop has no longer than the rest
            self.replies.hear(self.sock.recv(_MOST_AT_ONCE))
        self.sock.settimeout(self.timeout)
        return reply


def connect(relay: Relay, timeout: float) -> Session:
    """Connect, encrypt, log in. What may pass raises UnreachableError, a refused login InputError."""
    try:
        wire = _greeted(relay, timeout)
    except OSError as error:  # which smtplib's own are, too
        raise UnreachableError(f"{relay.shown}: no connection ({_why(error)}); try again later") from None
    try:
        _log_in(relay, wire)
    except BaseException:
        wire.close()
        raise
    link = Link(wire.sock, wire.replies, timeout, wire.has_extn("pipelining"), wire.has_extn("smtputf8"))
    return Session(link)


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
    if wire.replies.unread:  # said in the clear, to be believed under TLS: CVE-2011-0411
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
    except OSError as error:  # which smtplib's own are, too
        raise UnreachableError(f"{relay.shown}: no login now ({_why(error)}); try again later") from None


def _expect(reply: tuple[int, bytes], what: str) -> None:
    if reply[0] // 100 != _POSITIVE:
        raise NoReplyError(f"{what} answered by {reply[0]}")


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not accepted: {error.verify_message}"
    return " ".join(str(error.strerror or error).split())
