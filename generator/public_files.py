"""Files and folders that a web server may read, whatever the umask of the person who builds.

A build on an editor's machine (umask 077) and one in CI (umask 022) must publish the same modes. The umask is
a property of the whole process, so library code must not change it: modes are set file by file.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import Protocol

_FILE_MODE = 0o644
_FOLDER_MODE = 0o755


class PublicFile(Protocol):
    """A file to publish."""

    @property
    def path(self) -> str:
        """Its path in its folder."""

    @property
    def content(self) -> bytes:
        """Its bytes."""


def write_public_file(path: Path, content: bytes) -> None:
    """Write a new file that everyone may read and its owner may write; raise OSError if the name is taken.

    A link that somebody put there is not followed.
    """
    with open(path, "xb", opener=_open_public) as file:
        file.write(content)


def _open_public(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, _FILE_MODE)
    os.fchmod(descriptor, _FILE_MODE)
    return descriptor


def create_public_folder(path: Path) -> None:
    """Create a folder that everyone may read, and its missing parents; an existing one stays as it is."""
    try:
        path.mkdir(_FOLDER_MODE)
    except FileExistsError:
        if not path.is_dir():
            raise
        return
    except FileNotFoundError:
        create_public_folder(path.parent)
        create_public_folder(path)  # another process of the build may have created it meanwhile
        return
    # The mode is widened, not set: a folder inherits its setgid bit from its parent, and must keep it.
    path.chmod(stat.S_IMODE(path.stat().st_mode) | _FOLDER_MODE)


def read_regular_file(path: Path | str, max_bytes: int) -> bytes:
    """Return the content of a file; raise OSError if it is a link, a device or larger than `max_bytes`."""
    # O_NONBLOCK: opening a FIFO would wait for ever for somebody who writes.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content


def is_real_folder(path: Path) -> bool:
    """Whether a path is a folder and not a link to one."""
    return path.is_dir() and not path.is_symlink()


def remove_path(path: Path) -> None:
    """Remove a file, a link or a whole folder, as far as that is possible; a link is not followed."""
    if is_real_folder(path):
        # A folder may be nested too deep for rmtree, if somebody wants it so.
        with suppress(RecursionError):
            shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
