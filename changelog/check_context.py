"""The input of the rules about changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from changelog.change_set import ChangeSet
from changelog.history import Revision
from changelog.working_copy import WorkingCopy
from policy.checks.context import PolicyCheckContext
from policy.fields import Locale
from policy.findings import Location


@dataclass(frozen=True)
class ChangeCheckContext:
    """Changes, the context of the newest policy with its lines, all revisions, and what Git knows of files.

    Without `working_copy` nothing is judged about files that are not committed. `long_letters` are the
    languages in which the letter about the newest change is too long, with its size in bytes.
    """

    change_set: ChangeSet
    policy_context: PolicyCheckContext
    revisions: Sequence[Revision]
    today: date
    working_copy: WorkingCopy = field(default_factory=WorkingCopy)
    long_letters: Mapping[Locale, int] = field(default_factory=dict)

    def locate_in_note(self, name: str, key: str) -> Location:
        """Return the line of a key in a note."""
        return self.policy_context.locate_key(f"content/{name}", (key,))
