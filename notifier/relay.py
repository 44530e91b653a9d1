"""The mail server that takes the messages: its URL, and connecting to it safely.

Plain `smtp://` is for this machine only; everywhere else the connection is encrypted and the certificate
verified (RFC 8314 section 3, RFC 3207), and no option turns that off. `smtplib` provides EHLO and AUTH only:
its own reader of replies has no limit on their length and no deadline.
"""

from __future__ import annotations

import errno
import ipaddress
import smtplib
import socket
import ssl
from concurrent.futures import Executor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from time import monotonic

from typing_extensions import override

from common.errors import InputError, TryLaterError
from notifier.connection_urls import ConnectionUrl, parse_connection_url
from notifier.event_loop import Steps, run_in_thread
from notifier.replies import NoValidReplyError, ReplyReader
from notifier.smtp import SmtpConnection

_URL_FORM = "smtp+starttls://USER:PASSWORD@HOST:PORT"
_POSITIVE, _PERMANENT = 2, 500
_READ_OCTETS = 8192


class UnreachableError(TryLaterError):
    """The relay accepts no connection now: refused, greeted with 421, or not safely encrypted."""


class Scheme(StrEnum):
    """How the connection is encrypted, as given by the URL scheme."""

    PLAIN = "smtp"
    STARTTLS = "smtp+starttls"
    IMPLICIT_TLS = "smtps"


_DEFAULT_PORTS = {Scheme.PLAIN: 25, Scheme.STARTTLS: 587, Scheme.IMPLICIT_TLS: 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server and the credentials for it; its repr holds no secret."""

    scheme: Scheme
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @property
    def display_url(self) -> str:
        """The URL without credentials, for messages."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def encrypt(self, connected_socket: socket.socket) -> ssl.SSLSocket:
        """Perform the TLS handshake; raise ssl.SSLError for a certificate that cannot be verified."""
        assert self.tls is not None
        return self.tls.wrap_socket(connected_socket, server_hostname=self.host)

    def check_peer(self, address: str) -> None:
        """Raise OSError if a plain connection led to another machine, as `localhost` in /etc/hosts may."""
        if self.tls is None and not is_loopback(address):
            raise OSError(errno.EACCES, "the name resolves to another machine, where smtp:// is not allowed")


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3)."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_relay_url(url: str, ca: Path | None = None) -> Relay:
    """Parse the URL of `--smtp`; `ca` is a PEM file with the certificate of a private authority.

    Raises InputError, whose message quotes nothing of the URL: it may hold a password.
    """
    parts = parse_connection_url("--smtp", url, _URL_FORM)
    if parts.scheme not in list(Scheme):
        raise InputError("--smtp: must begin with smtp://, smtp+starttls:// or smtps://")
    scheme = Scheme(parts.scheme)
    if not parts.host or parts.name or parts.query:
        raise InputError(f"--smtp: write {_URL_FORM} and nothing after it")
    if scheme is Scheme.PLAIN and not is_loopback(parts.host):
        raise InputError("--smtp: smtp:// is for this machine only; use smtp+starttls:// or smtps://")
    _check_credentials(parts)
    tls = None if scheme is Scheme.PLAIN else _create_tls_context(ca)
    return Relay(scheme, parts.host, parts.port or _DEFAULT_PORTS[scheme], parts.user, parts.password, tls)


def _check_credentials(parts: ConnectionUrl) -> None:
    if parts.user is None:
        return
    if not parts.password:
        raise InputError(f"--smtp: a user needs a password; write {_URL_FORM}")
    if not (parts.user + parts.password).isascii():  # the limit of smtplib
        raise InputError("--smtp: user and password may have ASCII characters only; ask for another password")


def _create_tls_context(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError):
        raise InputError(f"{ca}: not a certificate; give --ca the authority's certificate in PEM") from None


class Dialer:
    """Opens connections to one relay, in threads because connecting blocks."""

    def __init__(self, relay: Relay, timeout: float, executor: Executor) -> None:
        self._relay = relay
        self._timeout = timeout
        self._executor = executor

    def connect(self) -> Steps[SmtpConnection]:
        """Return a new connection; raises the same errors as `connect`."""
        return run_in_thread(self._executor, lambda: connect(self._relay, self._timeout))


def connect(relay: Relay, timeout: float) -> SmtpConnection:
    """Connect, encrypt and log in; blocks, each step for `timeout` seconds at most.

    Raises UnreachableError for temporary failures, and InputError for a refused login.
    """
    try:
        client = _open_client(relay, timeout)
    except OSError as error:  # includes smtplib's own exceptions
        raise UnreachableError(
            f"{relay.display_url}: no connection ({_describe(error)}); try again later"
        ) from None
    try:
        # Encrypted by now, or on loopback: a password never travels in plain text.
        _log_in(relay, client)
    except BaseException:
        client.close()
        raise
    return SmtpConnection(
        client.sock,
        client.replies,
        timeout,
        pipelining=client.has_extn("pipelining"),
        smtputf8=client.has_extn("smtputf8"),
    )


class _Client(smtplib.SMTP):
    """A connected `smtplib.SMTP` that reads replies with a deadline and a limit on their length."""

    def __init__(self, connected_socket: socket.socket, own_name: str, timeout: float) -> None:
        super().__init__(local_hostname=own_name, timeout=timeout)
        self.sock: socket.socket = connected_socket
        self.replies = ReplyReader()

    @override
    def getreply(self) -> tuple[int, bytes]:
        deadline = monotonic() + self.timeout
        while (reply := self.replies.next_reply()) is None:
            remaining = deadline - monotonic()
            if remaining <= 0:
                raise NoValidReplyError("no reply in time")
            self.sock.settimeout(remaining)  # so that a reply sent octet by octet gets no more time
            self.replies.feed(self.sock.recv(_READ_OCTETS))
        self.sock.settimeout(self.timeout)
        return reply


def _open_client(relay: Relay, timeout: float) -> _Client:
    """Connect and say EHLO, encrypted unless the relay is this machine."""
    connected_socket = socket.create_connection((relay.host, relay.port), timeout)
    try:
        # Or the dot, a write of its own, would wait for the acknowledgement of the body (RFC 896).
        connected_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if relay.scheme is Scheme.IMPLICIT_TLS:
            connected_socket = relay.encrypt(connected_socket)
        relay.check_peer(connected_socket.getpeername()[0])
        own_address = connected_socket.getsockname()[0]
        # RFC 5321 section 4.1.3: an address literal needs no name server, and is never wrong.
        client = _Client(
            connected_socket, f"[IPv6:{own_address}]" if ":" in own_address else f"[{own_address}]", timeout
        )
        _expect_positive(client.getreply(), "greeting")
        if relay.scheme is Scheme.STARTTLS:
            _start_tls(relay, client)
        _expect_positive(client.ehlo(), "EHLO")
    except BaseException:
        connected_socket.close()
        raise
    return client


def _start_tls(relay: Relay, client: _Client) -> None:
    _expect_positive(client.ehlo(), "EHLO")
    if not client.has_extn("starttls"):
        raise NoValidReplyError("STARTTLS is not offered")
    _expect_positive(client.docmd("STARTTLS"), "STARTTLS")
    # What arrived in plain text must not be taken for a reply under TLS: CVE-2011-0411.
    if client.replies.unread:
        raise NoValidReplyError("the server sent data before TLS began")
    client.sock = relay.encrypt(client.sock)
    # RFC 3207 section 4.2: discard the replies from before TLS.
    client.ehlo_resp = None
    client.esmtp_features = {}


def _log_in(relay: Relay, client: _Client) -> None:
    if relay.user is None or relay.password is None:
        return
    try:
        client.login(relay.user, relay.password)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code >= _PERMANENT:
            reason = f"the login was refused ({error.smtp_code}); check user and password"
            raise InputError(f"{relay.display_url}: {reason}") from None
        raise UnreachableError(
            f"{relay.display_url}: the login is temporarily unavailable ({error.smtp_code}); try again later"
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise InputError(f"{relay.display_url}: offers no login (AUTH); leave out the user") from None
    except (OSError, ValueError) as error:  # includes smtplib's own exceptions, and a challenge in no Base64
        raise UnreachableError(
            f"{relay.display_url}: the login is temporarily unavailable ({_describe(error)}); try again later"
        ) from None


def _expect_positive(reply: tuple[int, bytes], command: str) -> None:
    if reply[0] // 100 != _POSITIVE:
        raise NoValidReplyError(f"{command} got reply {reply[0]}")


def _describe(error: OSError | ValueError) -> str:
    """Describe an error in words of the system or of ours: those of smtplib quote the server's."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not accepted: {error.verify_message}"
    if isinstance(error, NoValidReplyError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return " ".join(error.strerror.split())
    return "timed out" if isinstance(error, TimeoutError) else "no reply that SMTP allows"
