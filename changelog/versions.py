"""What a version is, and the log of all of them: records sealed by a chain, and what belongs to each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from policy.models import Level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from changelog.minimum_level import LevelAssessment
    from changelog.redline import TouchedSections
    from policy.blocks import Block
    from policy.document import Document
    from policy.fields import Locale
    from policy.models import Channel, Policy, Redaction, Settings

FIRST = "first"


@dataclass(frozen=True, slots=True)
class NoteText:
    """What a reader of one language is told about a change: the note's wording as blocks."""

    summary: tuple[Block, ...]
    action: tuple[Block, ...] = ()
    reason: tuple[Block, ...] = ()
    lower_reason: tuple[Block, ...] = ()


@dataclass(frozen=True, eq=False)
class VersionRecord:
    """What the chain seals of a version: nothing of it may change once it is published."""

    number: str
    level: str
    published: date
    effective: date
    text_sha256: Mapping[Locale, str]


@dataclass(frozen=True, eq=False)
class Version(VersionRecord):
    """One published state of the policy, for ever. `commit` is empty for a draft not committed yet."""

    commit: str
    notes: tuple[str, ...]
    affects: tuple[str, ...]
    settings: Settings
    documents: Mapping[Locale, Document]
    chain_sha256: str
    sections: TouchedSections
    note_texts: Mapping[Locale, NoteText]
    assessment: LevelAssessment | None
    is_superseded: bool = False
    redactions: tuple[Redaction, ...] = ()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Where its own revision promised to tell of it; the first version is told nowhere."""
        return () if self.level == FIRST else self.settings.announce.channels(Level(self.level))

    @property
    def minimum_level(self) -> str:
        """The least level that the facts allow (contract §3)."""
        return self.assessment.level.value if self.assessment else FIRST

    @property
    def is_cosmetic(self) -> bool:
        """Whether the edit is proven to change no meaning."""
        return self.assessment is not None and self.assessment.is_cosmetic

    @property
    def is_below_minimum(self) -> bool:
        """Whether its notes gave it a level below that of its facts."""
        return self.minimum_level != FIRST and Level(self.level).weight < Level(self.minimum_level).weight

    @property
    def has_since_page(self) -> bool:
        """Whether readers may have stopped at it: it has a page with all that changed since."""
        return self.level != Level.MINOR


@dataclass(frozen=True, eq=False)
class VersionLog:
    """The whole history as published, oldest first, and the policy as it now stands."""

    versions: tuple[Version, ...]
    policy: Policy
    warnings: tuple[str, ...]
    revision_count: int

    @property
    def version_count(self) -> int:
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

    def find_predecessor(self, version: Version) -> Version | None:
        """Give the version before one, whatever came of it."""
        place = self._places[version.number]
        return self.versions[place - 1] if place else None

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {version.number: place for place, version in enumerate(self.versions)}

    def find_version_in_force(self, today: date) -> Version | None:
        """Give the version that applies on a day: the last, in order, that has taken effect."""
        return next((version for version in reversed(self.versions) if version.effective <= today), None)

    def find_upcoming_versions(self, today: date) -> tuple[Version, ...]:
        """Give the versions that will take effect after a day and that nothing overtook."""
        return tuple(v for v in self.versions if v.effective > today and not v.is_superseded)


def compute_chain_hash(record: VersionRecord, before: str) -> str:
    """Give the hash that binds a record to all before it; anybody can compute it again (contract §5)."""
    lines = [before, record.number, record.level, str(record.published), str(record.effective)]
    texts = [f"{locale}={digest}" for locale, digest in record.text_sha256.items()]
    return sha256("".join(f"{line}\n" for line in (*lines, *texts)))


def sha256(text: str) -> str:
    """Hash a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
