"""Revisions and their notes in, published versions out: numbers, days, levels and the chain (contract §2).

Every version is a function of the history up to its own revision; only the wording of its note, what overtook
it, and the names that sections bear today come from later.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from changelog.days import EARLIEST, after, day_of
from changelog.floor import Floor, Side, floor
from changelog.redactions import cleared
from changelog.redline import Sections, identities, sections
from changelog.states import State, readable
from policy.blocks import Block, Run
from policy.document import Document, document, filled, policy_txt, said
from policy.leaves import Duration
from policy.model import Level
from policy.wording import term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from changelog.history import Revision
    from policy.leaves import Locale
    from policy.model import ChangeNote, Channel, Policy, Redaction

FIRST = "first"


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader of one language is told about a change: the note's wording as blocks."""

    summary: tuple[Block, ...]
    action: tuple[Block, ...] = ()
    reason: tuple[Block, ...] = ()
    lower_reason: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Record:
    """What the chain seals of a version: nothing of it may change once it is published."""

    number: str
    level: str
    published: date
    effective: date
    text_sha256: Mapping[Locale, str]


@dataclass(frozen=True)
class Version(Record):
    """One published state of the policy, for ever. `commit` is empty for a draft not committed yet."""

    commit: str
    notes: tuple[str, ...]
    affects: tuple[str, ...]
    channels: tuple[Channel, ...]
    documents: Mapping[Locale, Document]
    chain_sha256: str
    sections: Sections
    told: Mapping[Locale, Told]
    least: Floor | None
    superseded: bool = False
    redactions: tuple[Redaction, ...] = ()

    @property
    def floor(self) -> str:
        """The least level that the facts allow (contract §3)."""
        return self.least.level.value if self.least else FIRST

    @property
    def cosmetic(self) -> bool:
        """Whether the edit is proven to change no meaning."""
        return self.least is not None and self.least.cosmetic

    @property
    def below_floor(self) -> bool:
        """Whether its notes gave it a level below that of its facts."""
        return self.floor != FIRST and Level(self.level).weight < Level(self.floor).weight

    @property
    def told_at_length(self) -> bool:
        """Whether readers may have stopped at it: it has a page with all that changed since."""
        return self.level != Level.MINOR


@dataclass(frozen=True)
class Log:
    """The whole history as published, oldest first, and the policy as it now stands."""

    versions: tuple[Version, ...]
    policy: Policy
    warnings: tuple[str, ...]

    @property
    def latest(self) -> Version:
        """The newest version, in force or not."""
        return self.versions[-1]

    def in_force(self, today: date) -> Version | None:
        """Give the version that applies on a day: the last, in order, that has taken effect."""
        started = [version for version in self.versions if version.effective <= today]
        return started[-1] if started else None

    def upcoming(self, today: date) -> tuple[Version, ...]:
        """Give the versions that will take effect after a day and that nothing overtook."""
        return tuple(v for v in self.versions if v.effective > today and not v.superseded)


def log(revisions: Iterable[Revision]) -> Log:
    """Fold revisions, oldest first, into the log; ContentError where the newest cannot be read."""
    warnings: list[str] = []
    states = list(readable(revisions, warnings))
    newest = states[-1].policy
    fold = _Fold(newest.renamed, _wordings(states), warnings)
    for state in states:
        fold.take(state)
    versions = _overtaken(fold.versions)
    texts = [(version.number, version.documents) for version in versions]
    cleaned, unfound = cleared(texts, newest.redactions, fold.renamed)
    warnings += unfound
    versions = tuple(replace(version, **cleaned.get(version.number, {})) for version in versions)
    return Log(versions, newest, tuple(warnings))


def _wordings(states: Iterable[State]) -> dict[str, tuple[ChangeNote, Policy]]:
    """Give each note in its newest wording, with the policy whose facts its placeholders were written for."""
    newest: dict[str, tuple[ChangeNote, Policy]] = {}
    for state in states:
        for name, note in state.policy.notes.items():
            if name not in newest or newest[name][0] != note:
                newest[name] = (note, state.policy)
    return newest


@dataclass
class _Fold:
    """Takes one readable revision after the other, and makes a version of each that is one."""

    renamed: Mapping[str, str]
    wordings: Mapping[str, tuple[ChangeNote, Policy]]
    warnings: list[str]
    versions: list[Version] = field(default_factory=list)
    before: Side | None = None
    noted: set[str] = field(default_factory=set)

    def take(self, state: State) -> None:
        policy = state.policy
        last = self.versions[-1] if self.versions else None
        notes = {name: note for name, note in sorted(policy.notes.items()) if name not in self.noted}
        documents = {locale: document(policy, locale) for locale in policy.languages}
        # A revision is a version when it changes the words in some language or brings a note (contract §2).
        if last is None or notes or words(last.documents) != words(documents):
            self.versions.append(self.version(state, last, notes, documents))
            self.before = Side(policy, documents)
            self.noted |= set(notes)

    def version(
        self,
        state: State,
        last: Version | None,
        notes: Mapping[str, ChangeNote],
        documents: Mapping[Locale, Document],
    ) -> Version:
        level = max(
            (note.level for note in notes.values()), key=lambda level: level.weight, default=Level.MINOR
        )
        published = self.published(state.revision, last)
        record = Record(
            number=_number(last, level),
            level=level.value if last else FIRST,
            published=published,
            effective=_effective(notes.values(), published, last),
            text_sha256={code: _sha256(policy_txt(text)) for code, text in documents.items()},
        )
        now = Side(state.policy, documents)
        least = floor(self.before, now, identities(documents.values(), self.renamed)) if self.before else None
        return Version(
            **vars(record),
            commit=state.revision.commit,
            notes=tuple(notes),
            affects=tuple(dict.fromkeys(name for note in notes.values() for name in note.affects)),
            channels=state.policy.settings.announce.channels(level) if last else (),
            documents=documents,
            chain_sha256=chain(record, last.chain_sha256 if last else "-"),
            sections=self.sections(documents, last),
            told={locale: self.told(locale, notes, record, least) for locale in documents},
            least=least,
        )

    def published(self, revision: Revision, last: Version | None) -> date:
        """Give the committer's day, never before the predecessor's; one that is not believed is told."""
        before = last.published if last else EARLIEST
        day = day_of(revision.time)
        if day is None:
            self.warnings.append(
                f"commit {revision.commit[:12]} bears an impossible date; {before} is taken instead"
            )
        return max(day or before, before)

    def sections(self, documents: Mapping[Locale, Document], last: Version | None) -> Sections:
        if last is None:
            return Sections(added=tuple(part.id for part in next(iter(documents.values())).parts))
        touched = Sections()
        for locale, text in documents.items():
            if locale in last.documents:
                names = identities([text], self.renamed)
                touched = touched.joined(sections(last.documents[locale], text, names))
        return touched

    def told(self, locale: Locale, notes: Iterable[str], record: Record, least: Floor | None) -> Told:
        """Give what readers are told: the notes in their newest wording, or the standard text."""

        def blocks(key: str) -> tuple[Block, ...]:
            texts = ((getattr(note, key), policy) for note, policy in map(self.wordings.__getitem__, notes))
            return tuple(
                block
                for text, policy in texts
                if text is not None and not text.lacks(locale)
                for block in filled(text.wording(locale), policy, locale, f"note-{record.number}")
            )

        standard = "first" if least is None else "cosmetic" if least.cosmetic else "none"
        summary = blocks("summary") or (Block("p", runs=(Run(term(f"note.{standard}", locale)),)),)
        return Told(summary, blocks("action"), blocks("reason"), blocks("lower_reason"))


def words(documents: Mapping[Locale, Document]) -> dict[Locale, list[str]]:
    """Give what a version is made by: the words and link targets in each language (contract §2)."""
    return {code: [word for part in text.parts for word in said(part)] for code, text in documents.items()}


def _number(last: Version | None, level: Level) -> str:
    if last is None:
        return "1.0"
    major, minor = map(int, last.number.split("."))
    return f"{major}.{minor + 1}" if level is Level.MINOR else f"{major + 1}.0"


def _effective(notes: Iterable[ChangeNote], published: date, last: Version | None) -> date:
    said = [
        after(published, note.effective) if isinstance(note.effective, Duration) else note.effective
        for note in notes
        if note.effective is not None
    ]
    if said:
        return max(published, *said)
    return max(published, last.effective) if last else published


def chain(record: Record, before: str) -> str:
    """Give the hash that binds a record to all before it; anybody can compute it again (contract §5)."""
    lines = [before, record.number, record.level, str(record.published), str(record.effective)]
    texts = [f"{locale}={digest}" for locale, digest in record.text_sha256.items()]
    return _sha256("".join(f"{line}\n" for line in (*lines, *texts)))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _overtaken(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Mark each version that a later one, effective earlier, kept from ever coming into force."""
    found: list[Version] = []
    earliest = date.max
    for version in reversed(list(versions)):
        found.append(replace(version, superseded=version.effective > earliest))
        earliest = min(earliest, version.effective)
    return tuple(reversed(found))
