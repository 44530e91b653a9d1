"""The files of `content/` in an index of Git: exactly what a commit would hold, not what is on the disk.

Ignored files are missing from it, files that a sparse checkout leaves out are in it, and line ends are those
that Git stores.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from changelog.git_process import PINNED_OPTIONS, create_environment_with_user_configuration
from changelog.history import FILE_MODES, Revision, apply_entry, create_uncommitted_revision
from changelog.history_errors import HistoryError
from changelog.repository import Entry, Repository
from common.errors import InputError
from common.messages import Message
from policy.sources import RejectedFile


def read_staged_files(source: Path, today: date, index: str = "") -> Revision:
    """Return the files of an index below `source`/content as a revision made at noon of `today`.

    `index` is the path of an index file; empty is the one that Git named to the hook that runs this program,
    or else that of the repository. Raise HistoryError if there is no repository, and InputError if it has
    conflicts.
    """
    repository = Repository(source)
    # Inside a hook, `git commit --only` has an index of its own.
    index = str(Path(path).absolute()) if (path := index or os.environ.get("GIT_INDEX_FILE")) else ""
    entries = tuple(_list_entries(repository, index))
    files: dict[str, bytes | RejectedFile] = {}
    with repository.stream_blobs(entry.blob for entry in entries if entry.mode in FILE_MODES) as blobs:
        for entry in entries:
            apply_entry(entry, files, blobs)
    return create_uncommitted_revision(files, today)


def _list_entries(repository: Repository, index: str) -> Iterator[Entry]:
    """Yield the files of an index below content/, with paths below `source`, sorted."""
    location = repository.location
    listing = _run_git(repository, "ls-files", "--stage", "-z", "--", f"{location.content}/", index=index)
    for line in os.fsdecode(listing).split("\0")[:-1]:
        description, _, name = line.partition("\t")
        path = name.removeprefix(location.folder)
        mode, blob, stage = description.split(" ")
        if stage != "0":
            raise InputError(
                Message(
                    "{path}: the conflict is not resolved; edit the file, then run: git add {path}", path=path
                )
            )
        yield Entry(path, mode.encode(), blob)


def _run_git(repository: Repository, *arguments: str, index: str) -> bytes:
    """Return the output of a git command on an index; raise HistoryError if it fails."""
    environment = create_environment_with_user_configuration()
    if index:
        environment["GIT_INDEX_FILE"] = index
    command = repository.location.build_command(*PINNED_OPTIONS, "--literal-pathspecs", *arguments)
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    if done.returncode:
        problem = os.fsdecode(done.stderr).strip().rpartition("\n")[2]
        raise HistoryError(
            Message("{path}: Git cannot read the index ({problem})", path=repository.source, problem=problem)
        )
    return done.stdout
