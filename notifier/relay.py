"""Where mail is handed over and how well guarded the way is, read from `--smtp` (contract §7).

Plain `smtp://` goes to this machine only; everywhere else the line is encrypted and the certificate
verified (RFC 8314 §3, RFC 3207), and there is no way to say otherwise.
"""

import ipaddress
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from notifier.errors import InputError

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """One mail server and the right to use it; its secrets stay out of every repr."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """What may be printed of it."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def encrypt(self, connected: socket.socket) -> ssl.SSLSocket:
        """Shake hands; a certificate that is not for this host or not of a known authority raises."""
        assert self.tls is not None
        return self.tls.wrap_socket(connected, server_hostname=self.host)

    def check_peer(self, address: str) -> None:
        """Refuse a plain line when the name led off this machine after all."""
        if self.tls is None and not is_loopback(address):
            raise OSError("the name leads off this machine")


def is_loopback(host: str) -> bool:
    """Whether a name or address means this very machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3)."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read(url: str, ca: Path | None = None) -> Relay:
    """Read an SMTP URL; nothing of it is ever repeated in an error, for it may hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError("--smtp: not a URL; say smtp+starttls://USER:PASSWORD@HOST:PORT") from None
    if parts.scheme not in _PORTS:
        raise InputError("--smtp: must begin with smtp://, smtp+starttls:// or smtps://")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise InputError("--smtp: say SCHEME://USER:PASSWORD@HOST:PORT and nothing behind it")
    if parts.scheme == "smtp" and not is_loopback(parts.hostname):
        raise InputError("--smtp: smtp:// is for this machine only; use smtp+starttls:// or smtps://")
    user, password = _login(parts)
    tls = None if parts.scheme == "smtp" else _context(ca)
    return Relay(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], user, password, tls)


def _login(parts: SplitResult) -> tuple[str | None, str | None]:
    if parts.username is None:
        return None, None
    if not parts.password:
        raise InputError("--smtp: a user needs a password: SCHEME://USER:PASSWORD@HOST:PORT")
    return unquote(parts.username), unquote(parts.password)


def _context(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError):
        raise InputError(
            f"{ca}: holds no certificate of an authority; say --ca FILE with one in PEM"
        ) from None
