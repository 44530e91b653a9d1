"""The changes that `check` looks at, each with the snapshots before and after it.

They depend on `--base`:

- Without a base, every change since the last one with a note is looked at by itself, that one and uncommitted
  edits included. Older changes are published, and no edit can correct them.
- With a base, all commits since it and uncommitted edits count as one change, since a pull request may have
  its texts and its note in different commits. The content of the base is published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from changelog.adoption import NOTHING_ADOPTED, Adoption, find_adoption
from changelog.days import get_day_in_oslo
from changelog.history import Revision
from changelog.minimum_level import LevelAssessment, assess_minimum_level
from changelog.section_ids import TouchedSections, find_touched_sections_in_any_language, map_to_current_ids
from changelog.snapshots import Snapshot, read_snapshots
from policy.document import have_same_text
from policy.findings import ContentError
from policy.models import ChangeNote

_ADOPTED = b"adopted"


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
        """Whether readers find other words or links, or another form."""
        return not have_same_text(self.before.documents, self.after.documents)


@dataclass(frozen=True)
class ChangeSet:
    """The changes to look at, the notes already published, and every snapshot on the way, oldest first.

    `revisions` are those that the snapshots were read from. `steps` are the changes of commits that can
    still be made one: those since the base, those that are not pushed, or without a branch to push to those
    since the last note. `uncommitted` is the change that is not committed. `other_notes` are the notes of the
    base that this branch lacks. No change leads to an imported version.
    """

    changes: tuple[Change, ...]
    published_notes: Mapping[str, ChangeNote]
    snapshots: tuple[Snapshot, ...]
    revisions: tuple[Revision, ...]
    steps: tuple[Change, ...] = ()
    uncommitted: Change | None = None
    other_notes: Mapping[str, ChangeNote] = field(default_factory=dict)
    adoption: Adoption = NOTHING_ADOPTED

    @property
    def oldest_own_snapshot(self) -> Snapshot:
        """The snapshot that the oldest change starts from: the last imported one, if some are."""
        return self.snapshots[self.adoption.start]

    @property
    def imported_notes(self) -> Mapping[str, ChangeNote]:
        """The notes that describe imported versions."""
        return self.oldest_own_snapshot.policy.notes if self.adoption.imported_count else {}

    @property
    def newest_snapshot(self) -> Snapshot:
        """The newest snapshot, of the working tree or of the last commit."""
        return self.snapshots[-1]


@dataclass(frozen=True)
class UpstreamBranch:
    """The branch that commits are pushed to: its revisions, and the commits of this branch that it lacks."""

    revisions: Sequence[Revision]
    unpushed: Collection[str]


def collect_changes_since_last_note(
    revisions: Iterable[Revision], today: date, upstream: UpstreamBranch | None = None
) -> ChangeSet:
    """Return the last change with a note and each one after it.

    `revisions` are the whole history, oldest first, uncommitted edits last. Published are the notes that
    `upstream` holds, or else those that are committed. Raise ContentError if the newest cannot be read.
    """
    revisions = tuple(revisions)
    snapshots = tuple(read_snapshots(revisions, []))
    adoption = find_adoption(snapshots)
    changes = _list_changes(snapshots[adoption.start :], today)
    last_with_note = max((number for number, change in enumerate(changes) if change.notes), default=0)
    committed = [change for change in changes if change.commit]
    if upstream:
        steps = [change for change in committed if change.commit in upstream.unpushed]
        published = _list_upstream_snapshots(upstream, revisions, snapshots)
        shared_commits = {snapshot.commit for snapshot in snapshots}
        shared = [snapshot for snapshot in published if snapshot.commit in shared_commits]
        # A note that another editor has pushed since is not missing here.
        known = {*_collect_first_wordings(shared), *snapshots[-1].policy.notes}
    else:
        last_committed = max((number for number, change in enumerate(committed) if change.notes), default=-1)
        steps = committed[last_committed + 1 :]
        published = [snapshot for snapshot in snapshots if snapshot.commit]
        known = set(_collect_first_wordings(published))
    published_notes = _collect_first_wordings(published)
    return ChangeSet(
        tuple(changes[last_with_note:]),
        {name: note for name, note in published_notes.items() if name in known},
        snapshots,
        revisions,
        tuple(steps),
        next((change for change in changes if not change.commit), None),
        _find_other_notes(published[-1:], snapshots) if upstream else {},
        adoption,
    )


def _list_changes(snapshots: Iterable[Snapshot], today: date) -> list[Change]:
    """Return each change that a snapshot brings: other words, or a new note."""
    known_notes: set[str] = set()
    changes: list[Change] = []
    before: Snapshot | None = None
    for after in snapshots:
        notes = {name: note for name, note in after.policy.notes.items() if name not in known_notes}
        if before is None or notes or not have_same_text(before.documents, after.documents):
            if before is not None:
                changes.append(Change(before, after, notes, _get_publication_day(after, today), after.commit))
            before = after
        known_notes.update(notes)
    return changes


def _collect_first_wordings(snapshots: Iterable[Snapshot]) -> Mapping[str, ChangeNote]:
    """Return every note as it was when it first appeared."""
    notes: dict[str, ChangeNote] = {}
    for snapshot in snapshots:
        for name, note in snapshot.policy.notes.items():
            notes.setdefault(name, note)
    return notes


def _list_upstream_snapshots(
    upstream: UpstreamBranch, revisions: Sequence[Revision], snapshots: Iterable[Snapshot]
) -> list[Snapshot]:
    """Return the snapshots of the branch that commits are pushed to.

    They are among those of this branch, unless others have pushed commits that it lacks.
    """
    if tuple(upstream.revisions) == tuple(revisions[: len(upstream.revisions)]):
        commits = {revision.commit for revision in upstream.revisions}
        return [snapshot for snapshot in snapshots if snapshot.commit in commits]
    return list(_read_snapshots_or_none(upstream.revisions))


def _read_snapshots_or_none(revisions: Iterable[Revision]) -> Iterator[Snapshot]:
    """Yield the snapshots of another branch; what it holds may be unreadable."""
    with suppress(ContentError):
        yield from read_snapshots(revisions, [])


def _find_other_notes(other: Sequence[Snapshot], snapshots: Iterable[Snapshot]) -> Mapping[str, ChangeNote]:
    """Return the notes at the end of another branch that no commit of this one has."""
    own = {note for snapshot in snapshots if snapshot.commit for note in snapshot.policy.notes.items()}
    return {
        name: note
        for snapshot in other[-1:]
        for name, note in snapshot.policy.notes.items()
        if (name, note) not in own
    }


def collect_changes_since_base(
    base: Sequence[Revision], revisions: Sequence[Revision], today: date
) -> ChangeSet:
    """Return one change: everything after the last revision that both histories have.

    Raise ContentError if the newest revision cannot be read.
    """
    base_commits = {revision.commit for revision in base}
    common = [revision for revision in revisions if revision.commit in base_commits] or list(base)
    everything = [*common, *(revision for revision in revisions if revision.commit not in base_commits)]
    adoption, imported = _find_adoption(everything)
    if imported - base_commits:  # a branch that brings an older history along adds no change by that
        common = [revision for revision in everything if revision.commit in base_commits | imported]
    read = (*common, *revisions[-1:])
    snapshots = tuple(read_snapshots(read, []))
    # Where nothing before the newest can be read, it is compared with itself: no change.
    earlier = snapshots[:-1] or snapshots
    published_notes = {
        name: note for snapshot in reversed(earlier) for name, note in snapshot.policy.notes.items()
    }
    # A note that was written after the base and rewritten before today was never published.
    newest = snapshots[-1]
    notes = {name: note for name, note in newest.policy.notes.items() if name not in published_notes}
    known = {revision.commit for revision in common}
    since = [revision for revision in revisions if revision.commit not in known]
    steps = _list_changes(read_snapshots([*common, *since], []), today)
    return ChangeSet(
        (Change(earlier[-1], newest, notes, today, ""),),
        published_notes,
        snapshots,
        read,
        tuple(change for change in steps if change.commit and change.commit not in known),
        next((change for change in steps if not change.commit), None),
        _find_other_notes(list(_read_snapshots_or_none(base)), earlier),
        adoption,
    )


def _get_publication_day(snapshot: Snapshot, today: date) -> date:
    """Return the day on which a snapshot is published; uncommitted edits may be published today."""
    return (get_day_in_oslo(snapshot.time) if snapshot.commit else None) or today


def _find_adoption(revisions: Sequence[Revision]) -> tuple[Adoption, set[str]]:
    """Return what of a whole history was imported, and the commits of that."""
    # Most histories have nothing imported, and to read one takes its time.
    if not any(_ADOPTED in _get_settings_file(revision) for revision in revisions):
        return NOTHING_ADOPTED, set()
    snapshots = list(_read_snapshots_or_none(revisions))
    adoption = find_adoption(snapshots)
    return adoption, {snapshot.commit for snapshot in snapshots[: adoption.imported_count]}


def _get_settings_file(revision: Revision) -> bytes:
    data = revision.files.get("content/policy.yaml")
    return data if isinstance(data, bytes) else b""
