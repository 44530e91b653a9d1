"""Findings as lines for people, as JSON, and as annotations on a pull request (contract §6)."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from policy.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policy.findings import Finding

_ANNOTATIONS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def format_text(findings: Sequence[Finding]) -> str:
    """Print one line a finding, in the form that editors and terminals can jump to, and a sum."""
    lines = [
        f"{path}:{line}:{column}: {f.severity.value}: {f.message}; {f.hint} [{f.rule}]"
        for f in findings
        for path, line, column in [f.location]
    ]
    return "\n".join([*lines, _sum(findings)])


def _sum(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "accepted finding"}
    parts = [f"{counts[key]} {name}{'s' * (counts[key] != 1)}" for key, name in names.items() if counts[key]]
    return ", ".join(parts) or "nothing to mend"


def format_json(findings: Sequence[Finding]) -> str:
    """Print the list that contract §6 fixes."""
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
    """Print GitHub's workflow commands; paths count from the folder that the job runs in."""
    prefix = Path(os.path.relpath(source)).as_posix()
    return "\n".join(
        f"::{_ANNOTATIONS[f.severity]} file={_property(f'{prefix}/{path}'.removeprefix('./'))},"
        f"line={line},col={column},title={_property(f.rule)}::{_data(f'{f.message}; {f.hint}')}"
        for f in findings
        for path, line, column in [f.location]
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
