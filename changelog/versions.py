"""Versions: the published states of the policy, and the log of all of them (docs/reference/history.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from changelog.kind_of_change import KindOfChange
from changelog.language_order import list_languages_by_age
from changelog.log_entries import LogEntry
from changelog.minimum_level import LevelAssessment
from changelog.note_problems import NoteProblem, RedactionProblem
from changelog.section_ids import TouchedSections
from common.messages import Message
from policy.blocks import Block
from policy.document import Document
from policy.fields import Locale
from policy.models import ChangeNote, Channel, Level, Policy, Redaction, Settings, Told


class VersionLevel(StrEnum):
    """The level of a version: that of its notes, or `first` for the first, which changes nothing.

    The values are published.
    """

    FIRST = "first"
    MINOR = "minor"
    MAJOR = "major"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class NoteText:
    """The texts of a change note in one language, as blocks."""

    summary: tuple[Block, ...]
    title: str = ""
    action: tuple[Block, ...] = ()
    reason: tuple[Block, ...] = ()
    lower_reason: tuple[Block, ...] = ()


@dataclass(frozen=True, eq=False)
class Version:
    """A published state of the policy. `commit` is a full hex id, empty for a draft that is not committed.

    `policy` is its source, without what was redacted later: show words of `documents`, never of `policy`,
    wherever a version has redactions. `predecessor` is the number of the version that it is compared
    with, empty for the first. It is the one before it in the log, with two exceptions: a withdrawal is
    compared with the version that it returns to, and a correction of a version in force with that
    version. `counterpart` is set for such a correction only: the number of the upcoming version that was
    made with it. `withdraws` and `brings_forward` are the numbers of versions that were announced; it is
    announced in their channels too, the `inherited_channels`. `last_update` is the day on which its entry
    last changed, and how often its texts were corrected by then. `entry_hash` is the hash of the entry in
    the log that tells of its publication. `is_imported` says that it is from before this change log: nobody
    was told of it through this log. `redaction_counts` are the numbers of rows that took words out
    of a section, by language and section id.
    """

    number: str
    level: VersionLevel
    published: date
    effective: date
    commit: str
    note_names: tuple[str, ...]
    affects: tuple[str, ...]
    policy: Policy
    documents: Mapping[Locale, Document]
    touched_sections: TouchedSections
    note_texts: Mapping[Locale, NoteText]
    assessment: LevelAssessment | None
    last_update: tuple[date, int]
    predecessor: str = ""
    counterpart: str = ""
    withdraws: tuple[str, ...] = ()
    brings_forward: tuple[str, ...] = ()
    inherited_channels: tuple[Channel, ...] = ()
    is_superseded: bool = False
    withdrawn_by: str = ""
    explanation_names: tuple[str, ...] = ()
    redactions: tuple[Redaction, ...] = ()
    redaction_counts: Mapping[tuple[Locale, str], int] = field(default_factory=dict)
    entry_hash: str = ""
    is_imported: bool = False

    @property
    def settings(self) -> Settings:
        """The settings of its own revision."""
        return self.policy.settings

    @property
    def has_note(self) -> bool:
        """Whether somebody explained it, in a note or later; otherwise it has a standard text."""
        return bool(self.note_names or self.explanation_names)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels of its level by its own settings, and inherited ones; none for the first version.

        Nor are there any for an imported one.
        """
        if self.level is VersionLevel.FIRST or self.is_imported:
            return ()
        own = self.settings.announce.list_channels(Level(self.level.value))
        return tuple(channel for channel in Channel if channel in {*own, *self.inherited_channels})

    @property
    def lead_days(self) -> int:
        """How many days ahead its own settings promise to announce it; 0 for a withdrawal of others."""
        if self.is_imported or self.level not in {VersionLevel.MAJOR, VersionLevel.SPECIAL} or self.withdraws:
            return 0
        return int(getattr(self.settings.lead_days, self.level.value))

    @property
    def tells_only_affected(self) -> bool:
        """Whether its letter is only for the audiences that it affects, since all its notes say so."""
        return tell_only_affected(self.policy.notes.values())

    @property
    def is_announced_ahead(self) -> bool:
        """Whether people are told of it before it takes effect, so that no other version may overtake it."""
        if self.level is VersionLevel.FIRST or self.is_imported:
            return False
        if self.level in {VersionLevel.MAJOR, VersionLevel.SPECIAL} or self.brings_forward:
            return True
        # Inherited channels tell of a withdrawal: that nothing will change.
        return bool(self.settings.announce.list_channels(Level(self.level.value)))

    @property
    def is_never_in_force(self) -> bool:
        """Whether a later version has withdrawn it or takes effect before it."""
        return self.is_superseded or bool(self.withdrawn_by)

    @property
    def minimum_level(self) -> VersionLevel | None:
        """The lowest level that its facts allow; None if the policy has no facts."""
        if self.assessment is None:
            return VersionLevel.FIRST
        return VersionLevel(self.assessment.level.value) if self.assessment.level else None

    @property
    def is_cosmetic(self) -> bool:
        """Whether the edit is proven to change no meaning."""
        return self.assessment is not None and self.assessment.is_cosmetic

    @property
    def kind_of_change(self) -> KindOfChange | None:
        """What of the text differs from that of the predecessor; None for the first version."""
        return self.assessment.kind if self.assessment else None

    @property
    def is_below_minimum(self) -> bool:
        """Whether its notes give it a lower level than its facts require."""
        minimum = self.assessment.level if self.assessment else None
        return minimum is not None and Level(self.level.value).weight < minimum.weight

    @property
    def has_cumulative_changes_page(self) -> bool:
        """Whether a page shows all changes after it: readers may have read this version and none later."""
        return self.level is not VersionLevel.MINOR


@dataclass(frozen=True, eq=False)
class VersionLog:
    """All versions and all entries of the log, oldest first, and the newest policy.

    The policy may be newer than the last version.
    """

    versions: tuple[Version, ...]
    policy: Policy
    warnings: tuple[str, ...]
    revision_count: int
    entries: tuple[LogEntry, ...] = ()
    note_problems: tuple[NoteProblem, ...] = ()
    redaction_problems: tuple[RedactionProblem, ...] = ()
    adoption_problem: tuple[Message, Message] | None = None

    @property
    def version_count(self) -> int:
        """The number of versions."""
        return len(self.versions)

    @property
    def latest(self) -> Version:
        """The newest version, in force or not."""
        return self.versions[-1]

    @cached_property
    def languages_by_age(self) -> tuple[Locale, ...]:
        """Every language that some version has, or the newest policy, in the order of their first version."""
        return list_languages_by_age(
            [*(version.documents for version in self.versions), self.policy.languages]
        )

    def list_versions_before(self, version: Version) -> tuple[Version, ...]:
        """Return the versions before one, oldest first."""
        return self.versions[: self._positions[version.number]]

    def list_versions_after(self, version: Version) -> tuple[Version, ...]:
        """Return the versions after one, oldest first."""
        return self.versions[self._positions[version.number] + 1 :]

    def find_version_before(self, version: Version) -> Version | None:
        """Return the version before one in the log; None for the first."""
        position = self._positions[version.number]
        return self.versions[position - 1] if position else None

    def find_version_after(self, version: Version) -> Version | None:
        """Return the version after one in the log; None for the newest."""
        position = self._positions[version.number]
        return self.versions[position + 1] if position + 1 < len(self.versions) else None

    def find_predecessor(self, version: Version) -> Version | None:
        """Return the version that one is compared with, in force or not; None for the first."""
        return self.get_version(version.predecessor) if version.predecessor else None

    def get_version(self, number: str) -> Version:
        """Return the version with a number."""
        return self.versions[self._positions[number]]

    @cached_property
    def corrected_numbers(self) -> frozenset[str]:
        """The upcoming versions whose change is already in force, in a version of the same revision."""
        return frozenset(version.counterpart for version in self.versions if version.counterpart)

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {version.number: position for position, version in enumerate(self.versions)}

    def find_version_in_force(self, today: date) -> Version | None:
        """Return the version that applies on a day: the last in the log that has taken effect by then."""
        return find_version_in_force(self.versions, today)

    def find_redacted_current_version(self, today: date) -> Version | None:
        """Return the newest version or the one in force if words were removed from it; None otherwise.

        A redaction is for texts of the past: who reads the text in force must learn of a change by a version.
        """
        current = (self.latest, self.find_version_in_force(today))
        return next((version for version in current if version and version.redactions), None)

    def find_upcoming_versions(self, today: date) -> tuple[Version, ...]:
        """Return the versions that take effect after a day, and are neither superseded nor withdrawn."""
        return tuple(v for v in self.versions if v.effective > today and not v.is_never_in_force)


def tell_only_affected(notes: Collection[ChangeNote]) -> bool:
    """Whether the letter of a version with these notes is only for the audiences that it affects."""
    return bool(notes) and all(note.tell is Told.AFFECTED for note in notes)


def find_version_in_force(versions: Sequence[Version], today: date) -> Version | None:
    """Return the version that applies on a day: the last that has taken effect by then."""
    return next(
        (
            version
            for version in reversed(versions)
            if version.effective <= today and not version.is_never_in_force
        ),
        None,
    )


def compute_next_number(versions: Sequence[Version], level: Level) -> str:
    """Return a number with a new last part for a minor change, with a new first part for others."""
    if not versions:
        return "1.0"
    newest = versions[-1].number
    if level is Level.MINOR:
        return compute_next_minor_number(versions, newest)
    return f"{int(newest.partition('.')[0]) + 1}.0"


def compute_next_minor_number(versions: Sequence[Version], number: str) -> str:
    """Return the next number with the same first part as `number`, which may be that of an older version."""
    major = number.partition(".")[0]
    last = next(version.number for version in reversed(versions) if version.number.partition(".")[0] == major)
    return f"{major}.{int(last.partition('.')[2]) + 1}"
