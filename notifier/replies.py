"""Parse SMTP replies (RFC 5321 section 4.2) and classify what each means for one message. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_REPLY_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*?))?\r?\n", re.DOTALL)
_ENHANCED_CODE = re.compile(rb"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?= |$)")  # RFC 3463 section 2
# A hostile or broken server could send a line, or a reply, that never ends; these bound our memory.
_MAX_LINE_OCTETS = 8192  # sixteen times the limit of RFC 5321 section 4.5.3.1.5
_MAX_REPLY_LINES = 128
# RFC 5321 section 4.2.1: the first digit carries the meaning; clients must not depend on the others.
_START_MAIL_INPUT, _TRANSIENT, _PERMANENT = 354, 400, 500


class NoValidReplyError(OSError):
    """The server closed the connection, was silent until the deadline, or sent no valid reply."""


class ReplyReader:
    """Splits the bytes received from a server into replies; `unread` holds what is not yet parsed."""

    def __init__(self) -> None:
        self.unread = b""
        self._code = b""
        self._texts: list[bytes] = []

    def feed(self, octets: bytes) -> None:
        """Add received bytes; raise NoValidReplyError for empty input: the connection was closed."""
        if not octets:
            raise NoValidReplyError("connection closed")
        self.unread += octets

    def next_reply(self) -> tuple[int, bytes] | None:
        """Return the code and text of the next complete reply, or None until more bytes arrive."""
        while b"\n" in self.unread:
            line, _, self.unread = self.unread.partition(b"\n")
            match = _REPLY_LINE.fullmatch(line + b"\n")
            if not match or match[1] != (self._code or match[1]):
                raise NoValidReplyError("not an SMTP reply")
            self._code = match[1]
            self._texts.append(match[3] or b"")
            if match[2] != b"-":
                text = b"\n".join(self._texts)
                self._code, self._texts = b"", []
                return int(match[1]), text
            if len(self._texts) == _MAX_REPLY_LINES:
                raise NoValidReplyError("the reply has too many lines")
        if len(self.unread) > _MAX_LINE_OCTETS:
            raise NoValidReplyError("the line is too long")
        return None


class Phase(Enum):
    """The part of an SMTP transaction that a reply belongs to."""

    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    BODY = auto()
    DOT = auto()


class Verdict(Enum):
    """What a reply means for one message."""

    CONTINUE = auto()
    SENT = auto()
    RETRY = auto()
    REFUSED = auto()
    UNKNOWN = auto()
    ABORT = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's reply in one phase; code 0 if none arrived or it was invalid."""

    phase: Phase
    code: int
    enhanced_code: str = ""

    @classmethod
    def parse(cls, phase: Phase, code: int, text: bytes) -> Reply:
        """Build a reply; of its text only the enhanced status code is kept: the rest may quote an address."""
        # 354 is the only 3xx code, and the only positive reply to DATA (RFC 5321 section 4.3.2). Anything
        # else, such as 250 to DATA, means that server and client no longer agree on the phase.
        if code < _TRANSIENT and (code == _START_MAIL_INPUT) != (phase is Phase.DATA):
            code = 0
        enhanced = _ENHANCED_CODE.match(text)
        return cls(phase, code, enhanced[0].decode() if code and enhanced else "")

    @property
    def verdict(self) -> Verdict:
        """What the reply means for the message."""
        return _classify(self.phase, self.code)

    @property
    def summary(self) -> str:
        """The reply in the form the ledger stores, such as `RCPT 550 5.1.1`; never contains an address."""
        if not self.code:
            return f"{self.phase.name} -"
        return f"{self.phase.name} {self.code} {self.enhanced_code}".rstrip()


def _classify(phase: Phase, code: int) -> Verdict:
    if code == 0:
        # Before the dot, a lost connection means "not sent"; after it, nobody can know (RFC 1047).
        return Verdict.UNKNOWN if phase is Phase.DOT else Verdict.RETRY
    if code < _TRANSIENT:
        return Verdict.SENT if phase is Phase.DOT else Verdict.CONTINUE
    if code < _PERMANENT:
        return Verdict.RETRY
    return Verdict.ABORT if phase is Phase.MAIL else Verdict.REFUSED


@dataclass(frozen=True, slots=True)
class Envelope:
    """Sender and recipient of one message; the recipient is SMTP's word for the addressee."""

    sender: str
    recipient: str

    def build_commands(self) -> list[tuple[Phase, bytes]]:
        """Return the commands that open a mail transaction, each with its phase."""
        utf8 = "" if self.recipient.isascii() else " BODY=8BITMIME SMTPUTF8"  # RFC 6531 section 3.4
        return [
            (Phase.MAIL, f"MAIL FROM:<{self.sender}>{utf8}\r\n".encode()),
            (Phase.RCPT, f"RCPT TO:<{self.recipient}>\r\n".encode()),
            (Phase.DATA, b"DATA\r\n"),
        ]
