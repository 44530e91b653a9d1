"""The input of the rules about changes, and the version log as far as they need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from changelog.change_set import Change, ChangeSet
from changelog.history import Revision
from changelog.minimum_level import LevelAssessment
from changelog.note_problems import NoteProblem, RedactionProblem
from changelog.replay import build_version_log
from changelog.versions import Version, VersionLog
from changelog.working_copy import WorkingCopy
from policy.checks.context import PolicyCheckContext
from policy.durations import Duration
from policy.fields import Locale
from policy.findings import Location
from policy.models import ChangeNote, Level


@dataclass(frozen=True)
class ChangeCheckContext:
    """Changes, the context of the newest policy with its lines, all revisions, and what Git knows of files.

    Without `working_copy` nothing is judged about files that are not committed. `long_letters` are the
    languages in which the letter about the newest change is too long, with its size in bytes.
    """

    change_set: ChangeSet
    policy_context: PolicyCheckContext
    revisions: Sequence[Revision]
    today: date
    working_copy: WorkingCopy = field(default_factory=WorkingCopy)
    long_letters: Mapping[Locale, int] = field(default_factory=dict)

    @cached_property
    def version_log(self) -> VersionLog:
        """The versions that the changes lead to; it takes far longer than the other rules."""
        return build_version_log(self.change_set.revisions)

    @cached_property
    def note_problems(self) -> tuple[NoteProblem, ...]:
        """What the notes of the changes, and all explanations, ask for and do not get."""
        if not self._may_concern_other_versions():
            return ()
        commits = {change.after.commit for change in self.change_set.changes}
        explanations = self.policy_context.policy.explanations
        return tuple(
            problem
            for problem in self.version_log.note_problems
            if problem.commit in commits or problem.note_name in explanations
        )

    @cached_property
    def redaction_problems(self) -> tuple[RedactionProblem, ...]:
        """What is wrong with the rows of `redactions.yaml`, or of one that is gone."""
        return self.version_log.redaction_problems if self._has_redactions() else ()

    @property
    def redacted_current_version(self) -> Version | None:
        """The newest version or the one in force, if a row takes words out of it."""
        return self.version_log.find_redacted_current_version(self.today) if self._has_redactions() else None

    def _has_redactions(self) -> bool:
        return any("content/redactions.yaml" in revision.files for revision in self.revisions)

    def _may_concern_other_versions(self) -> bool:
        """Whether a note names another version, or a day before which an announced one may be waiting."""
        notes = [note for change in self.change_set.changes for note in change.notes.values()]
        published = [*self.change_set.published_notes.values(), *notes]
        return bool(self.policy_context.policy.explanations) or any(
            note.withdraws
            or note.brings_forward
            or note.also_in_force
            or any(_may_be_earlier(note, other) for other in published if other is not note)
            for note in notes
        )

    def find_version(self, change: Change) -> Version:
        """Return the version that a change leads to, the upcoming one if there are two."""
        commit = change.after.commit
        return next(version for version in reversed(self.version_log.versions) if version.commit == commit)

    def get_assessment(self, change: Change) -> LevelAssessment:
        """Return the minimum level of a change; that of a withdrawal is compared with what it returns to."""
        if any(note.withdraws for note in change.notes.values()):
            return self.find_version(change).assessment or change.assessment
        return change.assessment

    def is_explained(self, change: Change) -> bool:
        """Whether a change without a note was explained later; that is not enough for a major one."""
        if not change.commit or not self.policy_context.policy.explanations:
            return False
        is_major = change.assessment.level not in {None, Level.MINOR}
        return not is_major and bool(self.find_version(change).explanation_names)

    def locate_in_note(self, name: str, key: str) -> Location:
        """Return the line of a key in a note."""
        return self.policy_context.locate_key(f"content/{name}", (key,))


def _may_be_earlier(note: ChangeNote, other: ChangeNote) -> bool:
    """Whether a note states a day that may be before that of another one, which is announced."""
    if note.effective is None or (other.level is Level.MINOR and not other.brings_forward):
        return False
    if isinstance(note.effective, Duration) or isinstance(other.effective, Duration):
        return True  # it depends on the days of publication
    return other.effective is not None and note.effective < other.effective
