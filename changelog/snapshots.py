"""Revisions in, readable states out: one that cannot be read never stops those after it (contract §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy.findings import ContentError
from policy.loader import PublishedNotes, load_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from changelog.history import Revision
    from policy.models import Policy


@dataclass(frozen=True)
class Snapshot:
    """A readable revision, and the policy that stands in it."""

    revision: Revision
    policy: Policy


def read_snapshots(
    revisions: Iterable[Revision], warnings: list[str], settled: PublishedNotes | None = None
) -> Iterator[Snapshot]:
    """Read each revision; one that cannot be read is told, and its changes count with the next.

    `settled` are the notes that stood before the first, and take those that follow. ContentError where the
    newest cannot be read.
    """
    known = settled or PublishedNotes()
    fault: ContentError | None = None
    for revision in revisions:
        try:
            policy = load_policy(revision.files, known)
        except ContentError as error:
            fault = error
            more = f" (and {len(error.findings) - 1} more)" if len(error.findings) > 1 else ""
            what = "cannot be read, its changes count with the next"
            warnings.append(f"commit {revision.commit[:12]} {what}: {error.findings[0]}{more}")
            continue
        fault = None
        known.add(revision.files, policy)
        yield Snapshot(revision, policy)
    if fault:
        raise fault
