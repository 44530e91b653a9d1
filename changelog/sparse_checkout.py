"""The files that a sparse checkout leaves out of the working tree."""

from __future__ import annotations

from pathlib import Path

from changelog.git_process import find_repository
from changelog.history_errors import HistoryError
from changelog.repository import Repository
from policy.sources import ContentFiles

_FILE_MODE = "100"
_SKIPPED = "S"  # the sign of `git ls-files -t` for a file that is not checked out on purpose


def read_sparse_files(source: Path) -> ContentFiles:
    """Return the committed files of `source`/content that are not checked out, by their paths."""
    if not _may_be_sparse(source):
        return {}
    try:
        repository = Repository(source)
    except HistoryError:
        return {}
    location = repository.location
    rows = repository.ask("ls-files", "-z", "-t", "--stage", "--", location.content).split("\0")
    # A row: sign, mode, blob and stage, a tab, the path.
    skipped = {
        path.removeprefix(location.folder): details.split(" ")[2]
        for details, _, path in (row.partition("\t") for row in rows)
        if details.startswith(_SKIPPED) and details[2:].startswith(_FILE_MODE)
    }
    with repository.stream_blobs(skipped.values()) as blobs:
        return dict(zip(skipped, blobs, strict=False))


def _may_be_sparse(source: Path) -> bool:
    """Whether the repository around a folder has ever had a sparse checkout: Git need not be asked if not."""
    location = find_repository(source)
    if location is None or location.is_bare:
        return False
    git = location.top / ".git"  # in a further work tree, a file that names another folder
    return git.is_file() or (git / "info" / "sparse-checkout").exists()
