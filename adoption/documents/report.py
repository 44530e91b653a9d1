"""The report of an import: what was left out, what was guessed, and what an editor must look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from common.messages import Message

_MAX_QUOTE_LENGTH = 70


class ReportKind(Enum):
    """What a line of the report is about."""

    DROPPED = "dropped"  # words of the file that are in no section
    REPEATED = "repeated"  # words that are in several sections and once in the file
    GUESS = "guess"  # what the file does not say beyond doubt
    LOSS = "loss"  # structure that is missing, or that the content cannot have
    CONTRADICTION = "contradiction"  # what the text says in two ways
    TO_DO = "to do"  # what only the editor knows


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of the report; `words` are the words of the file that it is about, all of them."""

    kind: ReportKind
    message: Message
    words: str = ""


def report_dropped(part: Message, words: str) -> ReportLine:
    """Return the line about a part of the file that is not imported, with all of its words."""
    message = Message("not imported: {part}, '{quote}'", part=part, quote=shorten_quote(words))
    return ReportLine(ReportKind.DROPPED, message, words)


def shorten_quote(text: str) -> str:
    """Return text for a line of the report, at most 70 characters of it."""
    text = " ".join(text.split())
    return text if len(text) <= _MAX_QUOTE_LENGTH else text[: _MAX_QUOTE_LENGTH - 1].rstrip() + "…"


def join_quoted(texts: Iterable[str]) -> str:
    """Return texts for a line of the report, each in quotation marks."""
    return ", ".join(f"'{text}'" for text in texts)
