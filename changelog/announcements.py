"""Announcements: which versions readers are told about, where, and until when.

A version has the channels that its own revision promised for its level (docs/reference/output.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from changelog.versions import Version, VersionLog
from policy.models import Channel


@dataclass(frozen=True, slots=True)
class Announcement:
    """A version that is announced; `until` is the last day on which its notices are shown."""

    version: Version
    until: date

    @property
    def is_in_help_centre(self) -> bool:
        """Whether the help centre shows it."""
        return Channel.HELP_CENTRE in self.version.channels

    def is_shown_on(self, today: date) -> bool:
        """Whether its notices are still shown on a day."""
        return today <= self.until and not self.version.withdrawn_by


def list_announcements(log: VersionLog) -> tuple[Announcement, ...]:
    """Return the announcements of all versions, newest first, except of superseded ones.

    A version whose change is already in force, in a version of the same revision, is not announced again.
    """
    show_days = log.policy.settings.show_days
    return tuple(
        # A version may take effect on the last day that a date can hold.
        Announcement(
            version, version.effective + timedelta(min(show_days, (date.max - version.effective).days))
        )
        for version in reversed(log.versions)
        if version.channels and not version.is_superseded and version.number not in log.corrected_numbers
    )
