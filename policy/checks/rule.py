"""The rules of `check` as values, and what is done with their findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from policy.findings import Finding, Severity, sort_findings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from policy.models import Accepted

Context = TypeVar("Context")


@dataclass(frozen=True)
class Rule(Generic[Context]):
    """One rule of `check`: its id, its severity, and the function that finds violations in a context."""

    id: str
    severity: Severity
    find: Callable[[Context], Iterable[Finding]]

    def apply(self, context: Context) -> Iterator[Finding]:
        """Yield what the rule finds, with its id and severity."""
        for finding in self.find(context):
            yield replace(finding, rule=self.id, severity=self.severity)


def apply_acceptances(
    findings: Iterable[Finding], accepted: Iterable[Accepted], today: date
) -> tuple[Finding, ...]:
    """Sort findings, and turn those that policy.yaml accepts into information until their day has passed."""
    valid = {entry.rule: entry for entry in accepted if today <= entry.until}
    return sort_findings(_accept(finding, valid.get(finding.rule)) for finding in findings)


def _accept(finding: Finding, entry: Accepted | None) -> Finding:
    if entry is None:
        return finding
    message = f"{finding.message} (accepted until {entry.until}: {entry.reason})"
    return replace(finding, severity=Severity.INFO, message=message)
