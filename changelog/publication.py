"""What the notes of a revision mean for the versions that wait: overtaking, withdrawing, bringing forward.

docs/reference/history.md has the rules. No text comes into force before the day that was announced unless a
note names the announced version: where something is wrong, the later day applies, and a problem says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from changelog import note_problems
from changelog.corrections import CorrectionConflictError, correct_snapshot
from changelog.days import add_duration
from changelog.note_problems import NoteProblem
from changelog.section_ids import find_touched_sections_in_any_language
from changelog.snapshots import Snapshot
from changelog.versions import Version, tell_only_affected
from changelog.waiting_versions import find_descendants, list_line_ends, list_waiting_versions
from policy.durations import Duration
from policy.models import ChangeNote, Channel


@dataclass(frozen=True)
class Correction:
    """A version in force as its correction makes it: the version that it follows, its content, its day."""

    predecessor: Version
    snapshot: Snapshot
    effective: date


@dataclass(frozen=True)
class Publication:
    """How a revision is published: the version that it is compared with, its day, its effect on others.

    `withdraws` and `brings_forward` are numbers of versions, and `announced` are those of them that people
    have been told of.
    """

    predecessor: Version | None
    effective: date
    withdraws: tuple[str, ...] = ()
    brings_forward: tuple[str, ...] = ()
    announced: tuple[Version, ...] = ()
    corrections: tuple[Correction, ...] = ()
    problems: tuple[NoteProblem, ...] = ()


def plan_publication(
    versions: Sequence[Version],
    find_snapshot: Callable[[str], Snapshot],
    snapshot: Snapshot,
    published: date,
) -> Publication:
    """Return how a revision is published after `versions`, on the day `published`.

    `find_snapshot` returns the snapshot of the newest version, and of each that `list_line_ends` names.
    """
    return _Planner(versions, find_snapshot, snapshot, published).plan()


def find_stated_day(notes: Mapping[str, ChangeNote], published: date) -> date | None:
    """Return the latest day that a note states, None if none does."""
    stated = [
        add_duration(published, note.effective) if isinstance(note.effective, Duration) else note.effective
        for note in notes.values()
        if note.effective is not None
    ]
    return max(stated, default=None)


@dataclass
class _Planner:
    """The work on one revision; collects its problems."""

    versions: Sequence[Version]
    find_snapshot: Callable[[str], Snapshot]
    snapshot: Snapshot
    published: date
    problems: list[NoteProblem] = field(default_factory=list)

    @property
    def notes(self) -> Mapping[str, ChangeNote]:
        """The notes that are new in the revision."""
        return self.snapshot.policy.notes

    @cached_property
    def waiting(self) -> tuple[Version, ...]:
        """The versions that wait on the day of publication."""
        return list_waiting_versions(self.versions, self.published)

    @cached_property
    def line_ends(self) -> tuple[Version | None, ...]:
        """The versions that each stay in force until the next waiting one, and the newest."""
        return list_line_ends(self.versions, self.waiting)

    def plan(self) -> Publication:
        """Return how the revision is published."""
        withdrawn, predecessor = self._find_withdrawn()
        stated = find_stated_day(self.notes, self.published)
        default = predecessor.effective if predecessor else self.published
        day = max(self.published, stated or default)
        remaining = tuple(version for version in self.waiting if version.number not in withdrawn)
        brought = self._find_brought_forward(remaining, day)
        corrections: tuple[Correction, ...] = ()
        correcting_note = next((name for name, note in self.notes.items() if note.also_in_force), "")
        if correcting_note and any(note.withdraws or note.brings_forward for note in self.notes.values()):
            self.problems.append(note_problems.describe_mixed_notes(self.snapshot.commit, correcting_note))
        elif correcting_note and remaining:
            corrections = tuple(self._correct_versions_in_force(correcting_note, stated))
            day = max(day, *(version.effective for version in remaining))
        overtaken = [version for version in remaining if version.effective > day and version not in brought]
        if overtaken:
            announced = max(version.effective for version in overtaken)
            self._report_overtaking(overtaken, day, announced)
            day = announced
            brought = tuple(version for version in brought if version.effective > day)
        announced_versions = tuple(v for v in self.waiting if v.number in withdrawn or v in brought)
        self._check_audiences(announced_versions)
        return Publication(
            predecessor,
            day,
            tuple(v.number for v in self.versions if v.number in withdrawn) if withdrawn else (),
            tuple(version.number for version in brought),
            announced_versions,
            corrections,
            tuple(self.problems),
        )

    def _check_audiences(self, announced: Sequence[Version]) -> None:
        """Report a letter that some do not get who were told of what it withdraws or brings forward."""
        if not tell_only_affected(self.notes.values()):
            return
        told = [audience for note in self.notes.values() for audience in note.affects]
        name = next((name for name, note in self.notes.items() if note.withdraws or note.brings_forward), "")
        for version in announced:
            if Channel.EMAIL not in version.channels:
                continue
            missing = [audience for audience in version.affects if audience not in told]
            if missing or not version.tells_only_affected:
                problem = note_problems.describe_narrow_letter(
                    self.snapshot.commit,
                    name,
                    version.number,
                    told,
                    missing if version.tells_only_affected else (),
                )
                self.problems.append(problem)

    def _find_withdrawn(self) -> tuple[frozenset[str], Version | None]:
        """Return the versions that the notes withdraw, with all that build on them, and where that leads."""
        newest = self.versions[-1] if self.versions else None
        named = self._select_waiting("withdraws")
        if not named:
            return frozenset(), newest
        position = min(self.waiting.index(version) for version in named)
        first, base = self.waiting[position], self.line_ends[position]
        name, commit = self._find_note_with("withdraws", first.number), self.snapshot.commit
        if base is None:
            self.problems.append(note_problems.describe_missing_base(commit, name, first.number))
            return frozenset(), newest
        if not self._check_restored_text(name, base):
            return frozenset(), newest
        unnamed = ", ".join(other.number for other in self.waiting[position:] if other not in named)
        if unnamed:
            self.problems.append(note_problems.describe_unnamed_versions(commit, name, first.number, unnamed))
        return find_descendants(self.versions, first), base

    def _check_restored_text(self, name: str, base: Version) -> bool:
        """Whether the text is that of the version to return to, besides the sections declared to change.

        Report what is not, and sections that are declared in vain.
        """
        commit, current_ids = self.snapshot.commit, self.snapshot.policy.current_ids
        declared = dict.fromkeys(name for note in self.notes.values() for name in note.changed_sections)
        since_base, since_newest = (
            find_touched_sections_in_any_language(documents, self.snapshot.documents, current_ids).ids
            for documents in (base.documents, self.versions[-1].documents)
        )
        # A section that is declared to change, but still is as announced, would come into force unannounced.
        announced = ", ".join(id_ for id_ in since_base if id_ in declared and id_ not in since_newest)
        unchanged = ", ".join(id_ for id_ in declared if id_ not in since_base)
        unrestored = ", ".join(id_ for id_ in since_base if id_ not in declared)
        if announced:
            problem = note_problems.describe_announced_text(commit, name, base.number, announced)
            self.problems.append(problem)
        if unchanged:
            problem = note_problems.describe_unchanged_sections(commit, name, base.number, unchanged)
            self.problems.append(problem)
        if unrestored:
            problem = note_problems.describe_unrestored_text(commit, name, base.number, unrestored)
            self.problems.append(problem)
        return not announced and not unrestored

    def _find_brought_forward(self, remaining: Sequence[Version], day: date) -> tuple[Version, ...]:
        """Return the versions whose text comes into force earlier, as the notes say."""
        named = [version for version in self._select_waiting("brings_forward") if version in remaining]
        for version in named:
            if version.effective <= day:
                name = self._find_note_with("brings_forward", version.number)
                problem = note_problems.describe_late_bringing_forward(
                    self.snapshot.commit, name, version.number, version.effective
                )
                self.problems.append(problem)
        return tuple(version for version in named if version.effective > day)

    def _select_waiting(self, key: str) -> tuple[Version, ...]:
        """Return the waiting versions that the notes name under a key; report other numbers."""
        waiting = {version.number: version for version in self.waiting}
        named: dict[str, Version] = {}
        for name, note in self.notes.items():
            for number in getattr(note, key):
                if number in waiting:
                    named[number] = waiting[number]
                else:
                    problem = note_problems.describe_number_not_waiting(
                        self.snapshot.commit, name, key, number, ", ".join(waiting)
                    )
                    self.problems.append(problem)
        return tuple(named.values())

    def _report_overtaking(self, overtaken: Sequence[Version], day: date, announced: date) -> None:
        # Without a day of its own, a change waits with the newest version.
        name = next((name for name, note in self.notes.items() if note.effective is not None), "")
        if name:
            numbers = [version.number for version in overtaken]
            problem = note_problems.describe_overtaking(self.snapshot.commit, name, numbers, day, announced)
            self.problems.append(problem)

    def _correct_versions_in_force(self, name: str, stated: date | None) -> Iterator[Correction]:
        """Yield the correction of the version in force and of each waiting one but the newest."""
        newest = self.versions[-1]
        before = self.find_snapshot(newest.number)
        for position, end in enumerate(self.line_ends[:-1]):
            if end is None:
                continue
            begin = self.waiting[position - 1].effective if position else self.published
            effective = max(self.published, begin, stated or end.effective)
            if effective >= self.waiting[position].effective:  # it would never be in force
                continue
            try:
                corrected = correct_snapshot(self.find_snapshot(end.number), before, self.snapshot)
            except CorrectionConflictError as error:
                problem = note_problems.describe_conflict(
                    self.snapshot.commit, name, end.number, newest.number, error.reason
                )
                self.problems.append(problem)
                continue
            yield Correction(end, corrected, effective)

    def _find_note_with(self, key: str, number: str) -> str:
        return next(name for name, note in self.notes.items() if number in getattr(note, key))
