"""The last step of an editor: what a commit of text and note would publish, checked as it will be committed.

A commit that no remote has is not published yet, so it may still be replaced: where text and note are in
different commits, or a note is corrected, they become one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from changelog.change_set import Change, UpstreamBranch
from changelog.history import Revision
from changelog.replay import build_version_log
from changelog.snapshots import Snapshot, read_snapshots
from changelog.versions import Version
from changelog.working_copy import WorkingCopy, read_working_copy
from common.characters import escape_line
from common.errors import InputError
from common.messages import Message
from editing.checking import append_working_tree, check_revisions, read_committed
from editing.editor_clone import ChangedFile, EditorClone
from editing.finding_groups import FindingGroups, group_findings
from policy.findings import ContentError, Severity
from policy.models import ChangeNote, Channel

CHANNEL_LABELS = {
    Channel.HELP_CENTRE: Message("the help centre"),
    Channel.LOGIN: Message("a notice at login"),
    Channel.EMAIL: Message("email"),
    Channel.ALERT: Message("an alert on the website"),
}
_SUBJECT_LENGTH = 72  # what `git log --oneline` and most hosts show of a message


@dataclass(frozen=True)
class Submission:
    """What will be committed, and what it publishes.

    `replaced` are the commits, newest first, that become part of the new one. `new_versions` also has those
    of commits that are not pushed yet, and `overtaken_versions` those that will no longer take effect.
    """

    clone: EditorClone
    branch: str
    files: tuple[ChangedFile, ...]
    next_revision: Revision
    replaced: tuple[str, ...]
    findings: FindingGroups
    new_versions: tuple[Version, ...]
    overtaken_versions: tuple[Version, ...]

    @property
    def has_errors(self) -> bool:
        """Whether `check` finds something that must be fixed first."""
        return any(finding.severity is Severity.ERROR for finding in self.findings.urgent)

    @property
    def needs_commit(self) -> bool:
        """Whether there is something to commit; otherwise only a push is missing."""
        return bool(self.files or self.replaced)

    def suggest_message(self) -> str:
        """Return a message for the commit: that of the commit it replaces, or the changed sections."""
        if self.replaced:
            return self.clone.read_message(self.replaced[-1])
        if self.new_versions:
            version = self.new_versions[-1]
            document = next(iter(version.documents.values()))
            touched = {*version.touched_sections.added, *version.touched_sections.changed}
            titles = [section.title for section in document.sections if section.id in touched]
            subject = f"{version.number}: {', '.join(titles)}" if titles else version.number
        else:
            subject = ", ".join(Path(file.path).name for file in self.files)
        subject = escape_line(subject)  # a file name may hold a line end
        return subject if len(subject) <= _SUBJECT_LENGTH else f"{subject[: _SUBJECT_LENGTH - 1]}…"


class _State(NamedTuple):
    """The committed revisions, and the commits of this branch that may be replaced, newest first."""

    committed: list[Revision]
    replaceable: tuple[str, ...]
    has_remotes: bool


def prepare_submission(source: Path, today: date) -> Submission | None:
    """Return what `submit` would do; None if there is nothing to commit or push.

    Raise InputError where a commit is not possible: no branch, an operation in progress, a conflict, no
    identity, or commits that would have to be replaced and cannot be.
    """
    clone = EditorClone(source)
    branch = clone.require_branch()
    next_revision = clone.read_next_commit(today)
    clone.require_identity()
    files = clone.list_changed_files()
    committed = read_committed(source)
    has_remotes = clone.has_remotes()
    unpushed = clone.list_unpushed_commits() if has_remotes and clone.get_head() else ()
    has_unpushed_content = any(revision.commit in unpushed for revision in committed)
    if not files and not has_unpushed_content:
        return None
    # Without a remote nobody can tell whether a commit is published, so only the last may be replaced.
    replaceable = unpushed if has_remotes else (clone.get_head(),)
    state = _State(committed, replaceable, has_remotes)
    kept, replaced = _split_history(clone, state, next_revision)
    revisions = append_working_tree(kept, next_revision)
    published = [revision for revision in kept if revision.commit not in unpushed]
    # What Git does not know yet is added, so only what it ignores is missing from the commit.
    working_copy = WorkingCopy(ignored=read_working_copy(source).ignored)
    upstream = UpstreamBranch(published, unpushed) if has_remotes else None
    findings = group_findings(
        check_revisions(revisions, today, None, working_copy, upstream),
        check_revisions(published, today) if published else (),
    )
    new_versions, overtaken_versions = find_new_versions(revisions, published)
    return Submission(
        clone, branch, files, next_revision, replaced, findings, new_versions, overtaken_versions
    )


def _split_history(
    clone: EditorClone, state: _State, next_revision: Revision
) -> tuple[list[Revision], tuple[str, ...]]:
    """Return the revisions that stay, and the commits, newest first, that become part of the next one."""
    first = _find_first_incomplete(state, next_revision)
    if first is None:
        return state.committed, ()
    replaced = state.replaceable[: state.replaceable.index(first) + 1]
    # The last commit can be amended whatever else it has; several become one only if they are all content.
    is_possible = (
        not clone.is_merge(first) if len(replaced) == 1 else all(map(clone.has_only_content, replaced))
    )
    if not is_possible:
        raise InputError(
            Message(
                "commit {commit} has a text without its note, or a note without its text, and the commits "
                "since then cannot be made one; run: git rebase --interactive {commit}^",
                commit=first[:12],
            )
        )
    position = next(n for n, revision in enumerate(state.committed) if revision.commit in replaced)
    return state.committed[:position], replaced


def _find_first_incomplete(state: _State, next_revision: Revision) -> str | None:
    """Return the oldest replaceable commit that needs the next one to be complete; None if there is none."""
    revisions = append_working_tree(state.committed, next_revision)
    try:
        snapshots = tuple(read_snapshots(revisions, []))
    except ContentError:
        return None  # the findings say so
    known: dict[str, ChangeNote] = {}
    newest_notes = snapshots[-1].policy.notes
    before: Snapshot | None = None
    for after in snapshots:
        notes = {name: note for name, note in after.policy.notes.items() if name not in known}
        known |= notes
        if before is not None and after.commit in state.replaceable:
            is_corrected = any(newest_notes.get(name) != note for name, note in notes.items())
            # Without a remote a note counts as published when it is committed.
            if is_corrected and state.has_remotes:
                return after.commit
            if _is_incomplete(Change(before, after, notes, date.min, after.commit)):
                return after.commit
        before = after
    return None


def _is_incomplete(change: Change) -> bool:
    """Whether a change has a text without a note, or a note without a text."""
    if not change.has_text_changes:
        return bool(change.notes)
    return not change.notes and not change.assessment.is_cosmetic


def find_new_versions(
    revisions: Sequence[Revision], published: Sequence[Revision]
) -> tuple[tuple[Version, ...], tuple[Version, ...]]:
    """Return the versions that are not published yet, and the published ones that they overtake."""
    try:
        versions = build_version_log(revisions).versions
        before = build_version_log(published).versions if published else ()
    except ContentError:
        return (), ()  # the findings say so
    waiting = {version.number for version in before if not version.is_never_in_force}
    overtaken = tuple(v for v in versions[: len(before)] if v.is_never_in_force and v.number in waiting)
    return versions[len(before) :], overtaken


def commit_submission(submission: Submission, message: str, today: date) -> str:
    """Make the commit and return its id; raise InputError if content/ has changed since it was checked."""
    clone = submission.clone
    if clone.read_next_commit(today) != submission.next_revision:
        raise InputError(Message("content/ was changed in the meantime; run this command again"))
    return clone.commit_content(message, submission.replaced)


def describe_submission(submission: Submission, branch: str, remote: str) -> Iterator[Message]:
    """Yield what the editor is shown before the question; `remote` is empty if there is none."""
    for file in submission.files:
        yield _describe_file(file)
    for version in submission.new_versions:
        yield from _describe_version(version)
    if not submission.new_versions:
        yield Message("version   none: readers see no difference")
    if submission.overtaken_versions:
        numbers = ", ".join(version.number for version in submission.overtaken_versions)
        yield Message("overtakes {numbers}: announced, but will not take effect", numbers=numbers)
    for commit in submission.replaced:
        yield Message("replaces  commit {commit}, which has not been pushed", commit=commit[:12])
    if remote:
        yield Message("push      to '{branch}' on {remote}", branch=branch, remote=remote)


def _describe_file(file: ChangedFile) -> Message:
    if file.is_deleted:
        return Message("deleted   {path}", path=file.path)
    return (
        Message("new       {path}", path=file.path)
        if file.is_new
        else Message("changed   {path}", path=file.path)
    )


def _describe_version(version: Version) -> Iterator[Message]:
    """Yield number and level, days, and who is told."""
    yield Message("version   {number}, {level}", number=version.number, level=version.level.value)
    yield Message(
        "days      published {published}, takes effect {effective}",
        published=version.published,
        effective=version.effective,
    )
    channels = tuple(CHANNEL_LABELS[channel] for channel in version.channels)
    if channels:
        yield Message("told      through {channels}", channels=channels)
    else:
        yield Message("told      nobody; readers find it in the change log")
