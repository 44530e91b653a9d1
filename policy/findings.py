"""The value for everything an editor has to fix, whoever finds it: the YAML reader, the loader or a check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from common.errors import InputError


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
    message: str
    hint: str
    rule: str = "unreadable"
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """Return the finding as one line, `path:line:column: message; hint`."""
        path, line, column = self.location
        text = f"{path}:{line}:{column}: {self.message}; {self.hint}"
        return text.replace("\r", "\\r").replace("\n", "\\n")  # a file name may contain a line break


class ContentError(InputError):
    """The content cannot be read. Holds every finding at once, in the order of files and lines."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sort_findings(findings)
        super().__init__(*map(str, self.findings))


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each finding once, in the order in which one reads the files."""
    return tuple(sorted(set(findings), key=lambda f: (f.location, f.rule, f.severity, f.message, f.hint)))
