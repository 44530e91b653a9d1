"""Follows one file of a repository through its renames, along the first-parent line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from changelog.repository import Commit, Entry, Repository
from common.errors import InputError
from common.messages import Message
from common.suggestions import suggest_name

_REGULAR_MODES = (b"100644", b"100755")
_REMOVED_MODE = b"000000"
_LEAST_LIKENESS = 0.5  # as in git log --follow
_MAX_CANDIDATES = 200  # files removed in one commit whose words are compared
_WORD = re.compile(rb"\w+")


@dataclass(frozen=True, slots=True)
class FileCommit:
    """A commit that changed a file: its name there, and its blob, empty if the commit removed it."""

    commit: str
    path: str
    blob: str


@dataclass(frozen=True, slots=True)
class _Step:
    """A commit, and what it did to files: those that it set, and the blobs of those that it removed.

    `added` are the paths that did not exist before.
    """

    commit: str
    entries: Mapping[str, Entry]
    added: frozenset[str]
    removed: Mapping[str, str]


def follow_file(repository: Repository, commits: Sequence[Commit], path: str) -> list[FileCommit]:
    """Return the commits that changed a file, oldest first, under each name that it has had.

    Raise InputError if no commit has a file of this name.
    """
    steps = _list_steps(commits)
    last = max((number for number, step in enumerate(steps) if path in step.entries), default=None)
    if last is None:
        names = {name for step in steps for name in step.entries}
        raise InputError(
            Message(
                "{path}: no commit has this file; {suggestion}",
                path=path,
                suggestion=suggest_name(path, names),
            )
        )
    found: list[FileCommit] = []
    name: str | None = path
    for step in reversed(steps):
        if name is None or name not in step.entries:
            continue
        entry = step.entries[name]
        if entry.mode in _REGULAR_MODES:
            found.append(FileCommit(step.commit, name, entry.blob))
            if name in step.added:
                # A file of the same name before it that was removed is followed only if this is no rename.
                name = _find_old_name(repository, step, entry) or name
        elif entry.mode == _REMOVED_MODE:
            found.append(FileCommit(step.commit, name, ""))
        else:
            raise InputError(
                Message("{path} ({commit}): not a regular file", path=name, commit=step.commit[:12])
            )
    found.reverse()
    return found


def _list_steps(commits: Iterable[Commit]) -> list[_Step]:
    blobs: dict[str, str] = {}
    steps = []
    for commit in commits:
        entries = {entry.path: entry for entry in commit.entries}
        added = frozenset(
            path for path, entry in entries.items() if entry.mode != _REMOVED_MODE and path not in blobs
        )
        removed = {
            path: blobs[path]
            for path, entry in entries.items()
            if entry.mode == _REMOVED_MODE and path in blobs
        }
        for path, entry in entries.items():
            if entry.mode == _REMOVED_MODE:
                blobs.pop(path, None)
            else:
                blobs[path] = entry.blob
        steps.append(_Step(commit.id, entries, added, removed))
    return steps


def _find_old_name(repository: Repository, step: _Step, entry: Entry) -> str | None:
    """Return the name that a new file had before its commit: that of the removed file most like it."""
    for path, blob in step.removed.items():
        if blob == entry.blob:
            return path
    suffix = entry.path.rpartition(".")[2]
    candidates = [path for path in step.removed if path.rpartition(".")[2] == suffix][:_MAX_CANDIDATES]
    if not candidates:
        return None
    with repository.stream_blobs([entry.blob, *(step.removed[path] for path in candidates)]) as blobs:
        new = _count_words(next(blobs))
        likeness = {path: _compute_likeness(new, _count_words(next(blobs))) for path in candidates}
    best = max(candidates, key=likeness.__getitem__)
    return best if likeness[best] >= _LEAST_LIKENESS else None


def _count_words(data: object) -> Counter[bytes]:
    return Counter(_WORD.findall(data)) if isinstance(data, bytes) else Counter()


def _compute_likeness(one: Counter[bytes], other: Counter[bytes]) -> float:
    """Return the share of words that two texts have in common (Dice)."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
