"""What Git knows of the files on disk: which ones a commit would leave out, and what is pushed already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from changelog.history_errors import HistoryError
from changelog.repository import Repository

_IGNORING_LINE = re.compile(r"(.+?:\d+):")


@dataclass(frozen=True)
class WorkingCopy:
    """The files of `content/` that a commit would leave out, by path below the source, and what is pushed.

    `ignored` has the line that hides a file, such as `.gitignore:3`. `upstream` is the newest commit of the
    branch that this one is pushed to, empty if there is none; `unpushed` are the commits that it lacks.
    """

    head: str = ""
    untracked: frozenset[str] = frozenset()
    ignored: Mapping[str, str] = field(default_factory=dict)
    conflicted: frozenset[str] = frozenset()
    upstream: str = ""
    unpushed: frozenset[str] = frozenset()


def read_working_copy(source: Path) -> WorkingCopy:
    """Ask Git about the files of `source`/content; without a commit there is nothing to tell."""
    try:
        repository = Repository(source)
        head = repository.resolve_commit("HEAD")
    except HistoryError:
        return WorkingCopy()
    # Not `git status`: it compares contents, and for that runs filters that the repository names.
    hidden = _list_files(repository, "--others", "--ignored", "--exclude-standard")
    unmerged = _list_files(repository, "--unmerged")
    upstream = repository.ask("rev-parse", "--verify", "--quiet", "@{upstream}^{commit}").strip()
    unpushed = repository.ask("rev-list", head, "--not", upstream).split() if upstream else []
    return WorkingCopy(
        head,
        frozenset(_list_files(repository, "--others", "--exclude-standard")),
        dict(_find_ignoring_lines(repository, hidden)) if hidden else {},
        frozenset(unmerged),
        upstream,
        frozenset(unpushed),
    )


def _list_files(repository: Repository, *options: str) -> list[str]:
    """Return the paths below the source that `git ls-files` prints for content/."""
    location = repository.location
    rows = repository.ask("ls-files", "-z", *options, "--", location.content).split("\0")[:-1]
    if "--unmerged" in options:  # mode, blob and stage precede the path
        rows = [row.partition("\t")[2] for row in rows]
    return [row.removeprefix(location.folder) for row in rows]


def _find_ignoring_lines(repository: Repository, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each of these paths with the file and the line of the pattern that hides it."""
    folder = repository.location.folder
    names = (f"{folder}{path}" for path in paths)
    rows = repository.ask("-c", "core.quotePath=false", "check-ignore", "--verbose", "--", *names)
    lines = {row.rpartition("\t")[2]: _IGNORING_LINE.match(row) for row in rows.splitlines()}
    for path in paths:
        match = lines.get(f"{folder}{path}")
        yield path, match[1] if match else ".gitignore"
