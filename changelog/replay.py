"""Revisions and their notes in, published versions out: numbers, days, levels (contract §2).

Every version is a function of the history up to its own revision; only the wording of its note, what overtook
it, and the names that sections bear today come from later. So a fold that was kept goes on with what came
since, unless a later revision mends a wording or a name: then it begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from changelog.change_set import side
from changelog.days import EARLIEST, add_duration, day_in_oslo
from changelog.minimum_level import LevelAssessment, Side, assess_minimum_level
from changelog.redactions import apply_redactions
from changelog.redline import TouchedSections, find_touched_sections, map_to_current_ids
from changelog.snapshots import Snapshot, read_snapshots
from changelog.versions import FIRST, NoteText, Version, VersionLog, VersionRecord, compute_chain_hash, sha256
from policy.blocks import Block, TextRun
from policy.document import Document, have_same_text, render_markdown, render_policy_text
from policy.fields import Duration
from policy.loader import PublishedNotes
from policy.localization import format_term
from policy.models import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from changelog.history import Revision
    from policy.fields import Locale
    from policy.models import ChangeNote, Policy

    History = Callable[[str], Iterable[Revision]]


class _Step(NamedTuple):
    """A readable revision without its files: its commit, its time in Unix seconds, what readers see."""

    commit: str
    time: int
    now: Side


def build_version_log(revisions: Iterable[Revision]) -> VersionLog:
    """Fold revisions, oldest first, into the log; ContentError where the newest cannot be read."""
    return replay_history(lambda _: revisions, None).log


def replay_history(history: History, kept: VersionLogBuilder | None) -> VersionLogBuilder:
    """Fold a history, on from where one was kept if it goes on from there.

    `history` gives the revisions from a commit on, that one first; all where that commit is not on its line.
    """
    if kept:
        line = iter(history(kept.commit))
        if next(line).commit == kept.commit and kept.advance(line):
            return kept
    whole = VersionLogBuilder()
    whole.advance(history(""))
    return whole


@dataclass
class VersionLogBuilder:
    """A history folded up to a commit: its versions, and what the next revision is held against."""

    commit: str = ""
    revision_count: int = 0
    unreadable_warnings: list[str] = field(default_factory=list)
    date_warnings: list[str] = field(default_factory=list)
    published_notes: PublishedNotes = field(default_factory=PublishedNotes)
    notes: dict[str, ChangeNote] = field(default_factory=dict)
    note_policies: dict[str, Policy] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    before: Side | None = None
    newest: Policy | None = None

    @property
    def log(self) -> VersionLog:
        """Give the log as it is published: what was overtaken is marked, what must go is gone."""
        assert self.newest
        versions = _overtaken(self.versions)
        texts = [(version.number, version.documents) for version in versions]
        cleaned, unfound = apply_redactions(texts, self.newest.redactions, self._renamed)
        versions = tuple(replace(version, **cleaned.get(version.number, {})) for version in versions)
        return VersionLog(
            versions,
            self.newest,
            (*self.unreadable_warnings, *self.date_warnings, *unfound),
            self.revision_count,
        )

    def advance(self, revisions: Iterable[Revision]) -> bool:
        """Take the revisions that follow; False where they change what was said of earlier ones.

        ContentError where the newest cannot be read.
        """
        written, names = dict(self.note_policies), self.newest and self.newest.aliases
        steps = [
            self._seen(state)
            for state in read_snapshots(
                self._counted(revisions), self.unreadable_warnings, self.published_notes
            )
        ]
        mended = any(self.note_policies[name] is not policy for name, policy in written.items())
        if names is not None and (mended or self._renamed != names):
            return False
        for step in steps:
            self._take(step)
        return True

    @property
    def _renamed(self) -> Mapping[str, str]:
        """Lead from each name that a section bore to the one that it bears today."""
        assert self.newest
        return self.newest.aliases

    def _counted(self, revisions: Iterable[Revision]) -> Iterator[Revision]:
        for revision in revisions:
            self.revision_count += 1
            self.commit = revision.commit
            yield revision

    def _seen(self, state: Snapshot) -> _Step:
        """Remember the notes of a state, each in its newest wording, and give what it brings to readers.

        A wording goes with the policy that it was written in: its placeholders meant the facts of that day.
        """
        policy = state.policy
        said = {name: note for name, note in policy.notes.items() if self.notes.get(name) is not note}
        fresh = {name: note for name, note in said.items() if name not in self.notes}
        for name, note in said.items():
            if self.notes.get(name) != note:
                self.note_policies[name] = replace(policy, notes={}, sections={})
        self.notes |= said
        self.newest = replace(policy, notes=fresh)
        return _Step(state.revision.commit, state.revision.time, side(replace(state, policy=self.newest)))

    def _take(self, step: _Step) -> None:
        last = self.versions[-1] if self.versions else None
        step = step._replace(now=_as_before(step.now, last.documents)) if last else step
        # A revision is a version when it changes the words in some language or brings a note (contract §2).
        if last is None or step.now.policy.notes or not have_same_text(last.documents, step.now.documents):
            self.versions.append(self._version(step, last))
            self.before = step.now

    def _version(self, step: _Step, last: Version | None) -> Version:
        notes, documents = step.now.policy.notes, step.now.documents
        level = max(
            (note.level for note in notes.values()), key=lambda level: level.weight, default=Level.MINOR
        )
        published = self._published(step, last)
        record = VersionRecord(
            number=_number(last, level),
            level=level.value if last else FIRST,
            published=published,
            effective=_effective(notes.values(), published, last),
            text_sha256={code: sha256(render_policy_text(text)) for code, text in documents.items()},
        )
        names = map_to_current_ids(documents.values(), self._renamed)
        least = assess_minimum_level(self.before, step.now, names) if self.before else None
        return Version(
            **vars(record),
            commit=step.commit,
            notes=tuple(notes),
            affects=tuple(dict.fromkeys(name for note in notes.values() for name in note.affects)),
            settings=step.now.policy.settings,
            documents=documents,
            chain_sha256=compute_chain_hash(record, last.chain_sha256 if last else "-"),
            sections=self._sections(documents, last),
            note_texts={locale: self._told(locale, notes, record, least) for locale in documents},
            assessment=least,
        )

    def _published(self, step: _Step, last: Version | None) -> date:
        """Give the committer's day, never before the predecessor's; one that is not believed is told."""
        before = last.published if last else EARLIEST
        day = day_in_oslo(step.time)
        if day is None:
            self.date_warnings.append(
                f"commit {step.commit[:12]} bears an impossible date; {before} is taken instead"
            )
        return max(day or before, before)

    def _sections(self, documents: Mapping[Locale, Document], last: Version | None) -> TouchedSections:
        if last is None:
            return TouchedSections(added=tuple(part.id for part in next(iter(documents.values())).sections))
        touched = TouchedSections()
        for locale, text in documents.items():
            if locale in last.documents:
                names = map_to_current_ids([text], self._renamed)
                touched = touched.merge(find_touched_sections(last.documents[locale], text, names))
        return touched

    def _told(
        self, locale: Locale, notes: Iterable[str], record: VersionRecord, least: LevelAssessment | None
    ) -> NoteText:
        """Give what readers are told: the notes in their newest wording, or the standard text."""

        def blocks(key: str) -> tuple[Block, ...]:
            texts = ((getattr(self.notes[name], key), self.note_policies[name]) for name in notes)
            return tuple(
                block
                for number, (text, policy) in enumerate(texts, start=1)
                if text is not None and not text.is_missing_in(locale)
                for block in render_markdown(
                    text.in_locale(locale), policy, locale, f"{key}-{record.number}-{number}"
                )
            )

        standard = "first" if least is None else "cosmetic" if least.is_cosmetic else "none"
        summary = blocks("summary") or (Block("p", runs=(TextRun(format_term(f"note.{standard}", locale)),)),)
        return NoteText(summary, blocks("action"), blocks("reason"), blocks("lower_reason"))


def _as_before(now: Side, before: Mapping[Locale, Document]) -> Side:
    """Give each section that stays the same as the one that it was: what is known of it holds again."""
    documents = {
        locale: document.reuse_unchanged(before[locale]) if locale in before else document
        for locale, document in now.documents.items()
    }
    return now._replace(documents=documents)


def _number(last: Version | None, level: Level) -> str:
    if last is None:
        return "1.0"
    major, minor = map(int, last.number.split("."))
    return f"{major}.{minor + 1}" if level is Level.MINOR else f"{major + 1}.0"


def _effective(notes: Iterable[ChangeNote], published: date, last: Version | None) -> date:
    said = [
        add_duration(published, note.effective) if isinstance(note.effective, Duration) else note.effective
        for note in notes
        if note.effective is not None
    ]
    if said:
        return max(published, *said)
    return max(published, last.effective) if last else published


def _overtaken(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Mark each version that a later one, effective earlier, kept from ever coming into force."""
    found: list[Version] = []
    earliest = date.max
    for version in reversed(list(versions)):
        found.append(replace(version, is_superseded=version.effective > earliest))
        earliest = min(earliest, version.effective)
    return tuple(reversed(found))
