"""Versions that wait: announced, not yet in force, and to be overtaken only by a note that says so.

docs/reference/history.md has the rules. Versions form a tree: each builds on the text of its predecessor, and
a withdrawn version leaves a branch that nobody continues.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from changelog.versions import Version


def mark_versions_never_in_force(versions: Sequence[Version]) -> tuple[Version, ...]:
    """Mark each version that a later one has withdrawn, or overtakes by taking effect on an earlier day."""
    withdrawals: dict[str, Version] = {}
    for version in versions:
        for number in version.withdraws:
            withdrawals.setdefault(number, version)
    superseded = _find_superseded_numbers(versions)
    return tuple(
        _mark_withdrawn(version, withdrawals[version.number])
        if version.number in withdrawals
        else _mark_superseded(version, versions[position + 1 :])
        if version.number in superseded
        else replace(version, is_superseded=False)
        if version.is_superseded
        else version
        for position, version in enumerate(versions)
    )


def _mark_withdrawn(version: Version, withdrawal: Version) -> Version:
    last_update = _update_by(version, withdrawal)
    return replace(version, is_superseded=False, withdrawn_by=withdrawal.number, last_update=last_update)


def _mark_superseded(version: Version, later: Sequence[Version]) -> Version:
    earlier_effect = [other for other in later if other.effective < version.effective]
    # A correction of the version in force overtakes a version only if no other one does.
    overtaking = next((other for other in earlier_effect if not other.counterpart), earlier_effect[0])
    return replace(version, is_superseded=True, last_update=_update_by(version, overtaking))


def _update_by(version: Version, other: Version) -> tuple[date, int]:
    """Return the last update of a version on which another one has an effect since its publication."""
    day, correction_count = version.last_update
    return max(day, other.published), correction_count


def _find_superseded_numbers(versions: Sequence[Version]) -> set[str]:
    """Return the numbers of the versions that a later one overtakes."""
    superseded: set[str] = set()
    earliest = date.max  # the first effective day of all later versions
    # A correction of the version in force overtakes only the versions that it builds on.
    limits: dict[str, date] = {}
    for version in reversed(versions):
        limit = limits.get(version.number, date.max)
        if version.effective > min(earliest, limit):
            superseded.add(version.number)
        if version.counterpart:
            limit = min(limit, version.effective)
        else:
            earliest = min(earliest, version.effective)
        limits[version.predecessor] = min(limits.get(version.predecessor, date.max), limit)
    return superseded


def list_waiting_versions(versions: Sequence[Version], day: date) -> tuple[Version, ...]:
    """Return the announced versions that are not in force on a day but will be, oldest first."""
    # No version overtakes one that waits, so the last takes effect no earlier than any of them.
    if not versions or versions[-1].effective <= day:
        return ()
    first = next(position for position, version in enumerate(versions) if version.effective > day)
    later = mark_versions_never_in_force(versions[first:])
    return tuple(
        version
        for version in later
        if version.is_announced_ahead and version.effective > day and not version.is_never_in_force
    )


def list_line_ends(versions: Sequence[Version], waiting: Sequence[Version]) -> tuple[Version | None, ...]:
    """Return the last version that builds on none of the waiting ones, then the last for each of them.

    The first is the one to return to if all are withdrawn: None if no version was in force. The last is the
    newest version.
    """
    ends: dict[int, Version] = {}
    numbers = [version.number for version in waiting]
    by_number = {version.number: version for version in versions}
    for version in reversed(mark_versions_never_in_force(versions)):
        if not version.is_never_in_force:
            count = sum(1 for number in _iter_line(version.number, by_number) if number in numbers)
            ends.setdefault(count, by_number[version.number])
        if len(ends) > len(waiting):
            break
    return tuple(ends.get(count) for count in range(len(waiting) + 1))


def find_descendants(versions: Sequence[Version], ancestor: Version) -> frozenset[str]:
    """Return the numbers of a version and of those that build on it, unless they never come into force."""
    line, found = {ancestor.number}, {ancestor.number}
    for version in mark_versions_never_in_force(versions):  # a predecessor comes before
        if version.predecessor in line:
            # A version that never comes into force is in the line of those that build on it.
            line.add(version.number)
            if not version.is_never_in_force:
                found.add(version.number)
    return frozenset(found)


def _iter_line(number: str, by_number: dict[str, Version]) -> Iterator[str]:
    """Yield the number of a version and of each that it builds on, newest first."""
    while number:
        yield number
        number = by_number[number].predecessor
