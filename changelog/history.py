"""The history of `content/`: its revisions on the first-parent line of a ref, oldest first.

One `git log` and one `git cat-file --batch` read a history of any length. Why only first parents:
docs/decisions/first-parent-line.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from changelog.folder_moves import PolicyFolders
from changelog.history_errors import HistoryError, create_no_content_error
from changelog.replaced_sources import refuse_replaced_source
from changelog.repository import Entry, Repository
from changelog.sparse_checkout import read_sparse_files
from common.messages import Message
from policy.sources import ContentFiles, RejectedFile, read_content_files

# The modes of `git log --raw`; any other is an irregular file.
FILE_MODES = (b"100644", b"100755")
_REMOVED_MODE, _SYMLINK_MODE = b"000000", b"120000"
_REJECTED_MODES = {_SYMLINK_MODE: RejectedFile.SYMLINK, b"160000": RejectedFile.SUBMODULE}


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit that touched `content/`: full hex id, committer time in Unix seconds, and all files by path.

    Uncommitted edits are a revision too, with an empty id.
    """

    commit: str
    time: int
    files: ContentFiles


def read_revisions(source: Path, ref: str = "HEAD") -> Iterator[Revision]:
    """Yield the revisions of `source`/content up to `ref`, oldest first.

    Raise HistoryError if there is no repository, if the clone lacks part of the history, or if `ref` is not a
    commit.
    """
    if not source.is_dir():
        raise HistoryError(Message("{path}: no such folder; set it with --source", path=source))
    refuse_replaced_source(source)
    repository = Repository(source)
    content = f"{repository.prefix}content/"
    folders = PolicyFolders(source, content)
    commits = tuple(
        commit._replace(entries=entries)
        for commit in folders.follow_commits(repository.iter_commits(repository.resolve_commit(ref)))
        if (entries := tuple(_select_entries(repository.prefix, content, commit.entries)))
    )
    folders.refuse_submodule()
    if not commits:
        raise create_no_content_error(ref)
    files: dict[str, bytes | RejectedFile] = {}
    blob_ids = (entry.blob for commit in commits for entry in commit.entries if entry.mode in FILE_MODES)
    with repository.stream_blobs(blob_ids) as blobs:
        for commit in commits:
            for entry in commit.entries:
                apply_entry(entry, files, blobs)
            yield Revision(commit.id, commit.time, dict(files))  # a copy: the next commit changes `files`


def apply_entry(
    entry: Entry, files: dict[str, bytes | RejectedFile], blobs: Iterator[bytes | RejectedFile]
) -> None:
    """Set or remove a file; regular ones take the next blob."""
    if entry.mode == _REMOVED_MODE:
        files.pop(entry.path, None)
    elif entry.mode in FILE_MODES:
        files[entry.path] = next(blobs)
    else:
        files[entry.path] = _REJECTED_MODES.get(entry.mode, RejectedFile.IRREGULAR)


def _select_entries(prefix: str, content: str, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries below content/, with paths below the source."""
    for entry in entries:
        if entry.path.startswith(content):
            yield entry._replace(path=entry.path.removeprefix(prefix))


def read_working_tree(source: Path, today: date) -> Revision:
    """Return the files on disk as a revision made at noon of `today`, committed or not.

    Files that a sparse checkout leaves out are as they were committed: the next commit keeps them.
    """
    hidden = read_sparse_files(source)
    if not hidden:
        return create_uncommitted_revision(read_content_files(source), today)
    found = read_content_files(source) if (source / "content").is_dir() else {}
    return create_uncommitted_revision(dict(sorted({**hidden, **found}.items())), today)


def create_uncommitted_revision(files: ContentFiles, today: date) -> Revision:
    """Return files that are not committed as a revision made at noon of `today`."""
    noon = datetime.combine(today, time(12), UTC)
    return Revision("", int(noon.timestamp()), files)
