"""Revisions and their notes in, published versions out: numbers, days, levels and the chain (contract §2).

Every version is a function of the history up to its own revision; only the wording of its note, what overtook
it, and the names that sections bear today come from later.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from changelog.days import EARLIEST, after, day_of
from changelog.floor import Floor, Side, floor
from changelog.redactions import cleared
from changelog.redline import Sections, identities, sections
from changelog.states import State, readable
from changelog.steps import side
from policy.blocks import Block, Run
from policy.document import Document, filled, policy_txt, same_texts
from policy.leaves import Duration
from policy.model import Level
from policy.wording import term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from changelog.history import Revision
    from policy.leaves import Locale
    from policy.model import ChangeNote, Channel, Policy, Redaction, Settings

FIRST = "first"


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader of one language is told about a change: the note's wording as blocks."""

    summary: tuple[Block, ...]
    action: tuple[Block, ...] = ()
    reason: tuple[Block, ...] = ()
    lower_reason: tuple[Block, ...] = ()


@dataclass(frozen=True, eq=False)
class Record:
    """What the chain seals of a version: nothing of it may change once it is published."""

    number: str
    level: str
    published: date
    effective: date
    text_sha256: Mapping[Locale, str]


@dataclass(frozen=True, eq=False)
class Version(Record):
    """One published state of the policy, for ever. `commit` is empty for a draft not committed yet."""

    commit: str
    notes: tuple[str, ...]
    affects: tuple[str, ...]
    settings: Settings
    documents: Mapping[Locale, Document]
    chain_sha256: str
    sections: Sections
    told: Mapping[Locale, Told]
    least: Floor | None
    superseded: bool = False
    redactions: tuple[Redaction, ...] = ()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Where its own revision promised to tell of it; the first version is told nowhere."""
        return () if self.level == FIRST else self.settings.announce.channels(Level(self.level))

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


@dataclass(frozen=True, eq=False)
class Log:
    """The whole history as published, oldest first, and the policy as it now stands."""

    versions: tuple[Version, ...]
    policy: Policy
    warnings: tuple[str, ...]
    revisions: int

    @property
    def count(self) -> int:
        """How many versions there are."""
        return len(self.versions)

    @property
    def latest(self) -> Version:
        """The newest version, in force or not."""
        return self.versions[-1]

    def versions_before(self, version: Version) -> tuple[Version, ...]:
        """Give the versions that came before one, oldest first."""
        return self.versions[: self._places[version.number]]

    def versions_after(self, version: Version) -> tuple[Version, ...]:
        """Give the versions that came after one, oldest first."""
        return self.versions[self._places[version.number] + 1 :]

    def predecessor(self, version: Version) -> Version | None:
        """Give the version before one, whatever came of it."""
        place = self._places[version.number]
        return self.versions[place - 1] if place else None

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {version.number: place for place, version in enumerate(self.versions)}

    def in_force(self, today: date) -> Version | None:
        """Give the version that applies on a day: the last, in order, that has taken effect."""
        started = [version for version in self.versions if version.effective <= today]
        return started[-1] if started else None

    def upcoming(self, today: date) -> tuple[Version, ...]:
        """Give the versions that will take effect after a day and that nothing overtook."""
        return tuple(v for v in self.versions if v.effective > today and not v.superseded)


class _Step(NamedTuple):
    """A readable revision without its files: its commit, its time in Unix seconds, what readers see."""

    commit: str
    time: int
    now: Side


@dataclass
class _Past:
    """What later revisions say of earlier ones: each note in its newest wording.

    A wording goes with the policy that it was written in: its placeholders meant the facts of that day.
    """

    notes: dict[str, ChangeNote] = field(default_factory=dict)
    written: dict[str, Policy] = field(default_factory=dict)

    def take(self, state: State) -> _Step:
        """Remember the notes of a state, and give what readers see of it, with the notes that it brings."""
        policy = state.policy
        fresh = {name: note for name, note in policy.notes.items() if name not in self.notes}
        lean = replace(policy, notes=dict(sorted(fresh.items())))
        for name, note in policy.notes.items():
            known = self.notes.get(name)
            if known is not note:
                self.written[name] = self.written[name] if known == note else lean
                self.notes[name] = note
        return _Step(state.revision.commit, state.revision.time, side(replace(state, policy=lean)))


def log(revisions: Iterable[Revision]) -> Log:
    """Fold revisions, oldest first, into the log; ContentError where the newest cannot be read."""
    past, warnings = _Past(), list[str]()
    steps = [past.take(state) for state in readable(revisions, warnings)]
    seen = len(steps) + len(warnings)  # a revision that cannot be read leaves a warning
    newest = steps[-1].now.policy
    fold = _Fold(newest.renamed, past, warnings)
    for step in steps:
        fold.take(step)
    versions = _overtaken(fold.versions)
    texts = [(version.number, version.documents) for version in versions]
    cleaned, unfound = cleared(texts, newest.redactions, fold.renamed)
    versions = tuple(replace(version, **cleaned.get(version.number, {})) for version in versions)
    return Log(versions, newest, (*warnings, *unfound), seen)


@dataclass
class _Fold:
    """Takes one readable revision after the other, and makes a version of each that is one."""

    renamed: Mapping[str, str]
    past: _Past
    warnings: list[str]
    versions: list[Version] = field(default_factory=list)
    before: Side | None = None

    def take(self, step: _Step) -> None:
        last = self.versions[-1] if self.versions else None
        # A revision is a version when it changes the words in some language or brings a note (contract §2).
        if last is None or step.now.policy.notes or not same_texts(last.documents, step.now.documents):
            self.versions.append(self.version(step, last))
            self.before = step.now

    def version(self, step: _Step, last: Version | None) -> Version:
        notes, documents = step.now.policy.notes, step.now.documents
        level = max(
            (note.level for note in notes.values()), key=lambda level: level.weight, default=Level.MINOR
        )
        published = self.published(step, last)
        record = Record(
            number=_number(last, level),
            level=level.value if last else FIRST,
            published=published,
            effective=_effective(notes.values(), published, last),
            text_sha256={code: _sha256(policy_txt(text)) for code, text in documents.items()},
        )
        names = identities(documents.values(), self.renamed)
        least = floor(self.before, step.now, names) if self.before else None
        return Version(
            **vars(record),
            commit=step.commit,
            notes=tuple(notes),
            affects=tuple(dict.fromkeys(name for note in notes.values() for name in note.affects)),
            settings=step.now.policy.settings,
            documents=documents,
            chain_sha256=chain(record, last.chain_sha256 if last else "-"),
            sections=self.sections(documents, last),
            told={locale: self.told(locale, notes, record, least) for locale in documents},
            least=least,
        )

    def published(self, step: _Step, last: Version | None) -> date:
        """Give the committer's day, never before the predecessor's; one that is not believed is told."""
        before = last.published if last else EARLIEST
        day = day_of(step.time)
        if day is None:
            self.warnings.append(
                f"commit {step.commit[:12]} bears an impossible date; {before} is taken instead"
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
            texts = ((getattr(self.past.notes[name], key), self.past.written[name]) for name in notes)
            return tuple(
                block
                for number, (text, policy) in enumerate(texts, start=1)
                if text is not None and not text.lacks(locale)
                for block in filled(text.wording(locale), policy, locale, f"{key}-{record.number}-{number}")
            )

        standard = "first" if least is None else "cosmetic" if least.cosmetic else "none"
        summary = blocks("summary") or (Block("p", runs=(Run(term(f"note.{standard}", locale)),)),)
        return Told(summary, blocks("action"), blocks("reason"), blocks("lower_reason"))


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
