"""Findings of the change at hand, apart from those that were there before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from policy.findings import Finding, Severity, sort_findings


class FindingGroups(NamedTuple):
    """Findings that the change causes, and those of the text before it; errors come first in both."""

    new: tuple[Finding, ...]
    standing: tuple[Finding, ...]

    @property
    def urgent(self) -> tuple[Finding, ...]:
        """The findings of the change and every error, in the order of files and lines."""
        errors = (finding for finding in self.standing if finding.severity is Severity.ERROR)
        return sort_findings((*self.new, *errors))


def group_findings(findings: Iterable[Finding], before: Iterable[Finding]) -> FindingGroups:
    """Return findings in two groups; those of the text `before` are recognised although their line moved."""
    remaining = Counter(map(_identify_finding, before))
    new, standing = [], []
    for finding in findings:
        identity = _identify_finding(finding)
        if remaining[identity]:
            remaining[identity] -= 1
            standing.append(finding)
        else:
            new.append(finding)
    return FindingGroups(_sort_by_severity(new), _sort_by_severity(standing))


def _identify_finding(finding: Finding) -> tuple[str, str, Severity, str]:
    return finding.location.path, finding.rule, finding.severity, str(finding.message)


def _sort_by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with errors first; those of one severity stay in order."""
    order = list(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))
