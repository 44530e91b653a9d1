"""What `check` finds: one frozen value a finding, the same for every rule and every format (contract §6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from policy.errors import ContentError
    from policy.models import Accepted


class Severity(StrEnum):
    """How much a finding weighs: an error fails the command, the rest is to be read."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(NamedTuple):
    """Where something stands: path below the source; line and column count from 1."""

    path: str
    line: int = 1
    column: int = 1


class Remark(NamedTuple):
    """What a rule says about one place; `severity` where it is another than the rule's own."""

    place: Place
    message: str
    hint: str
    severity: Severity | None = None


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One thing for an editor to mend or to know; findings sort as one reads the files."""

    path: str
    line: int
    column: int
    rule: str
    severity: Severity
    message: str
    hint: str


Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """One rule of law.md: its id, what its remarks weigh, and the function that finds them."""

    id: str
    severity: Severity
    find: Callable[[Subject], Iterable[Remark]]

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Apply the rule."""
        for remark in self.find(subject):
            severity = remark.severity or self.severity
            yield Finding(*remark.place, self.id, severity, remark.message, remark.hint)


def unreadable(error: ContentError) -> list[Finding]:
    """Give what stopped the reading as findings; nothing else can be judged until it is mended."""
    return [
        Finding(fault.path, fault.line, fault.column, fault.rule, Severity.ERROR, fault.message, fault.hint)
        for fault in error.faults
    ]


def settled(findings: Iterable[Finding], accepted: Iterable[Accepted], today: date) -> list[Finding]:
    """Put findings in order, each once; one that is accepted is information until its day has passed."""
    known = {entry.rule: entry for entry in accepted if today <= entry.until}
    return sorted({_accepted(finding, known.get(finding.rule)) for finding in findings})


def _accepted(finding: Finding, entry: Accepted | None) -> Finding:
    if entry is None:
        return finding
    why = f"{finding.message} (accepted until {entry.until}: {entry.reason})"
    return replace(finding, severity=Severity.INFO, message=why)
