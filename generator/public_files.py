"""Files and folders that a web server may read, whatever the umask of the person who builds.

A build on an editor's machine (umask 077) and one in CI (umask 022) must publish the same modes. The umask is
a property of the whole process, so library code must not change it: modes are set file by file.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

_FILE_MODE = 0o644
_FOLDER_MODE = 0o755


def write_public_file(path: Path, content: bytes) -> None:
    """Write a file that everyone may read and its owner may write."""
    with open(path, "wb", opener=_open_public) as file:
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
