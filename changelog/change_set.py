"""The changes that `check` looks at, each with the snapshots before and after it.

They depend on `--base`:

- Without a base, every change since the last one with a note is looked at by itself, that one and uncommitted
  edits included. Older changes are published, and no edit can correct them.
- With a base, all commits since it and uncommitted edits count as one change, since a pull request may have
  its texts and its note in different commits. The content of the base is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from changelog.days import get_day_in_oslo
from changelog.history import Revision
from changelog.minimum_level import LevelAssessment, assess_minimum_level
from changelog.redline import TouchedSections, find_touched_sections_in_any_language, map_to_current_ids
from changelog.snapshots import Snapshot, read_snapshots
from policy.document import have_same_text
from policy.models import ChangeNote


@dataclass(frozen=True)
class Change:
    """Two snapshots, the notes that are new in the later one, and the day on which it is published.

    `commit` is empty for uncommitted edits, and for everything since a base.
    """

    before: Snapshot
    after: Snapshot
    notes: Mapping[str, ChangeNote]
    published: date
    commit: str

    @cached_property
    def assessment(self) -> LevelAssessment:
        """The minimum level of this change."""
        current_ids = map_to_current_ids(self.after.documents.values(), self.after.policy.current_ids)
        return assess_minimum_level(self.before, self.after, current_ids)

    @cached_property
    def touched_sections(self) -> TouchedSections:
        """The sections that differ in any language."""
        current_ids = self.after.policy.current_ids
        return find_touched_sections_in_any_language(self.before.documents, self.after.documents, current_ids)

    @property
    def has_text_changes(self) -> bool:
        """Whether readers find other words or links."""
        return not have_same_text(self.before.documents, self.after.documents)


@dataclass(frozen=True)
class ChangeSet:
    """The changes to look at, the notes already published, and every snapshot on the way, oldest first."""

    changes: tuple[Change, ...]
    published_notes: Mapping[str, ChangeNote]
    snapshots: tuple[Snapshot, ...]

    @property
    def newest_snapshot(self) -> Snapshot:
        """The newest snapshot, of the working tree or of the last commit."""
        return self.snapshots[-1]


def collect_changes_since_last_note(revisions: Iterable[Revision], today: date) -> ChangeSet:
    """Return the last change with a note and each one after it.

    `revisions` are the whole history, oldest first, uncommitted edits last. Raise ContentError if the newest
    cannot be read.
    """
    snapshots = tuple(read_snapshots(revisions, []))
    published_notes: dict[str, ChangeNote] = {}
    changes: list[Change] = []
    before: Snapshot | None = None
    for after in snapshots:
        notes = {name: note for name, note in after.policy.notes.items() if name not in published_notes}
        if before is None or notes or not have_same_text(before.documents, after.documents):
            if before is not None:
                changes.append(Change(before, after, notes, _get_publication_day(after, today), after.commit))
            before = after
        if after.commit:  # a note in uncommitted edits is not published yet and may be rewritten
            published_notes.update(notes)
    last_with_note = max((number for number, change in enumerate(changes) if change.notes), default=0)
    return ChangeSet(tuple(changes[last_with_note:]), published_notes, snapshots)


def collect_changes_since_base(
    base: Sequence[Revision], revisions: Sequence[Revision], today: date
) -> ChangeSet:
    """Return one change: everything after the last revision that both histories have.

    Raise ContentError if the newest revision cannot be read.
    """
    base_commits = {revision.commit for revision in base}
    common = [revision for revision in revisions if revision.commit in base_commits] or list(base)
    snapshots = tuple(read_snapshots([*common, *revisions[-1:]], []))
    # Where nothing before the newest can be read, it is compared with itself: no change.
    earlier = snapshots[:-1] or snapshots
    published_notes = {
        name: note for snapshot in reversed(earlier) for name, note in snapshot.policy.notes.items()
    }
    # A note that was written after the base and rewritten before today was never published.
    newest = snapshots[-1]
    notes = {name: note for name, note in newest.policy.notes.items() if name not in published_notes}
    return ChangeSet((Change(earlier[-1], newest, notes, today, ""),), published_notes, snapshots)


def _get_publication_day(snapshot: Snapshot, today: date) -> date:
    """Return the day on which a snapshot is published; uncommitted edits may be published today."""
    return (get_day_in_oslo(snapshot.time) if snapshot.commit else None) or today
