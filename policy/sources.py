"""`content/` as it stands on the editor's disk, for what is not committed yet. Follows no link out of it."""

from __future__ import annotations

import os
import stat
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from common.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_FILE_BYTES = 1 << 20


class RejectedFile(Enum):
    """Why a file is never opened, with the message and the hint for the editor."""

    SYMLINK = ("symbolic links are not allowed here", "replace it with a regular file")
    IRREGULAR = ("not a regular file", "replace it with a regular file")
    TOO_LARGE = ("the file is larger than 1 MiB", "split it into several sections or files")

    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint


ContentFiles: TypeAlias = "Mapping[str, bytes | RejectedFile]"


def read_content_files(source: Path) -> ContentFiles:
    """Read the files of `source`/content by their path below `source`; InputError where there are none."""
    content = source / "content"
    if not content.is_dir() or content.is_symlink():
        raise InputError(
            f"{content}: there is no folder 'content'; name the folder that holds it with --source"
        )
    try:
        return dict(sorted(_walk(content, "content/")))
    except OSError as error:
        raise InputError(
            f"{error.filename}: cannot be read ({error.strerror}); check its permissions"
        ) from None


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, bytes | RejectedFile]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{name}/")
            else:
                yield name, _content(entry)


def _content(entry: os.DirEntry[str]) -> bytes | RejectedFile:
    found = entry.stat(follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        return RejectedFile.SYMLINK
    if not stat.S_ISREG(found.st_mode):
        return RejectedFile.IRREGULAR
    return RejectedFile.TOO_LARGE if found.st_size > MAX_FILE_BYTES else Path(entry.path).read_bytes()
