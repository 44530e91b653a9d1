"""A folder with a published policy that a commit replaced by a link, or by a submodule, is refused.

The link may lead to other files with another history, and readers would see that instead.
"""

from __future__ import annotations

import os
from pathlib import Path

from changelog.git_process import find_repository
from changelog.history_errors import HistoryError, create_replaced_source_error
from changelog.repository import Repository

_LINK_MODES = ("120000", "160000")  # a symbolic link, a submodule


def refuse_replaced_source(source: Path) -> None:
    """Raise HistoryError if a folder on the path of the source is a link in whose place a policy was."""
    path = Path(os.path.abspath(source))  # noqa: PTH100 - the path as it is written, links included
    for place in (path, *path.parents):
        if place.is_symlink() or (place / ".git").is_file():
            _refuse_replaced_folder(source, place, path.relative_to(place))


def _refuse_replaced_folder(source: Path, place: Path, rest: Path) -> None:
    """Raise HistoryError if the repository around `place` once had a policy in `place` / `rest`."""
    location = find_repository(place.parent)
    if location is None:
        return
    try:
        repository = Repository(place.parent)
    except HistoryError:  # of a repository around the policy's own, which nobody asked for
        return
    name = f"{location.folder}{place.name}"
    mode = repository.ask("ls-files", "--stage", "-z", "--", f":(literal){name}").partition(" ")[0]
    if mode not in _LINK_MODES:  # made on this computer, not by a commit
        return
    settings = (Path(name) / rest / "content" / "policy.yaml").as_posix()
    commit = repository.ask(
        "log", "--max-count=1", "--format=%H", "HEAD", "--", f":(literal){settings}"
    ).strip()
    if commit:
        raise create_replaced_source_error(source, commit)
