"""Reads the files of `content/` from the disk, for changes that are not committed yet.

Symbolic links are not followed: content must not reach files outside its folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from common.errors import InputError
from common.messages import Message

# Of a file, and of all files but published notes together. A policy has some hundred kilobytes; to check the
# worst that fits takes half a minute.
MAX_FILE_BYTES = MAX_TOTAL_BYTES = 512 << 10


class RejectedFile(Enum):
    """Why a file is not opened; each reason carries the message and the hint of its finding."""

    SYMLINK = (
        Message("symbolic links are not allowed here"),
        Message("replace it with a regular file"),
    )
    SUBMODULE = (
        Message("this folder is a submodule, so its files are in another repository"),
        Message("commit its files in this repository, or move it out of content/"),
    )
    IRREGULAR = (Message("not a regular file"), Message("replace it with a regular file"))
    TOO_LARGE = (
        Message("the file is larger than 512 KiB"),
        Message("split it into several sections or files"),
    )

    def __init__(self, message: Message, hint: Message) -> None:
        self.message = message
        self.hint = hint


ContentFiles: TypeAlias = "Mapping[str, bytes | RejectedFile]"


def read_content_files(source: Path) -> ContentFiles:
    """Return the files of `source`/content by their path below `source`, sorted.

    Raise InputError if there is no such folder, or it cannot be read.
    """
    content = source / "content"
    if not content.is_dir() or content.is_symlink():
        raise InputError(
            Message(
                "{path}: there is no folder 'content'; use --source to name the folder that contains it",
                path=content,
            )
        )
    try:
        return dict(sorted(_iter_files(content, "content/")))
    except OSError as error:
        raise InputError(
            Message(
                "{path}: cannot be read ({reason}); check its permissions",
                path=error.filename,
                reason=error.strerror,
            )
        ) from None


def _iter_files(folder: Path, prefix: str) -> Iterator[tuple[str, bytes | RejectedFile]]:
    """Yield the files below a folder by path; symbolic links to folders are not followed."""
    # scandir, because it knows the type of an entry without following it.
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False) and os.path.lexists(Path(entry.path, ".git")):
                yield name, RejectedFile.SUBMODULE
            elif entry.is_dir(follow_symlinks=False):
                yield from _iter_files(Path(entry.path), f"{name}/")
            else:
                yield name, _read_file(entry)


def _read_file(entry: os.DirEntry[str]) -> bytes | RejectedFile:
    """Return the bytes of a file, or why it is not opened."""
    status = entry.stat(follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        return RejectedFile.SYMLINK
    if not stat.S_ISREG(status.st_mode):
        return RejectedFile.IRREGULAR
    return RejectedFile.TOO_LARGE if status.st_size > MAX_FILE_BYTES else Path(entry.path).read_bytes()
