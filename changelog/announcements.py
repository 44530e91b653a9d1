"""Section 9 of the policy: who is told of a version, where, and until when. The only place that knows.

The channels of a version are those that its own revision promised for its level (contract §2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from policy.models import Channel

if TYPE_CHECKING:
    from changelog.versions import Version, VersionLog


@dataclass(frozen=True, slots=True)
class Announcement:
    """A version that readers are told of; `until` is the last day on which notices are shown."""

    version: Version
    until: date

    @property
    def in_help_centre(self) -> bool:
        """Whether the help centre tells of it."""
        return Channel.HELP_CENTRE in self.version.channels

    def is_shown_on(self, today: date) -> bool:
        """Whether notices are still shown on a day."""
        return today <= self.until


def list_announcements(log: VersionLog) -> tuple[Announcement, ...]:
    """Give every announcement ever made, the newest first.

    A version that was overtaken before it came into force is announced no more (contract §2).
    """
    shown = log.policy.settings.show_days
    return tuple(
        Announcement(version, version.effective + timedelta(min(shown, (date.max - version.effective).days)))
        for version in reversed(log.versions)
        if version.channels and not version.is_superseded
    )
