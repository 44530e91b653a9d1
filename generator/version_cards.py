"""What takes effect on which day: the versions of a log by their effective days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import NamedTuple

from changelog.versions import Version, VersionLevel, VersionLog


class EffectiveDay(NamedTuple):
    """A day on which versions take effect, oldest first; none of them is superseded or withdrawn.

    `before` is what was in force until then (None before the first version), `after` what is in force from
    then on. Where only a correction of an older text takes effect, both may be the same version.
    """

    day: date
    before: Version | None
    after: Version
    versions: tuple[Version, ...]
    corrected_numbers: frozenset[str] = frozenset()

    @property
    def changes(self) -> tuple[Version, ...]:
        """The versions that change something on this day, for which the first version is no change.

        A change that was made in the version in force too, in advance, is not one of this day.
        """
        return tuple(
            version
            for version in self.versions
            if version.level is not VersionLevel.FIRST and version.number not in self.corrected_numbers
        )

    @property
    def announced(self) -> tuple[Version, ...]:
        """The changes that readers are told of: major ones, special ones, and others with a channel."""
        return tuple(version for version in self.changes if is_announced(version))

    @property
    def unannounced(self) -> tuple[Version, ...]:
        """The minor changes."""
        return tuple(version for version in self.changes if not is_announced(version))

    @property
    def is_withdrawal(self) -> bool:
        """Whether all that happens is that announced changes are withdrawn."""
        return bool(self.changes) and all(
            version.withdraws and not version.touched_sections.ids for version in self.changes
        )

    @property
    def single_version(self) -> Version | None:
        """The version whose own comparison shows the whole change of the day; None if there is none."""
        is_whole = len(self.versions) == 1 and self.before and self.after.predecessor == self.before.number
        return self.after if is_whole else None


def is_announced(version: Version) -> bool:
    """Whether readers are told of a version by more than its line in the change log."""
    if version.is_imported:
        return False
    is_large = version.level in {VersionLevel.MAJOR, VersionLevel.SPECIAL}
    return is_large or (version.level is VersionLevel.MINOR and bool(version.channels))


def list_effective_days(log: VersionLog) -> tuple[EffectiveDay, ...]:
    """Return every day on which versions take effect, oldest first."""
    # In force is the last version in the log of those that have taken effect, which need not be the one that
    # took effect last: a version may correct an older text after a newer one was announced.
    ranked = sorted(
        (version.effective, position)
        for position, version in enumerate(log.versions)
        if not version.is_never_in_force
    )
    days: list[EffectiveDay] = []
    newest, before = -1, None
    for day, group in groupby(ranked, lambda item: item[0]):
        positions = [position for _, position in group]
        newest = max(newest, *positions)
        after = log.versions[newest]
        versions = tuple(log.versions[position] for position in positions)
        days.append(EffectiveDay(day, before, after, versions, log.corrected_numbers))
        before = after
    return tuple(days)


def list_upcoming_days(days: Iterable[EffectiveDay], today: date) -> tuple[EffectiveDay, ...]:
    """Return the days after today."""
    return tuple(day for day in days if day.day > today)


def list_recent_days(days: Iterable[EffectiveDay], today: date, show_days: int) -> tuple[EffectiveDay, ...]:
    """Return the days whose announced changes are at most `show_days` old, newest first."""
    return tuple(
        day
        for day in reversed(tuple(days))
        if 0 <= (today - day.day).days <= show_days and day.before and day.announced
    )


def list_versions_never_in_force(log: VersionLog) -> tuple[Version, ...]:
    """Return the versions that a later one withdrew or overtook, oldest first."""
    return tuple(version for version in log.versions if version.is_never_in_force)
