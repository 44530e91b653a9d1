"""What a mail server can answer and what that means for one letter. Pure, no I/O."""

import re
from dataclasses import dataclass
from enum import Enum, auto

_START_INPUT, _TRANSIENT, _PERMANENT = 354, 400, 500  # RFC 5321 §4.2.1: the first digit tells
_ENHANCED = re.compile(rb"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?= |$)")  # RFC 3463 §2


class Phase(Enum):
    """What the server was asked, and so what its reply is about."""

    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    BODY = auto()
    DOT = auto()


class Verdict(Enum):
    """What an answer means for one letter (contract §7)."""

    GO_ON = auto()
    SENT = auto()
    LATER = auto()
    REFUSED = auto()
    DOUBT = auto()
    STOP = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, or 0 where there was none or none that is one, and the phase that it belongs to."""

    phase: Phase
    code: int
    enhanced: str = ""

    @property
    def verdict(self) -> Verdict:
        """What it means for the letter."""
        return _weighed(self.phase, self.code)

    @classmethod
    def of(cls, phase: Phase, code: int, text: bytes) -> "Answer":
        """Read a reply; of its text only the enhanced code stays, for the rest repeats the address."""
        # 354 is the one 3xx there is, and DATA's one way to say yes (RFC 5321 §4.3.2); anything else is no
        # answer.
        if code < _TRANSIENT and (code == _START_INPUT) != (phase is Phase.DATA):
            code = 0
        enhanced = _ENHANCED.match(text)
        return cls(phase, code, enhanced[0].decode() if code and enhanced else "")

    @property
    def shown(self) -> str:
        """What the ledger keeps of it."""
        return (
            f"{self.phase.name} {self.code} {self.enhanced}".rstrip() if self.code else f"{self.phase.name} -"
        )


def _weighed(phase: Phase, code: int) -> Verdict:
    if code == 0:
        return Verdict.DOUBT if phase is Phase.DOT else Verdict.LATER
    if code < _TRANSIENT:
        return Verdict.SENT if phase is Phase.DOT else Verdict.GO_ON
    if code < _PERMANENT:
        return Verdict.LATER
    return Verdict.STOP if phase is Phase.MAIL else Verdict.REFUSED


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom and to whom, for one message to one addressee."""

    sender: str
    recipient: str

    def commands(self) -> list[tuple[Phase, bytes]]:
        """Return the commands that open a transaction."""
        utf8 = "" if self.recipient.isascii() else " BODY=8BITMIME SMTPUTF8"  # RFC 6531 §3.4
        return [
            (Phase.MAIL, f"MAIL FROM:<{self.sender}>{utf8}\r\n".encode()),
            (Phase.RCPT, f"RCPT TO:<{self.recipient}>\r\n".encode()),
            (Phase.DATA, b"DATA\r\n"),
        ]
