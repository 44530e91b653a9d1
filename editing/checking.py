"""What stands on the disk, judged by every rule there is: the recipe of `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changelog import checks as changes
from changelog.change_set import ChangeSet, collect_changes_since_base, collect_changes_since_last_note
from changelog.history import Revision, read_revisions, read_working_tree
from changelog.replay import build_version_log
from changelog.repository import NoHistoryError
from generator import urls
from policy import checks
from policy.checks.context import PolicyCheckContext
from policy.checks.rule import apply_acceptances
from policy.findings import ContentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from policy.findings import Finding


def check_content(
    source: Path, today: date, base: str | None = None, *, strict: bool = False
) -> tuple[Finding, ...]:
    """Find everything that an editor must mend; all since the commit `base` is judged as one change.

    HistoryError where the clone is cut or `base` is no commit. Where there is no history yet, the policy is
    judged as it stands.
    """
    draft = read_working_tree(source, today)
    line = append_working_tree(read_committed(source, base), draft)
    try:
        found = (
            collect_changes_since_base(list(read_revisions(source, base)), line, today)
            if base
            else collect_changes_since_last_note(line, today)
        )
    except ContentError as error:
        return error.findings
    policy = found.newest.policy
    base_url = policy.settings.base_url
    linked = any(base_url in section.body for own in policy.sections.values() for section in own)
    subject = PolicyCheckContext(policy, draft.files, _pages(line, base_url) if linked else frozenset())
    findings = checks.run_checks(subject, strict=strict) + _about_changes(found, subject, line, today)
    return apply_acceptances(findings, policy.settings.accepted, today)


def read_committed(source: Path, base: str | None = None) -> list[Revision]:
    """Give the published line; nothing where there is none yet and nobody asked for a part of it."""
    try:
        return list(read_revisions(source))
    except NoHistoryError:
        if base:
            raise
        return []


def append_working_tree(line: list[Revision], draft: Revision) -> list[Revision]:
    """Add what is not committed, if it differs from what is."""
    return line if line and line[-1].files == draft.files else [*line, draft]


def _about_changes(
    found: ChangeSet, subject: PolicyCheckContext, line: Sequence[Revision], today: date
) -> list[Finding]:
    return changes.run_checks(changes.ChangeCheckContext(found, subject, line, today))


def _pages(line: Sequence[Revision], base_url: str) -> frozenset[str]:
    """Give the addresses that a text may link to: they stand there for ever, or always."""
    found = set()
    for version in build_version_log(line).versions:
        for locale in version.documents:
            found |= {
                urls.home_path(locale),
                urls.changelog_path(locale),
                urls.version_path(locale, version.number),
            }
            found |= {
                urls.changes_path(locale, version.number),
                urls.help_centre_path(locale),
                urls.feed_path(locale),
            }
    return frozenset(base_url + path for path in found)
