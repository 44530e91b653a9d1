"""Versions: the published states of the policy, and the log of all of them (docs/reference/history.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from changelog.language_order import list_languages_by_age
from changelog.minimum_level import LevelAssessment
from changelog.redline import TouchedSections
from policy.blocks import Block
from policy.document import Document
from policy.fields import Locale
from policy.models import Channel, Level, Policy, Redaction, Settings


class VersionLevel(StrEnum):
    """The level of a version: that of its notes, or `first` for the first, which changes nothing.

    The values are published in versions.json and in the hash chain.
    """

    FIRST = "first"
    MINOR = "minor"
    MAJOR = "major"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class NoteText:
    """The texts of a change note in one language, as blocks."""

    summary: tuple[Block, ...]
    action: tuple[Block, ...] = ()
    reason: tuple[Block, ...] = ()
    lower_reason: tuple[Block, ...] = ()


@dataclass(frozen=True, eq=False)
class VersionRecord:
    """The part of a version that the hash chain covers: none of it may change once it is published."""

    number: str
    level: VersionLevel
    published: date
    effective: date
    text_sha256: Mapping[Locale, str]


@dataclass(frozen=True, eq=False)
class Version(VersionRecord):
    """A published state of the policy. `commit` is a full hex id, empty for a draft that is not committed.

    The hashes are those of the original text, even if words are redacted in `documents`.
    """

    commit: str
    note_names: tuple[str, ...]
    affects: tuple[str, ...]
    settings: Settings
    documents: Mapping[Locale, Document]
    chain_sha256: str
    touched_sections: TouchedSections
    note_texts: Mapping[Locale, NoteText]
    assessment: LevelAssessment | None
    is_superseded: bool = False
    redactions: tuple[Redaction, ...] = ()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that its own revision promised for its level; none for the first version."""
        if self.level is VersionLevel.FIRST:
            return ()
        return self.settings.announce.list_channels(Level(self.level.value))

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
    def is_below_minimum(self) -> bool:
        """Whether its notes give it a lower level than its facts require."""
        minimum = self.assessment and self.assessment.level
        return minimum is not None and Level(self.level.value).weight < minimum.weight

    @property
    def has_cumulative_changes_page(self) -> bool:
        """Whether a page shows all changes after it: readers may have read this version and none later."""
        return self.level is not VersionLevel.MINOR


@dataclass(frozen=True, eq=False)
class VersionLog:
    """All versions, oldest first, and the newest policy, which may be newer than the last version."""

    versions: tuple[Version, ...]
    policy: Policy
    warnings: tuple[str, ...]
    revision_count: int

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

    def find_predecessor(self, version: Version) -> Version | None:
        """Return the version before one, superseded or not; None before the first."""
        position = self._positions[version.number]
        return self.versions[position - 1] if position else None

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {version.number: position for position, version in enumerate(self.versions)}

    def find_version_in_force(self, today: date) -> Version | None:
        """Return the version that applies on a day: the last in the log that has taken effect by then."""
        return next((version for version in reversed(self.versions) if version.effective <= today), None)

    def find_upcoming_versions(self, today: date) -> tuple[Version, ...]:
        """Return the versions that take effect after a day and are not superseded."""
        return tuple(v for v in self.versions if v.effective > today and not v.is_superseded)


def compute_chain_hash(record: VersionRecord, previous_hash: str) -> str:
    """Return the hash of a record and of the hash before it ("-" before the first), in hex.

    The chain is published so that anyone can compute it again: docs/reference/history.md has a program.
    """
    lines = [previous_hash, record.number, record.level, str(record.published), str(record.effective)]
    # Languages go in the order of policy.yaml, which is that of `text_sha256`.
    texts = [f"{locale}={digest}" for locale, digest in record.text_sha256.items()]
    return compute_sha256("".join(f"{line}\n" for line in (*lines, *texts)))


def compute_sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
