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

LARGEST = 1 << 20


class Refused(Enum):
    """A file that is never opened: what is wrong with it and what to do."""

    SYMLINK = ("a symbolic link stands here", "put a regular file in its place")
    IRREGULAR = ("this is no regular file", "put a regular file in its place")
    TOO_LARGE = ("the file is over 1 MiB", "split it into several sections or files")


Files: TypeAlias = "Mapping[str, bytes | Refused]"


def files(source: Path) -> Files:
    """Read the files of `source`/content by their path below `source`; InputError where there are none."""
    content = source / "content"
    if not content.is_dir() or content.is_symlink():
        raise InputError(
            f"{content}: there is no folder «content»; name the folder that holds it with --source"
        )
    try:
        return dict(sorted(_walk(content, "content/")))
    except OSError as error:
        raise InputError(
            f"{error.filename}: cannot be read ({error.strerror}); check its permissions"
        ) from None


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, bytes | Refused]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{name}/")
            else:
                yield name, _content(entry)


def _content(entry: os.DirEntry[str]) -> bytes | Refused:
    found = entry.stat(follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        return Refused.SYMLINK
    if not stat.S_ISREG(found.st_mode):
        return Refused.IRREGULAR
    return Refused.TOO_LARGE if found.st_size > LARGEST else Path(entry.path).read_bytes()
