"""Findings as lines for people, as JSON, and as annotations on a pull request."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from policy.findings import Finding, Severity

_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def format_text(findings: Sequence[Finding]) -> str:
    """Return one line for each finding, in the form that editors and terminals can jump to, and a summary."""
    lines = [
        f"{path}:{line}:{column}: {f.severity.value}: {f.message}; {f.hint} [{f.rule}]"
        for f in findings
        for path, line, column in [f.location]
    ]
    return "\n".join([*lines, _format_summary(findings)])


def _format_summary(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each severity."""
    counts = Counter(finding.severity for finding in findings)
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "accepted finding"}
    parts = [f"{counts[key]} {name}{'s' * (counts[key] != 1)}" for key, name in names.items() if counts[key]]
    return ", ".join(parts) or "no problems found"


def format_json(findings: Sequence[Finding]) -> str:
    """Return a JSON array of the findings, each with rule, severity, location, message and hint."""
    rows = [
        {
            "rule": finding.rule,
            "severity": finding.severity,
            **finding.location._asdict(),
            "message": finding.message,
            "hint": finding.hint,
        }
        for finding in findings
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def format_annotations(findings: Sequence[Finding], source: Path) -> str:
    """Return GitHub's workflow commands, with paths relative to the folder that the job runs in."""
    prefix = Path(os.path.relpath(source)).as_posix()
    return "\n".join(
        f"::{_GITHUB_LEVELS[f.severity]} file={_escape_property(f'{prefix}/{path}'.removeprefix('./'))},"
        f"line={line},col={column},title={_escape_property(f.rule)}::{_escape_data(f'{f.message}; {f.hint}')}"
        for f in findings
        for path, line, column in [f.location]
    )


# The two escapings of @actions/core, packages/core/src/command.ts.
def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
