"""The output folder: one build at a time, one link that publishes, nothing left of a build that failed.

    out/site      -> current/site         what to publish
    out/letters   -> current/letters      what to mail
    out/current   -> generations/<name>   the one link whose replacement makes a build current
    out/store/<name>/                     one folder per version, which no later version changes

A generation holds the few files that change and a link for each version. The previous generation stays, for
readers who are still loading a page; its style sheet stays in the next one too (docs/reference/output.md).
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from common.errors import InputError
from generator.build_state import PUBLISHED_LINKS, STORAGE_FOLDERS
from generator.generations import CURRENT_TARGET, find_current_generation, list_version_folders
from generator.public_files import create_public_folder, is_real_folder, remove_path
from generator.stored_folders import is_temporary_name

_LOCK_FILE = ".lock"
# Files of earlier versions of the software, with words that may have been redacted since.
_FORMER_FILES = ("fold.kept", "standing.json", ".checkpoint", ".new-.checkpoint")


@contextmanager
def lock_output(out: Path) -> Iterator[None]:
    """Let one build at a time into `out`; the next waits. The system releases the lock of a killed build.

    Raises InputError if a build would replace something that no build has made.
    """
    create_public_folder(out)
    if path := _find_path_not_from_build(out):
        raise InputError(f"{path}: was not created by a build; move it away or choose another --out")
    # flock, not a file that must be removed: it ends with the process that holds it, however that ends.
    with open(out / _LOCK_FILE, "a", opener=_open_lock) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _open_lock(path: str, flags: int) -> int:
    # Nobody else may write it, whatever the umask.
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)


def _find_path_not_from_build(out: Path) -> Path | None:
    """Return a path that a build would replace or write into but did not create.

    A folder with a lock file is ours; a link that leads elsewhere is not, wherever it is.
    """
    for name, target in PUBLISHED_LINKS.items():
        if os.path.lexists(out / name) and not _is_link_to(out / name, target):
            return out / name
    current, lock = out / "current", out / _LOCK_FILE
    if os.path.lexists(current) and not (
        current.is_symlink() and CURRENT_TARGET.fullmatch(str(current.readlink()))
    ):
        return current
    if os.path.lexists(lock) and not stat.S_ISREG(lock.lstat().st_mode):
        return lock
    folders = [out / name for name in STORAGE_FOLDERS if os.path.lexists(out / name)]
    return next((path for path in folders if not lock.exists() or not is_real_folder(path)), None)


def _is_link_to(path: Path, target: str) -> bool:
    return path.is_symlink() and str(path.readlink()) == target


def make_current(out: Path, generation: str) -> None:
    """Make a generation current: site and letters together, by the rename of one link."""
    for name, target in PUBLISHED_LINKS.items():
        if not (out / name).is_symlink():
            _replace_link(out / name, target)
    if not _is_link_to(out / "current", f"generations/{generation}"):
        _replace_link(out / "current", f"generations/{generation}")


def _replace_link(path: Path, target: str) -> None:
    """Point a link to another target; rename(2) is atomic, so that no reader finds it missing."""
    new = path.with_name(f".new-{path.name}")
    remove_path(new)
    new.symlink_to(target)
    new.replace(path)


@contextmanager
def remove_on_failure(out: Path) -> Iterator[None]:
    """Remove what a build has written if it fails or is interrupted, so that it leaves as much free space.

    What the current generation needs stays: folders written in place of damaged ones, and everything if the
    build has become current before it failed.
    """
    before = {name: _list_names(out / name) for name in STORAGE_FOLDERS}
    try:
        yield
    except BaseException:
        current = find_current_generation(out)
        used = {current.name, *list_version_folders(current)} if current else set()
        for name in STORAGE_FOLDERS:
            for written in _list_names(out / name) - before[name] - used:
                remove_path(out / name / written)
        raise


def _list_names(folder: Path) -> set[str]:
    return set(os.listdir(folder)) if folder.is_dir() else set()  # noqa: PTH208 - names, not paths


def remove_leftovers(out: Path, needed: Iterable[str]) -> None:
    """Remove what a killed build has left, except for the version folders that are `needed` now."""
    generations = [out / "generations" / name for name in _list_names(out / "generations")]
    used = set(needed)
    for generation in generations:
        if is_temporary_name(generation.name):
            remove_path(generation)
        else:
            used.update(list_version_folders(generation))
    for name in _list_names(out / "store") - used:
        remove_path(out / "store" / name)


def remove_unused(out: Path, generations: Iterable[str], needed: Iterable[str]) -> None:
    """Remove all generations but some, and the version folders that are neither needed nor linked to."""
    for name in _list_names(out / "generations") - set(generations):
        remove_path(out / "generations" / name)
    remove_leftovers(out, needed)
    for name in _FORMER_FILES:
        remove_path(out / name)
