"""Git in, revisions out: the first-parent line of a ref, and the files of `content/` at each commit on it.

One `git log` and one `git cat-file --batch` serve a history of any length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from changelog.repository import Commit, Entry, HistoryError, NoHistoryError, Repository
from policy.sources import RejectedFile, read_content_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from policy.sources import ContentFiles

_GONE, _SYMLINK, _FILE = b"000000", b"120000", (b"100644", b"100755")


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit that touched `content/`: full hex id, committer time in Unix seconds, files by path.

    What is not committed yet is a revision too, with an empty id.
    """

    commit: str
    time: int
    files: ContentFiles


def read_revisions(source: Path, ref: str = "HEAD", start: str = "") -> Iterator[Revision]:
    """Walk the published history of `source`/content from the oldest revision to the newest.

    From the commit `start` on where that is one of them; none before it is read.

    HistoryError where there is no repository, where the clone lacks part of it, and where `ref` is no commit.
    """
    if not source.is_dir():
        raise HistoryError(f"{source}: there is no such folder; name it with --source")
    repository = Repository(source)
    content = f"{repository.prefix}content/"
    commits = tuple(
        commit._replace(entries=own)
        for commit in repository.iter_commits(repository.resolve_commit(ref))
        if (own := tuple(_below(repository.prefix, content, commit.entries)))
    )
    if not commits:
        raise NoHistoryError(
            f"{ref}: no commit on it holds content/; commit it first: git add content && git commit"
        )
    commits = _from(start, commits)
    tree: dict[str, bytes | RejectedFile] = {}
    wanted = (entry.blob for commit in commits for entry in commit.entries if entry.mode in _FILE)
    with repository.stream_blobs(wanted) as blobs:
        for commit in commits:
            for entry in commit.entries:
                if entry.mode == _GONE:
                    tree.pop(entry.path, None)
                elif entry.mode in _FILE:
                    tree[entry.path] = next(blobs)
                else:
                    tree[entry.path] = (
                        RejectedFile.SYMLINK if entry.mode == _SYMLINK else RejectedFile.IRREGULAR
                    )
            yield Revision(commit.id, commit.time, dict(tree))


def _from(start: str, commits: tuple[Commit, ...]) -> tuple[Commit, ...]:
    """Give the commits from one on, which sets all files that stood there then."""
    place = next((number for number, commit in enumerate(commits) if commit.id == start), 0)
    standing = {entry.path: entry for commit in commits[: place + 1] for entry in commit.entries}
    there = tuple(entry for entry in standing.values() if entry.mode != _GONE)
    return (commits[place]._replace(entries=there), *commits[place + 1 :]) if place else commits


def _below(prefix: str, content: str, entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if entry.path.startswith(content):
            yield entry._replace(path=entry.path.removeprefix(prefix))


def read_working_tree(source: Path, today: date) -> Revision:
    """Give what stands on the disk as one more revision, made at noon of `today`."""
    noon = datetime.combine(today, time(12), UTC)
    return Revision("", int(noon.timestamp()), read_content_files(source))
