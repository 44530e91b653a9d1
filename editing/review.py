"""What the reviewers of a change need to know: versions, findings and redline.

All commits since a base count as one change, as after a merge or a squash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from changelog.change_set import collect_changes_since_base
from changelog.history import read_revisions, read_working_tree
from changelog.versions import Version
from changelog.working_copy import read_working_copy
from common.messages import Message
from editing.checking import append_working_tree, check_revisions, read_committed
from editing.diffing import Comparison, compute_redlines
from editing.finding_groups import FindingGroups, group_findings
from editing.submission import find_new_versions
from policy.findings import ContentError


@dataclass(frozen=True)
class Review:
    """A change since `base`, as it would be published on `today`.

    `new_versions` are those that it makes, and `overtaken_versions` the published ones that will then not
    take effect. `comparison` is None if the content cannot be read; the findings say why.
    """

    base: str
    today: date
    findings: FindingGroups
    new_versions: tuple[Version, ...]
    overtaken_versions: tuple[Version, ...]
    comparison: Comparison | None


def prepare_review(source: Path, base: str, today: date) -> Review:
    """Compare the working tree with a base; raise HistoryError if the base is not a commit with a policy."""
    working_tree = read_working_tree(source, today)
    base_revisions = list(read_revisions(source, base))
    revisions = append_working_tree(read_committed(source, base), working_tree)
    working_copy = read_working_copy(source)
    findings = check_revisions(revisions, today, base_revisions, working_copy)
    base_commits = {revision.commit for revision in base_revisions}
    common = [revision for revision in revisions if revision.commit in base_commits] or base_revisions
    # Merged today, the commits of the branch are one revision.
    merged = append_working_tree(common, working_tree)
    try:
        change = collect_changes_since_base(base_revisions, merged, today).changes[0]
    except ContentError:
        groups = FindingGroups(findings, ())
        return Review(base, today, groups, (), (), None)
    new_versions, overtaken_versions = find_new_versions(merged, common)
    comparison = Comparison(base, Message("this change"), compute_redlines(change.before, change.after))
    groups = group_findings(findings, check_revisions(common, today))
    return Review(base, today, groups, new_versions, overtaken_versions, comparison)
