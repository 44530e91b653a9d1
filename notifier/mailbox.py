"""Parse mail addresses: which spellings are the same mailbox, and how an address is written in SMTP. No I/O.

The same mailbox in another case, Unicode normal form or IDN form is one addressee. RFC 5321 section 2.4 lets
a server treat `Anna@` and `anna@` as different; no server in use does, and mailing one person twice would be
worse than mailing only one of two such mailboxes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

import idna

# The Dot-string of RFC 5321 section 4.1.2, extended to all non-ASCII characters by RFC 6531 section 3.3.
_ASCII_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_MAX_LOCAL_OCTETS = 64  # RFC 5321 section 4.5.3.1.1
_MAX_ADDRESS_OCTETS = 254  # RFC 5321 section 4.5.3.1.3, without the angle brackets
_BIDI_CONTROLS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
# Domains that IDNA leaves as they are, lower-cased: encoding them takes 7 µs, several times for each message.
_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# Addresses that all other rules leave as they are: nearly every one of a list, at a sixth of the time.
_PLAIN_ADDRESS = re.compile(rf"{_ASCII_ATOM}(?:\.{_ASCII_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_SEPARATORS = frozenset(',<>"')  # with one of these a text could be read as several addresses
_MAX_DOMAIN_OCTETS = 253  # RFC 1035 section 2.3.4, without the length octets


class RejectedFieldError(ValueError):
    """A field that must not reach a mail server; the message says why and quotes nothing of the field."""


class Mailbox(NamedTuple):
    """An address that can be mailed: `address` as written in SMTP, `identity` equal for equal mailboxes."""

    address: str
    identity: str

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) accepts it: its local part is not ASCII."""
        return not self.address.isascii()


@dataclass(frozen=True, slots=True)
class UnmailableAddress:
    """An address on one line with one `@` that no mail server would accept."""

    identity: str


def check_field(field: str) -> None:
    """Raise RejectedFieldError for control characters, which could end a header or inject a command."""
    if field.isascii() and field.isprintable():
        return  # nearly every field ends here
    for character in field:
        category = unicodedata.category(character)
        # Bidi controls would make a name read differently from what it is.
        if category in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in _BIDI_CONTROLS:
            raise RejectedFieldError(f"control character U+{ord(character):04X}")


def parse_address(address: str) -> Mailbox | UnmailableAddress:
    """Parse one address as spelled in a source; raise RejectedFieldError if it could hold a second one."""
    if _is_plain(address):
        return Mailbox(address, address.lower())
    check_field(address)
    normalized = unicodedata.normalize("NFC", address.strip(" "))
    if normalized.count("@") != 1:
        raise RejectedFieldError("not exactly one @ in the address")
    if not _SEPARATORS.isdisjoint(normalized):
        raise RejectedFieldError("a comma, an angle bracket or a quotation mark in the address")
    local, _, domain = normalized.partition("@")
    if not local or not domain:
        raise RejectedFieldError("nothing before or after the @ in the address")
    return _build_mailbox(local, domain)


def _is_plain(address: str) -> bool:
    return (
        len(address) <= _MAX_ADDRESS_OCTETS
        and address.find("@") <= _MAX_LOCAL_OCTETS
        and _PLAIN_ADDRESS.fullmatch(address) is not None
    )


def _build_mailbox(local: str, domain: str) -> Mailbox | UnmailableAddress:
    # Normalized again, because folding case can undo the normal form.
    folded = unicodedata.normalize("NFC", local.casefold())
    encoded = _encode_domain(domain)
    if encoded is None:
        return UnmailableAddress(f"{folded}@{domain.casefold()}")
    address = f"{local}@{encoded}"
    identity = f"{folded}@{encoded.casefold()}"
    too_long = len(local.encode()) > _MAX_LOCAL_OCTETS or len(address.encode()) > _MAX_ADDRESS_OCTETS
    if too_long or not _LOCAL_PART.fullmatch(local):
        return UnmailableAddress(identity)
    return Mailbox(address, identity)


def _encode_domain(domain: str) -> str | None:
    """Return a domain in its ASCII form (IDNA 2008), or None if it has none."""
    lowered = domain.lower()
    if domain.isascii() and len(domain) <= _MAX_DOMAIN_OCTETS and _PLAIN_DOMAIN.fullmatch(lowered):
        return lowered
    try:
        # IDNA 2008 with UTS 46 mapping: the codec of the standard library (IDNA 2003) maps straße.de to
        # strasse.de, which is another host.
        return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
