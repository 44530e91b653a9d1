"""The HMAC key of a ledger, the row keys made with it, and Message-IDs (RFC 2104, RFC 5322 section 3.6.4).

A ledger blanks addresses as soon as it can; the key lets it recognize a mailbox whose address is gone. With
another key it would recognize nobody and mail everybody again, so it stores the fingerprint of its key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from common.errors import InputError
from notifier.database import LedgerDatabase

_WRONG_KEY = "the key is not the one this ledger was created with; set KLARTEKST_KEY to that one"


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """The secret key of a ledger."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """A digest that identifies the key and can be stored in the ledger."""
        # Half of the digest identifies the key just as well; none of it reveals the key.
        return self._digest("fingerprint")[:32]

    def build_row_key(self, version: str, identity: str) -> str:
        """Return the pseudonym of a mailbox in the campaign of a version; it differs between campaigns."""
        return self._digest(f"addressee\0{version}\0{identity}")

    def build_member_key(self, version: str, address: str) -> str:
        """Return the pseudonym by which the website's record names a member who was shown a version.

        The website computes it from the address as it stores it, in lower case, with the key that both have.
        """
        return self._digest(f"member\0{version}\0{address.strip().lower()}")

    def _digest(self, message: str) -> str:
        return hmac.digest(self.secret, message.encode(), "sha256").hex()


def build_message_id(row_key: str, domain: str) -> str:
    """Return the Message-ID of a delivery, the same at every attempt."""
    # A hash of the row key: addressees see the Message-ID, and the ledger is searched by row key.
    return f"<{hashlib.sha256(row_key.encode()).hexdigest()[:40]}@{domain}>"


def resolve_key(database: LedgerDatabase, configured: str | None) -> LedgerKey:
    """Return the key of a ledger: the configured one, or that of the file beside a SQLite ledger.

    A new ledger stores the fingerprint of the key. Raises InputError for a key with another fingerprint.
    """
    known = database.read_meta("key")
    key = parse_key(configured) if configured else _load_or_create_key(database.path, known)
    if database.write_meta_once("key", key.fingerprint) != key.fingerprint:
        raise InputError(_WRONG_KEY)
    return key


def check_key(database: LedgerDatabase, configured: str | None) -> None:
    """Raise InputError for a configured key that is not the ledger's, even if the command needs no key."""
    known = database.read_meta("key")
    if configured and known and parse_key(configured).fingerprint != known:
        raise InputError(_WRONG_KEY)


def _load_or_create_key(ledger: Path | None, known: str | None) -> LedgerKey:
    if ledger is None:
        raise InputError("a PostgreSQL ledger needs its key in KLARTEKST_KEY")
    path = ledger.with_name(f"{ledger.name}.key")
    key = load_key(path)
    if key is None and known:
        raise InputError(f"{path}: the key of this ledger is missing; restore it or set KLARTEKST_KEY")
    return key or create_key(path)


def parse_key(text: str) -> LedgerKey:
    """Return the key in a text, ignoring white space around it; raise InputError if nothing is left."""
    # The bytes of the environment, UTF-8 or not: a key may be random.
    secret = text.strip().encode("utf-8", "surrogateescape")
    if not secret:
        raise InputError("the key of the ledger is empty; set KLARTEKST_KEY to the one it was created with")
    return LedgerKey(secret)


def load_key(path: Path) -> LedgerKey | None:
    """Load the key beside a SQLite ledger; None if there is no such file."""
    try:
        return parse_key(path.read_text("ascii"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path}: cannot read the key") from None


def create_key(path: Path) -> LedgerKey:
    """Create a random key file, atomically; of two processes that do so at once both get the same key."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            # On disk before the first row refers to it: a lost key cannot be made again.
            os.write(file, secrets.token_hex(32).encode() + b"\n")
            os.fsync(file)
        finally:
            os.close(file)
        try:
            os.link(temporary, path)  # unlike a rename, fails when the file exists
        except FileExistsError:
            pass  # another process was first
        finally:
            temporary.unlink()
    except OSError as error:
        raise InputError(f"{path}: cannot write the key ({error.strerror})") from None
    key = load_key(path)
    assert key is not None
    return key
