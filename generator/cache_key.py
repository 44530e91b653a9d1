"""The key that authenticates what a build reuses from `out/`, so that nobody can forge it.

Whoever can write `out/` (a cache of CI, another user, a synchronised folder) can alter a page together with
every checksum beside it. The key is therefore outside of `out/`, in a private file of the user's state folder
(XDG Base Directory Specification). This module is imported before Jinja and YAML.
"""

from __future__ import annotations

import hmac
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_KEY_BYTES = 32
_FILE_NAME = Path("klartekst", "cache-key")
_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # O_NONBLOCK: opening a FIFO must not wait for a writer
# An authenticated JSON file begins with its code, so that nothing is parsed before it is known to be ours.
_CODE_PREFIX, _CODE_SUFFIX = b'{"authentication": "', b'", '
_CODE_LENGTH = 64


@dataclass(frozen=True, slots=True)
class CacheKey:
    """The secret of one user on one machine."""

    secret: bytes = field(repr=False)

    def compute_code(self, purpose: str, content: bytes) -> str:
        """Return the authentication code (HMAC-SHA256) of a content, in hex.

        A content authenticated for one purpose is not authentic for another.
        """
        return hmac.digest(self.secret, purpose.encode() + b"\0" + content, "sha256").hex()

    def is_authentic(self, code: str, purpose: str, content: bytes) -> bool:
        """Whether a code is that of the content."""
        return hmac.compare_digest(code.encode(), self.compute_code(purpose, content).encode())

    def serialize(self, purpose: str, values: Mapping[str, Any]) -> bytes:
        """Return values as a JSON file that begins with its authentication code."""
        content = json.dumps(values).encode().removeprefix(b"{")
        return _CODE_PREFIX + self.compute_code(purpose, content).encode() + _CODE_SUFFIX + content

    def deserialize(self, purpose: str, file: bytes) -> dict[str, Any]:
        """Return the values of an authenticated JSON file; raise ValueError if it is not authentic."""
        start = len(_CODE_PREFIX) + _CODE_LENGTH + len(_CODE_SUFFIX)
        head, content = file[:start], file[start:]
        code = self.compute_code(purpose, content).encode()
        if not hmac.compare_digest(head, _CODE_PREFIX + code + _CODE_SUFFIX):
            raise ValueError("not written by a build of this user")
        values: dict[str, Any] = json.loads(b"{" + content)
        return values


def load_cache_key(out: Path) -> CacheKey | None:
    """Return the key of this user, created when it is missing; None if there can be none.

    There can be none without a home folder of this user's own that can be written, or if `out` contains it.
    """
    try:
        file = _get_state_folder() / _FILE_NAME
        if file.resolve().is_relative_to(out.resolve()):
            return None
        secret = _read_secret(file) or _create_secret(file)
    except (OSError, RuntimeError, ValueError):
        return None
    return CacheKey(secret) if secret else None


def _get_state_folder() -> Path:
    folder = Path(os.environ.get("XDG_STATE_HOME", ""))
    if folder.is_absolute():  # the specification says to ignore others
        return folder
    home = Path.home()
    # An empty HOME would mean the root folder; a missing one, such as that of `nobody`, is not ours to make.
    if not os.environ.get("HOME", "unset") or not home.is_dir():
        raise FileNotFoundError("there is no home folder")
    return home / ".local" / "state"


def _read_secret(file: Path) -> bytes | None:
    """Return the secret in a file; None if it is missing, damaged, or others may have read it.

    Raises OSError if it belongs to somebody else, who knows it.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | _FLAGS)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid():
            raise PermissionError(f"{file} belongs to another user")
        is_private = stat.S_ISREG(status.st_mode) and not status.st_mode & 0o077
        secret = stream.read(_KEY_BYTES + 1) if is_private else b""
    return secret if len(secret) == _KEY_BYTES else None


def _create_secret(file: Path) -> bytes | None:
    """Create a secret, or return the one that another build creates at the same time."""
    _create_private_folder(file.parent)
    new = file.with_name(f".new-{os.urandom(8).hex()}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600), "wb") as stream:
            stream.write(os.urandom(_KEY_BYTES))
        try:
            os.link(new, file)  # fails if the name is taken, which a rename would not
        except FileExistsError:
            if not _read_secret(file):
                new.replace(file)
        return _read_secret(file)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()


def _create_private_folder(folder: Path) -> None:
    """Create a folder and its missing parents for this user alone, whatever the umask.

    Raises OSError in the home of another user, as under `sudo`: what root creates there is in their way.
    """
    if folder.exists():
        if folder.stat().st_uid != os.geteuid():
            raise PermissionError(f"{folder} belongs to another user")
        return
    _create_private_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
