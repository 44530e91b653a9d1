"""The version log: revisions replayed in order to numbers, days and levels (docs/reference/history.md).

A version depends only on the history up to its own revision, with these exceptions: a later revision may
correct the wording of its note, explain it, rename its sections, supersede or withdraw it. So every build
replays the whole history (docs/decisions/no-checkpoint.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from changelog import note_problems
from changelog.adoption import NOTHING_ADOPTED, Adoption, find_adoption
from changelog.days import EARLIEST_DAY, get_day_in_oslo
from changelog.history import Revision
from changelog.log_writer import LogWriter
from changelog.minimum_level import assess_minimum_level
from changelog.note_problems import NoteProblem
from changelog.note_texts import NoteTexts, Wording
from changelog.publication import Publication, plan_publication
from changelog.redactions import RedactionBook
from changelog.section_ids import TouchedSections, find_touched_sections_in_any_language, map_to_current_ids
from changelog.snapshots import Snapshot, read_snapshots
from changelog.versions import (
    Version,
    VersionLevel,
    VersionLog,
    compute_next_minor_number,
    compute_next_number,
    find_version_in_force,
)
from changelog.waiting_versions import mark_versions_never_in_force
from policy.document import Document, have_same_text
from policy.fields import Locale
from policy.models import Policy


def build_version_log(revisions: Iterable[Revision]) -> VersionLog:
    """Return the log of revisions, oldest first; raise ContentError if the newest cannot be read."""
    builder = _VersionLogBuilder()
    builder.replay(revisions)
    return builder.version_log


@dataclass(frozen=True)
class _ReadRevision:
    """A revision that could be read: its snapshot with only its new notes, and the wordings that are new.

    `position` counts the revisions from 0.
    """

    snapshot: Snapshot
    wordings: Mapping[str, Wording]
    position: int


@dataclass
class _VersionLogBuilder:
    """A history while it is replayed: its versions, and the state that the next revision is compared with.

    `snapshots` are those of the version in force and of each later one, by the number of the version.
    `newest_policy` has only the notes that are new in it.
    """

    revision_count: int = 0
    unreadable_warnings: list[str] = field(default_factory=list)
    date_warnings: list[str] = field(default_factory=list)
    note_problems: list[NoteProblem] = field(default_factory=list)
    note_texts: NoteTexts = field(default_factory=NoteTexts)
    versions: list[Version] = field(default_factory=list)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    log_writer: LogWriter = field(default_factory=LogWriter)
    redactions: RedactionBook = field(default_factory=RedactionBook)
    newest_policy: Policy | None = None
    adoption: Adoption = NOTHING_ADOPTED
    is_importing: bool = False

    @property
    def version_log(self) -> VersionLog:
        """The log as it is published: withdrawn and superseded versions marked, redactions applied."""
        assert self.newest_policy
        versions = mark_versions_never_in_force(self.versions)
        problems = tuple(self.redactions.list_problems(self.newest_policy.redactions))
        return VersionLog(
            tuple(map(self.redactions.redact_version, versions)),
            self.newest_policy,
            (*self.unreadable_warnings, *self.date_warnings, *map(str, (*self.note_problems, *problems))),
            self.revision_count,
            tuple(self.log_writer.entries),
            tuple(self.note_problems),
            problems,
            self.adoption.problem,
        )

    def replay(self, revisions: Iterable[Revision]) -> None:
        """Replay all revisions; raise ContentError if the newest cannot be read."""
        # All revisions are read before the first becomes a version: its note may be corrected by the last.
        # The same goes for its words, which a later one may remove.
        snapshots = read_snapshots(
            self._count_revisions(revisions), self.unreadable_warnings, has_unchanged_notes=False
        )
        read = [self._keep_only_new_notes(snapshot, position) for position, snapshot in enumerate(snapshots)]
        self.adoption = find_adoption([revision.snapshot for revision in read])
        for revision in read:
            self._add_revision(revision)

    @property
    def _current_ids(self) -> Mapping[str, str]:
        """The map from each former section id to its id in the newest policy."""
        assert self.newest_policy
        return self.newest_policy.current_ids

    def _count_revisions(self, revisions: Iterable[Revision]) -> Iterator[Revision]:
        """Yield revisions, and record their number."""
        for revision in revisions:
            self.revision_count += 1
            yield revision

    def _keep_only_new_notes(self, snapshot: Snapshot, position: int) -> _ReadRevision:
        """Return a revision with only its new notes; record the newest wording of all, and the redactions."""
        policy = snapshot.policy
        self.redactions.add_revision(policy.redactions, position)
        wordings = self.note_texts.add_revision(policy, get_day_in_oslo(snapshot.time) or EARLIEST_DAY)
        new_names = {name for name, wording in wordings.items() if not wording.correction_count}
        self.newest_policy = replace(
            policy,
            notes={name: note for name, note in policy.notes.items() if name in new_names},
            explanations={name: note for name, note in policy.explanations.items() if name in new_names},
        )
        # Rendered now, its documents are made from blocks that were parsed when it was read.
        kept = replace(snapshot, policy=self.newest_policy, published_documents=snapshot.documents)
        return _ReadRevision(kept, wordings, position)

    def _add_revision(self, revision: _ReadRevision) -> None:
        """Add what a revision publishes: corrected notes, explanations, a new version."""
        self.is_importing = revision.position < self.adoption.imported_count
        if revision.position == self.adoption.imported_count and self.versions:
            self.log_writer.write_adoption(self.versions[-1], self._find_day(revision.snapshot))
        if revision.wordings:
            day = self._find_day(revision.snapshot)
            self.log_writer.write_mended_notes(revision.wordings, self.versions, day)
            self._explain_versions(revision.snapshot, day)
        for row in self.redactions.begin_revision(revision.position):
            for reached in self.redactions.apply_row(row):
                self.log_writer.write_redaction(row, reached, self._find_day(revision.snapshot))
        self._add_version(revision.snapshot)

    def _add_version(self, snapshot: Snapshot) -> None:
        """Add a version if the snapshot changes the text in some language or has a new note."""
        predecessor = self.versions[-1] if self.versions else None
        if predecessor:
            snapshot = _reuse_unchanged_sections(snapshot, predecessor.documents)
        if (
            predecessor is None
            or snapshot.policy.notes
            or not have_same_text(predecessor.documents, snapshot.documents)
        ):
            self._add_versions_of_revision(snapshot)

    def _add_versions_of_revision(self, snapshot: Snapshot) -> None:
        """Add the version of a snapshot, after the versions in force that it corrects."""
        published = self._find_day(snapshot)
        before = self.versions[-1] if self.versions else None
        plan = plan_publication(self.versions, self.snapshots.__getitem__, snapshot, published)
        if not self.is_importing:
            self.note_problems += plan.problems
        number = compute_next_number(self.versions, snapshot.policy.highest_level)
        for correction in plan.corrections:
            base = correction.predecessor
            corrected = _reuse_unchanged_sections(correction.snapshot, base.documents)
            if have_same_text(base.documents, corrected.documents):
                continue
            line = Publication(base, correction.effective)
            line_number = compute_next_minor_number(self.versions, base.number)
            version = self._create_version(corrected, line_number, published, line)
            self._publish(replace(version, counterpart=number), None)
            self.snapshots[version.number] = corrected
        self._publish(self._create_version(snapshot, number, published, plan), before)
        self.snapshots[number] = snapshot
        self._drop_old_snapshots(published)

    def _publish(self, version: Version, before: Version | None) -> None:
        """Add a version and its entry in the log; `before` is the newest one with which languages may go."""
        hashes = self.redactions.compute_hashes(version, self._current_ids)
        entry = self.log_writer.write_publication(version, hashes, before)
        self.versions.append(replace(version, entry_hash=entry.hash))

    def _drop_old_snapshots(self, today: date) -> None:
        """Keep only the snapshots of the version in force and of later ones, which the next may return to."""
        newest = self.versions[-1]
        needed = {newest.number}
        if newest.effective > today:
            held = [version for version in self.versions if version.number in self.snapshots]
            in_force = find_version_in_force(mark_versions_never_in_force(held), today)
            needed |= {version.number for version in held if version.effective > today}
            needed |= {in_force.number} if in_force else set()
        self.snapshots = {number: self.snapshots[number] for number in self.snapshots if number in needed}

    def _explain_versions(self, snapshot: Snapshot, day: date) -> None:
        """Add the explanations that are new in a revision to the versions that they are of."""
        if not snapshot.policy.explanations:
            return
        positions = {version.number: position for position, version in enumerate(self.versions)}
        for name, explanation in snapshot.policy.explanations.items():
            number, commit = explanation.of, snapshot.commit
            if number not in positions:
                newest = self.versions[-1].number if self.versions else "-"
                problem = note_problems.describe_unknown_version(commit, name, number, newest)
                self.note_problems.append(problem)
                continue
            version = self.versions[positions[number]]
            if version.note_names:
                problem = note_problems.describe_explained_version(
                    commit, name, number, version.note_names[0]
                )
                self.note_problems.append(problem)
                continue
            explained = replace(version, explanation_names=(*version.explanation_names, name))
            self.versions[positions[number]] = self._render_notes(explained)
            self.log_writer.write_explanation(explained, day)

    def _render_notes(self, version: Version) -> Version:
        """Return a version with the texts of its notes in their newest wording."""
        names = (*version.note_names, *version.explanation_names)
        texts = {
            locale: self.note_texts.render(locale, names, version.number, version.assessment)
            for locale in version.documents
        }
        last_update = self.note_texts.find_last_update(version.published, names)
        return replace(version, note_texts=texts, last_update=last_update)

    def _create_version(self, snapshot: Snapshot, number: str, published: date, plan: Publication) -> Version:
        """Return the version of a snapshot."""
        notes, documents, predecessor = snapshot.policy.notes, snapshot.documents, plan.predecessor
        current_ids = map_to_current_ids(documents.values(), self._current_ids)
        before = self.snapshots[predecessor.number] if predecessor else None
        return self._render_notes(
            Version(
                number=number,
                level=VersionLevel(snapshot.policy.highest_level.value)
                if predecessor
                else VersionLevel.FIRST,
                published=published,
                effective=plan.effective,
                commit=snapshot.commit,
                note_names=tuple(notes),
                affects=tuple(dict.fromkeys(name for note in notes.values() for name in note.affects)),
                policy=snapshot.policy,
                documents=documents,
                touched_sections=self._find_touched_sections(documents, predecessor),
                note_texts={},
                assessment=assess_minimum_level(before, snapshot, current_ids) if before else None,
                last_update=(published, 0),
                predecessor=predecessor.number if predecessor else "",
                withdraws=plan.withdraws,
                brings_forward=plan.brings_forward,
                inherited_channels=tuple(
                    dict.fromkeys(channel for version in plan.announced for channel in version.channels)
                ),
                is_imported=self.is_importing,
            )
        )

    def _find_day(self, snapshot: Snapshot) -> date:
        """Return the committer's day, or that of the newest entry if it is later or the clock was wrong."""
        earliest = self.log_writer.last_day
        day = get_day_in_oslo(snapshot.time)
        if day is None:
            warning = f"commit {snapshot.commit[:12]} has an impossible date; {earliest} is used instead"
            if warning not in self.date_warnings:
                self.date_warnings.append(warning)
        return max(day or earliest, earliest)

    def _find_touched_sections(
        self, documents: Mapping[Locale, Document], predecessor: Version | None
    ) -> TouchedSections:
        """Return the sections that differ from the predecessor; all of them in the first version."""
        if predecessor is None:
            first_language = next(iter(documents.values()))
            return TouchedSections(added=tuple(section.id for section in first_language.sections))
        return find_touched_sections_in_any_language(predecessor.documents, documents, self._current_ids)


def _reuse_unchanged_sections(snapshot: Snapshot, before: Mapping[Locale, Document]) -> Snapshot:
    """Return the snapshot with the same objects for unchanged sections, so that caches keyed on them hit."""
    documents = {
        locale: document.reuse_unchanged_sections(before[locale]) if locale in before else document
        for locale, document in snapshot.documents.items()
    }
    return replace(snapshot, published_documents=documents)
