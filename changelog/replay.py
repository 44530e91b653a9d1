"""The version log: revisions replayed in order to numbers, days and levels (docs/reference/history.md).

A version depends only on the history up to its own revision, with three exceptions: a later revision may
correct the wording of its note, rename its sections, or supersede it. So a replay can resume from a
checkpoint, unless a revision since then corrects a wording or renames a section: then it starts over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from changelog.days import EARLIEST_DAY, add_duration, get_day_in_oslo
from changelog.history import Revision
from changelog.minimum_level import LevelAssessment, assess_minimum_level
from changelog.redactions import apply_redactions
from changelog.redline import TouchedSections, find_touched_sections_in_any_language, map_to_current_ids
from changelog.snapshots import Snapshot, read_snapshots
from changelog.versions import (
    NoteText,
    Version,
    VersionLevel,
    VersionLog,
    VersionRecord,
    compute_chain_hash,
    compute_sha256,
)
from policy.blocks import Block, TextRun
from policy.document import Document, have_same_text, render_markdown, render_policy_text
from policy.fields import Duration, Locale
from policy.loader import PublishedNotes
from policy.localization import format_term
from policy.models import ChangeNote, Level, Policy

# Returns the revisions from a commit on, that one first; all of them if it is empty or not on the line.
HistoryReader: TypeAlias = Callable[[str], Iterable[Revision]]


def build_version_log(revisions: Iterable[Revision]) -> VersionLog:
    """Return the log of revisions, oldest first; raise ContentError if the newest cannot be read."""
    return replay_history(lambda _: revisions, None).version_log


def replay_history(read_history: HistoryReader, checkpoint: VersionLogBuilder | None) -> VersionLogBuilder:
    """Replay a history, resuming from a checkpoint if its commit is part of the history.

    Raise ContentError if the newest revision cannot be read.
    """
    if checkpoint:
        revisions = iter(read_history(checkpoint.commit))
        # A branch that was reset no longer has the commit, and its history is read from the beginning.
        if next(revisions).commit == checkpoint.commit and checkpoint.replay(revisions):
            return checkpoint
    builder = VersionLogBuilder()
    builder.replay(read_history(""))
    return builder


@dataclass
class VersionLogBuilder:
    """A history replayed up to `commit`: its versions, and the state that the next revision is compared with.

    `last_snapshot` is the snapshot of the last version. `newest_policy` has only the notes that are new
    in it. `notes` have their newest wording, and `note_policies` the policy it was written under:
    placeholders in a note mean the facts of that day.
    """

    commit: str = ""
    revision_count: int = 0
    unreadable_warnings: list[str] = field(default_factory=list)
    date_warnings: list[str] = field(default_factory=list)
    published_notes: PublishedNotes = field(default_factory=PublishedNotes)
    notes: dict[str, ChangeNote] = field(default_factory=dict)
    note_policies: dict[str, Policy] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    last_snapshot: Snapshot | None = None
    newest_policy: Policy | None = None

    @property
    def version_log(self) -> VersionLog:
        """The log as it is published: superseded versions are marked, and redactions applied."""
        assert self.newest_policy
        versions = _mark_superseded(self.versions)
        documents = [(version.number, version.documents) for version in versions]
        redacted, warnings = apply_redactions(documents, self.newest_policy.redactions, self._current_ids)
        return VersionLog(
            tuple(replace(version, **redacted.get(version.number, {})) for version in versions),
            self.newest_policy,
            (*self.unreadable_warnings, *self.date_warnings, *warnings),
            self.revision_count,
        )

    def replay(self, revisions: Iterable[Revision]) -> bool:
        """Replay the revisions that follow.

        Return False if they rewrite the past; the builder must then be discarded. They do if they correct the
        wording of a published note or rename a section. Raise ContentError if the newest cannot be read.
        """
        policies_before, current_ids_before = (
            dict(self.note_policies),
            self.newest_policy and self.newest_policy.current_ids,
        )
        # All revisions are read before the first becomes a version: its note may be corrected by the last.
        snapshots = [
            self._keep_only_new_notes(snapshot)
            for snapshot in read_snapshots(
                self._track_revisions(revisions), self.unreadable_warnings, self.published_notes
            )
        ]
        is_corrected = any(self.note_policies[name] is not policy for name, policy in policies_before.items())
        if current_ids_before is not None and (is_corrected or self._current_ids != current_ids_before):
            return False
        for snapshot in snapshots:
            self._add_version(snapshot)
        return True

    @property
    def _current_ids(self) -> Mapping[str, str]:
        """The map from each former section id to its id in the newest policy."""
        assert self.newest_policy
        return self.newest_policy.current_ids

    def _track_revisions(self, revisions: Iterable[Revision]) -> Iterator[Revision]:
        """Yield revisions, and record their number and the last commit."""
        for revision in revisions:
            self.revision_count += 1
            self.commit = revision.commit
            yield revision

    def _keep_only_new_notes(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot with only its new notes, and record the newest wording of all."""
        policy = snapshot.policy
        reread = {name: note for name, note in policy.notes.items() if self.notes.get(name) is not note}
        new_notes = {name: note for name, note in reread.items() if name not in self.notes}
        for name, note in reread.items():
            if self.notes.get(name) != note:
                # Only settings and facts fill placeholders: the rest would make every checkpoint larger.
                self.note_policies[name] = replace(policy, notes={}, sections={})
        self.notes |= reread
        self.newest_policy = replace(policy, notes=new_notes)
        return replace(snapshot, policy=self.newest_policy)

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
            self.versions.append(self._create_version(snapshot, predecessor))
            self.last_snapshot = snapshot

    def _create_version(self, snapshot: Snapshot, predecessor: Version | None) -> Version:
        """Return the version of a snapshot; `predecessor` is None for the first."""
        notes, documents = snapshot.policy.notes, snapshot.documents
        record = self._create_record(snapshot, predecessor)
        current_ids = map_to_current_ids(documents.values(), self._current_ids)
        assessment = (
            assess_minimum_level(self.last_snapshot, snapshot, current_ids) if self.last_snapshot else None
        )
        return Version(
            **vars(record),
            commit=snapshot.commit,
            note_names=tuple(notes),
            affects=tuple(dict.fromkeys(name for note in notes.values() for name in note.affects)),
            settings=snapshot.policy.settings,
            documents=documents,
            chain_sha256=compute_chain_hash(record, predecessor.chain_sha256 if predecessor else "-"),
            touched_sections=self._find_touched_sections(documents, predecessor),
            note_texts={
                locale: self._render_notes(locale, notes, record.number, assessment) for locale in documents
            },
            assessment=assessment,
        )

    def _create_record(self, snapshot: Snapshot, predecessor: Version | None) -> VersionRecord:
        """Return the part of a version that the hash chain covers."""
        notes = snapshot.policy.notes.values()
        level = max((note.level for note in notes), key=lambda level: level.weight, default=Level.MINOR)
        published = self._find_publication_day(snapshot, predecessor)
        return VersionRecord(
            number=_compute_next_number(predecessor, level),
            level=VersionLevel(level.value) if predecessor else VersionLevel.FIRST,
            published=published,
            effective=_compute_effective_day(notes, published, predecessor),
            text_sha256={
                locale: compute_sha256(render_policy_text(document))
                for locale, document in snapshot.documents.items()
            },
        )

    def _find_publication_day(self, snapshot: Snapshot, predecessor: Version | None) -> date:
        """Return the committer's day, or the predecessor's if that is later or the clock was wrong."""
        earliest = predecessor.published if predecessor else EARLIEST_DAY
        day = get_day_in_oslo(snapshot.time)
        if day is None:
            self.date_warnings.append(
                f"commit {snapshot.commit[:12]} has an impossible date; {earliest} is used instead"
            )
        return max(day or earliest, earliest)

    def _find_touched_sections(
        self, documents: Mapping[Locale, Document], predecessor: Version | None
    ) -> TouchedSections:
        """Return the sections that differ from the predecessor; all of them in the first version."""
        if predecessor is None:
            first_language = next(iter(documents.values()))
            return TouchedSections(added=tuple(section.id for section in first_language.sections))
        return find_touched_sections_in_any_language(predecessor.documents, documents, self._current_ids)

    def _render_notes(
        self, locale: Locale, names: Iterable[str], number: str, assessment: LevelAssessment | None
    ) -> NoteText:
        """Return the notes in their newest wording, joined; a standard text if there are none.

        `number` is that of the version: footnote ids must differ on a page with the notes of all versions.
        """

        def render_field(key: str) -> tuple[Block, ...]:
            """Return one field of all notes that have it in this language."""
            texts = ((getattr(self.notes[name], key), self.note_policies[name]) for name in names)
            return tuple(
                block
                for position, (text, policy) in enumerate(texts, start=1)
                if text is not None and not text.is_missing_in(locale)
                for block in render_markdown(
                    text.get_text(locale), policy, locale, f"{key}-{number}-{position}"
                )
            )

        standard = "first" if assessment is None else "cosmetic" if assessment.is_cosmetic else "none"
        summary = render_field("summary") or (
            Block("p", runs=(TextRun(format_term(f"note.{standard}", locale)),)),
        )
        return NoteText(summary, render_field("action"), render_field("reason"), render_field("lower_reason"))


def _reuse_unchanged_sections(snapshot: Snapshot, before: Mapping[Locale, Document]) -> Snapshot:
    """Return the snapshot with the same objects for unchanged sections, so that caches keyed on them hit."""
    documents = {
        locale: document.reuse_unchanged_sections(before[locale]) if locale in before else document
        for locale, document in snapshot.documents.items()
    }
    return replace(snapshot, published_documents=documents)


def _compute_next_number(predecessor: Version | None, level: Level) -> str:
    """Return a number with a new last part for a minor change, with a new first part for others."""
    if predecessor is None:
        return "1.0"
    major, minor = map(int, predecessor.number.split("."))
    return f"{major}.{minor + 1}" if level is Level.MINOR else f"{major + 1}.0"


def _compute_effective_day(notes: Iterable[ChangeNote], published: date, predecessor: Version | None) -> date:
    """Return the latest day that a note states; without one, no earlier than the predecessor's."""
    stated = [
        add_duration(published, note.effective) if isinstance(note.effective, Duration) else note.effective
        for note in notes
        if note.effective is not None
    ]
    if stated:
        return max(published, *stated)
    return max(published, predecessor.effective) if predecessor else published


def _mark_superseded(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Mark each version that never comes into force, because a later one takes effect on an earlier day."""
    newest_first: list[Version] = []
    earliest = date.max  # the first effective day of all later versions
    for version in reversed(list(versions)):
        newest_first.append(replace(version, is_superseded=version.effective > earliest))
        earliest = min(earliest, version.effective)
    return tuple(reversed(newest_first))
