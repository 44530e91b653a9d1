"""Reads the letters that `build` printed (contract §5) and makes the bytes of each mail.

The letter sent is the file that CI built and somebody read: nothing is composed here. A form holds the
whole message in CRLF lines, dot-stuffed once (RFC 5321 §4.5.2); To, Message-ID and Date, the only lines
that differ from one addressee to the next, are laid in front of it.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import idna

from notifier.errors import InputError

if TYPE_CHECKING:
    from email.headerregistry import Address

_LONGEST_LINE = 998  # RFC 5322 §2.1.1, without its CRLF
_BELONG_TO_THE_POST = ("To", "Cc", "Bcc", "Date", "Message-ID")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_ENCODED_WORD_OCTETS = 42  # "=?utf-8?b?" + 56 characters of Base64 + "?=" stays within RFC 2047 §2's 75


@dataclass(frozen=True, slots=True)
class Form:
    """One language's letter, ready but for the lines of its addressee."""

    sender: str
    stuffed: bytes

    def filled(self, to: str, message_id: str, date: float) -> bytes:
        """Return what goes between DATA and the final dot."""
        head = f"To: {to}\r\nMessage-ID: {message_id}\r\nDate: {_spelt(date)}\r\n"
        return head.encode() + self.stuffed


@dataclass(frozen=True, slots=True)
class Letter:
    """One announced version in every language, verified against its letter.json."""

    version: str
    level: str
    published: str
    effective: str
    languages: tuple[str, ...]
    sha256: Mapping[str, str]
    text_sha256: Mapping[str, str]
    chain_sha256: str
    forms: Mapping[str, Form]

    @property
    def identity(self) -> str:
        """What a campaign remembers its letter by: another byte anywhere is another letter."""
        letters = [f"{language}={self.sha256[language]}" for language in self.languages]
        return hashlib.sha256("\n".join([self.version, self.effective, *letters]).encode()).hexdigest()

    @property
    def sender_domain(self) -> str:
        """The right-hand side of its Message-IDs: the domain the letter is signed with."""
        return self.forms[self.languages[0]].sender.rpartition("@")[2]


def read(folder: Path) -> Letter:
    """Read and verify one folder of printed letters."""
    try:
        record = json.loads((folder / "letter.json").read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(
            f"{folder}/letter.json: cannot be read ({_why(error)}); print it with build"
        ) from None
    try:
        return _letter(folder, record)
    except (KeyError, TypeError, AttributeError):
        raise InputError(
            f"{folder}/letter.json: not a letter.json of schema 1; print the letters again"
        ) from None


def _letter(folder: Path, record: Mapping[str, Any]) -> Letter:
    if record["schema"] != 1:
        raise InputError(
            f"{folder}/letter.json: schema {record['schema']} is not known here; update the notifier"
        )
    languages = tuple(str(language) for language in record["languages"])
    sha256 = {language: str(record["sha256"][language]) for language in languages}
    if not languages or not all(_HEX64.fullmatch(digest) for digest in sha256.values()):
        raise TypeError
    return Letter(
        version=str(record["version"]),
        level=str(record["level"]),
        published=str(record["published"]),
        effective=str(record["effective"]),
        languages=languages,
        sha256=sha256,
        text_sha256={language: str(record["text_sha256"][language]) for language in languages},
        chain_sha256=str(record["chain_sha256"]),
        forms={language: _form(folder / f"{language}.eml", sha256[language]) for language in languages},
    )


def _form(path: Path, sha256: str) -> Form:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({_why(error)}); print the letters again") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputError(f"{path}: is not the letter that letter.json names; print the letters again")
    lines = content.split(b"\r\n")
    if lines[-1] or any(b"\n" in line or b"\r" in line or b"\0" in line for line in lines):
        raise InputError(f"{path}: every line must end in CRLF (RFC 5322 §2.3); print the letters again")
    if any(len(line) > _LONGEST_LINE for line in lines):
        raise InputError(
            f"{path}: a line is longer than {_LONGEST_LINE} (RFC 5322 §2.1.1); print the letters again"
        )
    stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
    return Form(_sender(path, content), stuffed)


def _sender(path: Path, content: bytes) -> str:
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)
    taken = [name for name in _BELONG_TO_THE_POST if name in message]
    if taken:
        raise InputError(
            f"{path}: has {', '.join(taken)}, which only the notifier may set; print the letters again"
        )
    header = message["From"]
    senders: tuple[Address, ...] = header.addresses if header else ()
    if len(senders) != 1 or message["Subject"] is None or not senders[0].domain:
        raise InputError(f"{path}: needs a Subject and a From with one address; print the letters again")
    domain = idna.encode(senders[0].domain, uts46=True).decode("ascii")
    sender = f"{senders[0].username}@{domain}"
    if not sender.isascii() or re.search(r"[\s<>,]", sender):
        raise InputError(f"{path}: the address of From must be plain ASCII, since bounces go there")
    return sender


@lru_cache(maxsize=64)  # a batch is dated in the same second
def _spelt(date: float) -> str:
    return format_datetime(datetime.fromtimestamp(date, UTC))


def to_header(path: str, name: str | None) -> str:
    """Return the folded value of To; a name is always encoded words (RFC 2047), never syntax."""
    if not name:
        return f"<{path}>"
    return "\r\n ".join([*_encoded_words(name), f"<{path}>"])


def _encoded_words(name: str) -> list[str]:
    words, piece = [], b""
    for character in name:
        octets = character.encode()
        if len(piece) + len(octets) > _ENCODED_WORD_OCTETS:
            words.append(piece)
            piece = b""
        piece += octets
    return [f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in [*words, piece]]


def _why(error: Exception) -> str:
    return error.strerror or "I/O error" if isinstance(error, OSError) else "not JSON in UTF-8"
