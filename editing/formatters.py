"""Findings as lines for people, as JSON, and as annotations on a pull request."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from common.characters import escape_line, format_printable_json
from common.messages import Message, Translator
from policy.findings import Finding, Severity

_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
SEVERITY_LABELS = {
    Severity.ERROR: Message("error"),
    Severity.WARNING: Message("warning"),
    Severity.INFO: Message("info"),
}


def format_lines(findings: Sequence[Finding], translator: Translator) -> list[str]:
    """Return one line for each finding, in the form that editors and terminals can jump to, and a summary."""
    lines = [
        f"{path}:{line}:{column}: {SEVERITY_LABELS[f.severity].translate(translator)}: "
        f"{format_problem(f, translator)} [{f.rule}]"
        for f in findings
        for path, line, column in [f.location]
    ]
    return [*lines, format_summary(findings, translator)]


def format_problem(finding: Finding, translator: Translator) -> str:
    """Return what is wrong and what to do."""
    return f"{finding.message.translate(translator)}; {finding.hint.translate(translator)}"


def format_summary(findings: Sequence[Finding], translator: Translator) -> str:
    """Return how many findings there are of each severity."""
    counts = Counter(finding.severity for finding in findings)
    counted = [_count_findings(severity, counts[severity]) for severity in Severity if counts[severity]]
    parts = [message.translate(translator) for message in counted or [Message("no problems found")]]
    return ", ".join(parts)


def _count_findings(severity: Severity, count: int) -> Message:
    match severity, count:
        case Severity.ERROR, 1:
            return Message("1 error")
        case Severity.ERROR, _:
            return Message("{count} errors", count=count)
        case Severity.WARNING, 1:
            return Message("1 warning")
        case Severity.WARNING, _:
            return Message("{count} warnings", count=count)
    return Message("{count} for information", count=count)


def format_json(findings: Sequence[Finding], translator: Translator) -> str:
    """Return a JSON array of the findings, each with rule, severity, location, message and hint."""
    rows = [
        {
            "rule": finding.rule,
            "severity": finding.severity,
            **finding.location._asdict(),
            "message": finding.message.translate(translator),
            "hint": finding.hint.translate(translator),
        }
        for finding in findings
    ]
    return format_printable_json(rows)


def format_annotations(findings: Sequence[Finding], translator: Translator, source: Path) -> str:
    """Return GitHub's workflow commands, with paths relative to the folder that the job runs in.

    Line ends and other characters that nobody sees are spelled out: what follows them is no command.
    """
    prefix = Path(os.path.relpath(source)).as_posix()
    return "\n".join(
        f"::{_GITHUB_LEVELS[f.severity]} file={_escape_property(f'{prefix}/{path}'.removeprefix('./'))},"
        f"line={line},col={column},title={_escape_property(f.rule)}::"
        f"{_escape_data(format_problem(f, translator))}"
        for f in findings
        for path, line, column in [f.location]
    )


# The two escapings of @actions/core, packages/core/src/command.ts, which has more for line ends.
def _escape_data(text: str) -> str:
    return escape_line(text).replace("%", "%25")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
