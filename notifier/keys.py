"""The HMAC key that rows are kept under, and the numbers made from it (RFC 2104, contract §7).

A ledger holds no address longer than it must; the key lets it recognise a mailbox whose address is gone.
Another key would recognise nobody and mail everybody again, so the ledger keeps a fingerprint of the one it
was begun with.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from notifier.errors import InputError


@dataclass(frozen=True, slots=True)
class Key:
    """The secret itself."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """What the ledger may know of it."""
        return self._digest("fingerprint")[:32]

    def of(self, version: str, identity: str) -> str:
        """Return the row key of a mailbox in one campaign; that in another tells nothing about it."""
        return self._digest("addressee", version, identity)

    def _digest(self, *parts: str) -> str:
        return hmac.new(self.secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def message_id(row_key: str, domain: str) -> str:
    """Return the Message-ID (RFC 5322 §3.6.4) of a row: the same one however often it is tried."""
    return f"<{hashlib.sha256(row_key.encode()).hexdigest()[:40]}@{domain}>"


def given(text: str) -> Key:
    """Read KLARTEKST_KEY."""
    return Key(text.strip().encode())


def kept(path: Path) -> Key | None:
    """Read the key beside a SQLite ledger, if there is one."""
    try:
        return given(path.read_text("ascii"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path}: the key cannot be read") from None


def made(path: Path) -> Key:
    """Make a key and keep it, whole or not at all; two processes that make one at once get the same."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        file = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, secrets.token_hex(32).encode() + b"\n")
            os.fsync(file)
        finally:
            os.close(file)
        try:
            os.link(scratch, path)
        except FileExistsError:
            pass  # the other process was first
        finally:
            scratch.unlink()
    except OSError as error:
        raise InputError(f"{path}: the key cannot be written ({error.strerror})") from None
    key = kept(path)
    assert key is not None
    return key
