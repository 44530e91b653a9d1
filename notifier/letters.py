"""Load the letters that `build` printed, and render the message of each addressee.

The notifier composes nothing: the letter that is sent is the file that CI built and somebody could review.
Only To, Message-ID and Date differ between addressees; they are put in front of the printed message.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import idna

from common.errors import InputError
from common.input_files import parse_json, read_input_file
from common.mail_headers import encode_words
from notifier.letter_audiences import EVERYBODY, LetterAudiences, parse_letter_audiences
from notifier.mailbox import Mailbox, RejectedFieldError, parse_address

_MAX_LINE_OCTETS = 998  # RFC 5322 section 2.1.1, without CRLF
_RESERVED_HEADERS = ("To", "Cc", "Bcc", "Date", "Message-ID")  # set for each addressee, or never
METADATA_FILE = "letter.json"
_OLDER_SCHEMA, _SCHEMA = 1, 2
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")  # RFC 5646
_ENTRY_HEADER = "Policy-Log-Entry"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MAX_BYTES = 16 << 20  # of a letter or of what describes it; a build warns above 102 kB
_REBUILD = "run build again"


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """The letter in one language, in CRLF lines and dot-stuffed (RFC 5321 section 4.5.2)."""

    sender: str
    dot_stuffed_body: bytes

    def render(self, to: str, message_id: str, date: float) -> bytes:
        """Return the bytes to send between DATA and the final dot; `date` is in seconds since 1970."""
        headers = f"To: {to}\r\nMessage-ID: {message_id}\r\nDate: {_format_date(date)}\r\n"
        return headers.encode() + self.dot_stuffed_body


@lru_cache(maxsize=4)
def _format_date(date: float) -> str:
    """Return the value of Date. All deliveries of a claim have the same one; nothing invalidates it."""
    return format_datetime(datetime.fromtimestamp(date, UTC))


@dataclass(frozen=True, slots=True)
class Letter:
    """The announcement of one version in every language, verified against letter.json.

    `entry` is the hash of the version's entry in the public log, `files` is what `build` wrote, by name, and
    `redactions` in how many places words have been removed from it. `lead_days` is how many days before it
    takes effect the policy promises to tell of it; None if an older release built it. `bounce` is the address
    that reports of mail servers go to, or None.
    """

    version: str
    level: str
    published: str
    effective: str
    languages: tuple[str, ...]
    sha256: Mapping[str, str]
    entry: str
    templates: Mapping[str, MessageTemplate]
    files: Mapping[str, bytes] = field(repr=False)
    redactions: int = 0
    lead_days: int | None = None
    audiences: LetterAudiences = EVERYBODY
    bounce: str | None = None

    def get_envelope_sender(self, language: str) -> str:
        """Return the address that reports about the letter in a language go to (RFC 5321 section 4.4)."""
        return self.bounce or self.templates[language].sender

    @property
    def fingerprint(self) -> str:
        """The digest by which a campaign recognizes its letter: one changed byte makes another letter."""
        digests = [f"{language}={self.sha256[language]}" for language in self.languages]
        return hashlib.sha256("\n".join([self.version, self.effective, *digests]).encode()).hexdigest()

    @property
    def sender_domain(self) -> str:
        """The domain of From, which is also that of the Message-IDs."""
        return self.templates[self.languages[0]].sender.rpartition("@")[2]


def reject_replaced_letter(folder: Path) -> None:
    """Raise InputError if a letter beside this one withdraws its version or brings it forward.

    The folder itself may be gone: a build removes the letters of such versions.
    """
    version = folder.name
    for path in sorted(folder.resolve().parent.glob("*/letter.json")):
        try:
            record = parse_json(read_input_file(path, _MAX_BYTES, _REBUILD))
            newer = str(record["version"])
            is_withdrawn = version in record.get("withdraws", ())
            is_brought_forward = version in record.get("brings_forward", ())
        except (InputError, ValueError, KeyError, TypeError, AttributeError):
            continue  # a damaged letter says nothing of others
        if is_withdrawn:
            raise InputError(f"version {version} is withdrawn by {newer}; send the letter of {newer} instead")
        if is_brought_forward:
            raise InputError(
                f"version {version} is brought forward by {newer}; send the letter of {newer} instead"
            )


@dataclass(frozen=True, slots=True)
class LetterFolder:
    """The folder that `--letter` names: its letter, or the error for one that is missing or damaged."""

    path: Path
    letter: Letter | None
    error: InputError | None = None

    @property
    def version(self) -> str:
        """The version by the name of the folder, as `build` names it."""
        return self.path.absolute().name

    def require_letter(self) -> Letter:
        """Return the letter; raise InputError for one that is missing or damaged."""
        if self.letter is None:
            assert self.error is not None
            raise self.error
        return self.letter


def read_letter_folder(path: Path) -> LetterFolder:
    """Read a folder whose letter may be in the ledger already, and so may be missing or damaged here."""
    try:
        return LetterFolder(path, load_letter(path))
    except InputError as error:
        return LetterFolder(path, None, error)


def load_letter(folder: Path) -> Letter:
    """Load and verify a folder such as out/letters/2.0; raise InputError for a damaged one."""
    return parse_letter(lambda name: _read_file(folder / name), str(folder))


def _read_file(path: Path) -> bytes:
    return read_input_file(path, _MAX_BYTES, _REBUILD)


def parse_letter(read_file: Callable[[str], bytes], place: str) -> Letter:
    """Verify the files of a letter, which `read_file` returns by name; `place` is theirs in messages.

    Raises InputError for a damaged letter.
    """
    octets = read_file(METADATA_FILE)
    try:
        record = parse_json(octets)
    except ValueError:
        raise InputError(f"{place}/{METADATA_FILE}: cannot be read (not JSON in UTF-8); {_REBUILD}") from None
    try:
        return _parse_letter(read_file, place, octets, record)
    except (KeyError, TypeError, AttributeError):
        raise InputError(
            f"{place}/{METADATA_FILE}: not a letter.json of schema {_SCHEMA}; {_REBUILD}"
        ) from None


def _parse_letter(
    read_file: Callable[[str], bytes], place: str, octets: bytes, record: Mapping[str, Any]
) -> Letter:
    if record["schema"] == _OLDER_SCHEMA:
        raise InputError(f"{place}/{METADATA_FILE}: from an older release; run build again with this one")
    if record["schema"] != _SCHEMA:
        raise InputError(f"{place}/{METADATA_FILE}: unknown schema; update this tool")
    entry = str(record["entry"])
    languages = tuple(str(language) for language in record["languages"])
    sha256 = {language: str(record["sha256"][language]) for language in languages}
    # Languages are names of files.
    if not languages or not all(_LANGUAGE.fullmatch(language) for language in languages):
        raise TypeError
    if not all(_SHA256.fullmatch(digest) for digest in (entry, *sha256.values())):
        raise TypeError
    files = {f"{language}.eml": read_file(f"{language}.eml") for language in languages}
    return Letter(
        version=str(record["version"]),
        level=str(record["level"]),
        published=str(record["published"]),
        effective=str(record["effective"]),
        languages=languages,
        sha256=sha256,
        entry=entry,
        templates={
            language: _parse_template(
                f"{place}/{language}.eml", files[f"{language}.eml"], sha256[language], entry
            )
            for language in languages
        },
        files={METADATA_FILE: octets, **files},
        redactions=_parse_count(record, "redactions") or 0,
        lead_days=_parse_count(record, "lead_days"),
        audiences=parse_letter_audiences(record),
        bounce=_parse_bounce_address(place, record),
    )


def _parse_count(record: Mapping[str, Any], key: str) -> int | None:
    count = record.get(key)
    if count is not None and type(count) is not int:
        raise TypeError
    return count


def _parse_bounce_address(place: str, record: Mapping[str, Any]) -> str | None:
    address = record.get("bounce")
    if address is None:
        return None
    if not isinstance(address, str):
        raise TypeError
    with suppress(RejectedFieldError):
        mailbox = parse_address(address)
        if isinstance(mailbox, Mailbox) and mailbox.address.isascii():
            return mailbox.address
    raise InputError(f"{place}/{METADATA_FILE}: bounce is no mail address in plain ASCII; {_REBUILD}")


def _parse_template(path: str, content: bytes, sha256: str, entry: str) -> MessageTemplate:
    # A letter edited after the build would not be the one that was reviewed.
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputError(f"{path}: does not match letter.json; {_REBUILD}")
    lines = content.split(b"\r\n")
    # A bare CR or LF can smuggle a second message past some servers (CVE-2023-51764).
    if lines[-1] or any(b"\n" in line or b"\r" in line or b"\0" in line for line in lines):
        raise InputError(f"{path}: a line does not end in CRLF (RFC 5322 section 2.3); {_REBUILD}")
    if any(len(line) > _MAX_LINE_OCTETS for line in lines):
        raise InputError(f"{path}: a line is longer than {_MAX_LINE_OCTETS} octets; {_REBUILD}")
    # Once for all addressees: nothing below the headers differs.
    dot_stuffed_body = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
    return MessageTemplate(_parse_sender(path, content, entry), dot_stuffed_body)


def _parse_sender(path: str, content: bytes, entry: str) -> str:
    """Check the headers, and return the address of From, to which reports go if `bounce` is missing."""
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)
    reserved = [name for name in _RESERVED_HEADERS if name in message]
    if reserved:
        raise InputError(f"{path}: must not contain {', '.join(reserved)}; {_REBUILD}")
    # Each letter is a witness of its entry in the public log: it must not name another one.
    if any(str(value).strip() != entry for value in message.get_all(_ENTRY_HEADER, ())):
        raise InputError(f"{path}: {_ENTRY_HEADER} is not the entry in letter.json; {_REBUILD}")
    header = message["From"]
    senders: tuple[Address, ...] = header.addresses if header else ()
    if len(senders) != 1 or message["Subject"] is None or not senders[0].domain:
        raise InputError(f"{path}: needs a Subject and a From with one address; {_REBUILD}")
    try:
        domain = idna.encode(senders[0].domain, uts46=True).decode("ascii")
    except UnicodeError:  # which IDNAError is
        raise InputError(f"{path}: the domain of From is not valid; {_REBUILD}") from None
    sender = f"{senders[0].username}@{domain}"
    if not sender.isascii() or re.search(r"[\s<>,]", sender):
        raise InputError(f"{path}: the address of From must be plain ASCII, since bounces go there")
    return sender


def format_to_header(address: str, name: str | None) -> str:
    """Return the folded value of To; a name becomes encoded words (RFC 2047), so it is never syntax."""
    if not name:
        return f"<{address}>"
    return "\r\n ".join([*encode_words(name), f"<{address}>"])
