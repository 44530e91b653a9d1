"""The type of the rules of `check`, and the acceptance of their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from common.messages import Message
from policy.findings import Finding, Severity, sort_findings
from policy.models import AcceptedFinding

Context = TypeVar("Context")


@dataclass(frozen=True)
class Rule(Generic[Context]):
    """One rule of `check`: its id, its severity, and the function that finds violations in a context."""

    id: str
    severity: Severity
    find: Callable[[Context], Iterable[Finding]]

    def apply(self, context: Context) -> Iterator[Finding]:
        """Yield the findings of the rule, with its id and severity."""
        for finding in self.find(context):
            yield replace(finding, rule=self.id, severity=self.severity)


def apply_acceptances(
    findings: Iterable[Finding], accepted: Iterable[AcceptedFinding], today: date
) -> tuple[Finding, ...]:
    """Return the findings sorted; those accepted in policy.yaml are only information until their day."""
    # The day itself is included.
    valid = {entry.rule: entry for entry in accepted if today <= entry.until}
    return sort_findings(_mark_as_accepted(finding, valid.get(finding.rule)) for finding in findings)


def _mark_as_accepted(finding: Finding, entry: AcceptedFinding | None) -> Finding:
    if entry is None:
        return finding
    message = Message(
        "{message} (accepted until {day}: {reason})",
        message=finding.message,
        day=entry.until,
        reason=entry.reason,
    )
    return replace(finding, severity=Severity.INFO, message=message)
