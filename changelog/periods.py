"""From when until when a version applied, and which other one ended that or kept it from applying."""

from __future__ import annotations

from collections.abc import Iterator

from changelog.versions import Version, VersionLog


def find_replacement(log: VersionLog, version: Version) -> Version | None:
    """Return the first version that took or takes effect after this one, which then applies no more.

    None if there is none yet, or if the version never comes into force.
    """
    if version.is_never_in_force:
        return None
    found = None
    for later in log.list_versions_after(version):
        # No version takes effect before it is published, so none of the rest is earlier.
        if found and later.published >= found.effective:
            break
        # A correction of the version in force can take effect earlier than one that was announced before it.
        if later.is_never_in_force or later.effective < version.effective:
            continue
        if found is None or later.effective < found.effective:
            found = later
    return found


def find_superseding_version(log: VersionLog, version: Version) -> Version | None:
    """Return the first version that overtook this one by taking effect earlier; None if none did."""
    if not version.is_superseded:
        return None
    return next(
        (
            later
            for later in log.list_versions_after(version)
            if later.effective < version.effective
            # A correction of the version in force overtakes only the versions that it builds on.
            and (not later.counterpart or version.number in _iter_line(log, later))
        ),
        None,
    )


def _iter_line(log: VersionLog, version: Version) -> Iterator[str]:
    """Yield the numbers of the versions that a version builds on, newest first."""
    before = log.find_predecessor(version)
    while before:
        yield before.number
        before = log.find_predecessor(before)
