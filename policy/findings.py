"""The value for everything an editor has to fix, whoever finds it: the YAML reader, the loader or a check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from common.errors import InputError
from common.messages import Message, Translator


class Severity(StrEnum):
    """How serious a finding is: an error fails the command, the others are for information."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Location(NamedTuple):
    """A place in the content: the path below the source folder; line and column count from 1."""

    path: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at one location, with a hint that says what to do about it.

    The defaults are those of content that cannot be read. A rule of `check` sets its own id and severity.
    """

    location: Location
    message: Message
    hint: Message
    rule: str = "unreadable"
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """Return the finding as one line in English."""
        return self.translate(str)

    def translate(self, translator: Translator) -> str:
        """Return the finding as one line, `path:line:column: message; hint`, in the translator's language."""
        path, line, column = self.location
        message, hint = self.message.translate(translator), self.hint.translate(translator)
        return f"{path}:{line}:{column}: {message}; {hint}"


class ContentError(InputError):
    """The content cannot be read. Holds every finding at once, in the order of files and lines."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sort_findings(findings)
        super().__init__(*self.findings)


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each finding once, in the order in which one reads the files, the same in every language."""
    return tuple(
        sorted(set(findings), key=lambda f: (f.location, f.rule, f.severity, str(f.message), str(f.hint)))
    )
