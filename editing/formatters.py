"""Findings as lines for people, as JSON, and as annotations on a pull request (contract §6)."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from policy.checks.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policy.checks.finding import Finding

_FIELDS = ("rule", "severity", "path", "line", "column", "message", "hint")
_ANNOTATIONS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_text(findings: Sequence[Finding]) -> str:
    """Print one line a finding, in the form that editors and terminals can jump to, and a sum."""
    lines = [
        f"{f.path}:{f.line}:{f.column}: {f.severity.value}: {f.message}; {f.hint} [{f.rule}]"
        for f in findings
    ]
    return "\n".join([*lines, _sum(findings)])


def _sum(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "accepted finding"}
    parts = [f"{counts[key]} {name}{'s' * (counts[key] != 1)}" for key, name in names.items() if counts[key]]
    return ", ".join(parts) or "nothing to mend"


def as_json(findings: Sequence[Finding]) -> str:
    """Print the list that contract §6 fixes."""
    rows = [{key: asdict(finding)[key] for key in _FIELDS} for finding in findings]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def as_annotations(findings: Sequence[Finding], source: Path) -> str:
    """Print GitHub's workflow commands; paths count from the folder that the job runs in."""
    prefix = Path(os.path.relpath(source)).as_posix()
    return "\n".join(
        f"::{_ANNOTATIONS[f.severity]} file={_property(f'{prefix}/{f.path}'.removeprefix('./'))},"
        f"line={f.line},col={f.column},title={_property(f.rule)}::{_data(f'{f.message}; {f.hint}')}"
        for f in findings
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
