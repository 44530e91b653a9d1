"""Revisions in, readable states out: one that cannot be read never stops those after it (contract §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy.errors import ContentError
from policy.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from changelog.history import Revision
    from policy.model import ChangeNote, Policy


@dataclass(frozen=True)
class State:
    """A readable revision, and the policy that stands in it."""

    revision: Revision
    policy: Policy


def readable(
    revisions: Iterable[Revision], warnings: list[str], known: Mapping[str, ChangeNote] | None = None
) -> Iterator[State]:
    """Read each revision; one that cannot be read is told, and its changes count with the next.

    `known` are the notes that stood before the first. ContentError where the newest cannot be read.
    """
    settled: dict[str, ChangeNote] = dict(known or {})
    fault: ContentError | None = None
    for revision in revisions:
        try:
            policy = read(revision.files, settled)
        except ContentError as error:
            fault = error
            more = f" (and {len(error.faults) - 1} more)" if len(error.faults) > 1 else ""
            what = "cannot be read, its changes count with the next"
            warnings.append(f"commit {revision.commit[:12]} {what}: {error.faults[0]}{more}")
            continue
        fault = None
        settled.update(policy.notes)
        yield State(revision, policy)
    if fault:
        raise fault
