"""Adoption: from which revision on this change log tells what was published, and what is older.

`adopted` in policy.yaml names the last revision that was imported from an older history. It is valid only in
the revision after that one, so that nobody can later declare published versions to be imported
(docs/history.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from changelog.snapshots import Snapshot
from common.messages import Message

_SHORT_ID = 12  # digits of a commit's id


@dataclass(frozen=True, slots=True)
class Adoption:
    """How many of the revisions that can be read were imported, and what is wrong with `adopted`.

    `problem` is a message and a hint, None if nothing is wrong.
    """

    imported_count: int = 0
    problem: tuple[Message, Message] | None = None

    @property
    def start(self) -> int:
        """The position of the snapshot that the first change of this log starts from."""
        return max(self.imported_count - 1, 0)


NOTHING_ADOPTED = Adoption()


def find_adoption(snapshots: Sequence[Snapshot]) -> Adoption:
    """Return which of these snapshots, oldest first, were imported; the newest must still say so."""
    if not snapshots:
        return NOTHING_ADOPTED
    count, commit = next(
        (
            (position, before.commit)
            for position, (before, after) in enumerate(pairwise(snapshots), start=1)
            if before.commit and after.policy.settings.adopted == before.commit
        ),
        (0, None),
    )
    stamped = any(snapshot.policy.time_stamps for snapshot in snapshots[:count])
    stated = snapshots[-1].policy.settings.adopted
    if stamped:
        return Adoption(0, _describe_published_revisions(stated) if stated else None)
    if stated == commit:
        return Adoption(count)
    if commit:
        return Adoption(count, _describe_change(commit))
    return Adoption(0, _describe_wrong_commit(stated or ""))


def _describe_change(commit: str) -> tuple[Message, Message]:
    return (
        Message("'adopted' must not change; it was {commit}", commit=commit[:_SHORT_ID]),
        Message("write 'adopted: {commit}' again", commit=commit),
    )


def _describe_wrong_commit(commit: str) -> tuple[Message, Message]:
    return (
        Message(
            "'adopted' does not name the commit before the one that added it: {commit}",
            commit=commit[:_SHORT_ID],
        ),
        Message("remove it; only build.py history writes it, in the commit after the imported ones"),
    )


def _describe_published_revisions(commit: str) -> tuple[Message, Message]:
    return (
        Message(
            "'adopted' calls versions imported that were published here: one up to {commit} has a time stamp",
            commit=commit[:_SHORT_ID],
        ),
        Message("remove it; only build.py history writes it, in the commit after the imported ones"),
    )
