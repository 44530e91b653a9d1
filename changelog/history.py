"""Git in, revisions out: the first-parent line of a ref, and the files of `content/` at each commit on it.

One `git log` and one `git cat-file --batch` serve a history of any length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from changelog.repository import Entry, HistoryError, NoHistoryError, Repository
from policy.disk import Refused, files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from policy.disk import Files

_GONE, _SYMLINK, _FILE = b"000000", b"120000", (b"100644", b"100755")


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit that touched `content/`: full hex id, committer time in Unix seconds, files by path.

    What is not committed yet is a revision too, with an empty id.
    """

    commit: str
    time: int
    files: Files


def revisions(source: Path, ref: str = "HEAD") -> Iterator[Revision]:
    """Walk the published history of `source`/content from the oldest revision to the newest.

    HistoryError where there is no repository, where the clone lacks part of it, and where `ref` is no commit.
    """
    if not source.is_dir():
        raise HistoryError(f"{source}: there is no such folder; name it with --source")
    repository = Repository(source)
    content = f"{repository.prefix}content/"
    commits = tuple(
        commit._replace(entries=own)
        for commit in repository.log(repository.commit(ref))
        if (own := tuple(_below(repository.prefix, content, commit.entries)))
    )
    if not commits:
        raise NoHistoryError(
            f"{ref}: no commit on it holds content/; commit it first: git add content && git commit"
        )
    tree: dict[str, bytes | Refused] = {}
    wanted = (entry.blob for commit in commits for entry in commit.entries if entry.mode in _FILE)
    with repository.blobs(wanted) as blobs:
        for commit in commits:
            for entry in commit.entries:
                if entry.mode == _GONE:
                    tree.pop(entry.path, None)
                elif entry.mode in _FILE:
                    tree[entry.path] = next(blobs)
                else:
                    tree[entry.path] = Refused.SYMLINK if entry.mode == _SYMLINK else Refused.IRREGULAR
            yield Revision(commit.id, commit.time, dict(tree))


def _below(prefix: str, content: str, entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if entry.path.startswith(content):
            yield entry._replace(path=entry.path.removeprefix(prefix))


def uncommitted(source: Path, today: date) -> Revision:
    """Give what stands on the disk as one more revision, made at noon of `today`."""
    noon = datetime.combine(today, time(12), UTC)
    return Revision("", int(noon.timestamp()), files(source))
