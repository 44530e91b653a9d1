"""Folders in `out/` that are written once, as a whole: under a new name, described by digests, renamed."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from generator.public_files import PublicFile, create_public_folder, remove_path, write_public_file

_NEW_PREFIX, _OLD_PREFIX = ".new-", ".old-"
_EMPTY_FOLDER = "empty folder"
_MAX_DEPTH = 32  # of folders; a build needs fewer than ten
_READABLE, _SEARCHABLE = 0o444, 0o555


def create_new_folder(root: Path) -> Path:
    """Create a folder below `root` with a temporary name that nobody can predict."""
    new = root / f"{_NEW_PREFIX}{secrets.token_hex(8)}"
    create_public_folder(new)
    return new


def is_temporary_name(name: str) -> bool:
    """Whether a folder is unfinished or damaged: a build that was killed has left it."""
    return name.startswith((_NEW_PREFIX, _OLD_PREFIX))


def install_folder(new: Path, folder: Path) -> None:
    """Rename a finished folder to its final name; whatever has that name is removed."""
    old = folder.with_name(f"{_OLD_PREFIX}{secrets.token_hex(8)}")
    if os.path.lexists(folder):
        folder.rename(old)
    new.rename(folder)
    remove_path(old)


def write_files(folder: Path, files: Iterable[PublicFile]) -> dict[str, str]:
    """Write files below a folder one by one; return the digest of each by its path."""
    digests: dict[str, str] = {}
    created: set[Path] = set()
    for file in files:
        path, content = folder / file.path, file.content
        if path.parent not in created:
            create_public_folder(path.parent)
            created.add(path.parent)
        write_public_file(path, content)
        digests[file.path] = hashlib.sha256(content).hexdigest()
    return digests


def describe_link(target: str) -> str:
    """Return what stands for a link among digests."""
    return f"link to {target}"


def create_empty_folder(folder: Path, name: str) -> dict[str, str]:
    """Create an empty folder in a folder; return what stands for it among digests."""
    create_public_folder(folder / name)
    return {name: _EMPTY_FOLDER}


def hash_digests(digests: Mapping[str, str]) -> str:
    """Return one digest of many files, each given by its path and its own digest."""
    lines = (f"{path}\0{digests[path]}\0" for path in sorted(digests))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def hash_folder(folder: Path) -> dict[str, str]:
    """Return the digest of each file and the description of each link and empty folder, by path.

    Raises OSError if the folder is missing or a link, or if something in it was not written by a build: a
    device, say, or a file that not everyone may read.
    """
    return dict(_iter_digests(str(folder), "", 0))


def _iter_digests(folder: str, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode) or status.st_mode & _SEARCHABLE != _SEARCHABLE or depth > _MAX_DEPTH:
        raise OSError(errno.ENOTDIR, "not a folder of a build", folder)
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.is_symlink():
                yield path, describe_link(os.readlink(entry.path))  # noqa: PTH115 - thousands of them
            elif entry.is_dir(follow_symlinks=False):
                found = list(_iter_digests(entry.path, f"{path}/", depth + 1))
                yield from found or [(path, _EMPTY_FOLDER)]
            else:
                yield path, _hash_file(entry.path)


def _hash_file(path: str) -> str:
    """Return the digest of a file; raise OSError if it is not one that everyone may read."""
    # O_NONBLOCK: opening a FIFO would wait for ever for somebody who writes.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode) or mode & _READABLE != _READABLE:
            raise OSError(errno.EINVAL, "not a file of a build", path)
        return hashlib.file_digest(file, "sha256").hexdigest()
