"""The checkpoint: a replayed history in a file, from which the next build resumes.

A file that is damaged, or was written by other software or for another source, is ignored: it begins with a
hash of its content and origin. Reading it creates only values of this project's own classes.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import io
import os
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from changelog.replay import VersionLogBuilder

_OWN_PACKAGES = {"policy", "changelog"}
_OTHER_CLASSES = {
    ("builtins", "frozenset"),
    ("builtins", "set"),
    ("common.messages", "Message"),
    ("datetime", "date"),
}
_DIGEST_BYTES = 32  # of SHA-256
_NO_CHECKPOINT: tuple[None, Mapping[Any, Any]] = None, {}


def save_checkpoint(file: Path, origin: str, builder: VersionLogBuilder, redlines: Mapping[Any, Any]) -> None:
    """Write a checkpoint. `origin` names the software and the source: no other resumes from the file.

    `redlines` are rendered redlines by section; they are stored with the builder so that they are found again
    by the same section objects. Nothing is written if words are redacted, which must not remain in a file, or
    if the disk is full: the next build then replays everything.
    """
    file.unlink(missing_ok=True)
    _get_temporary_file(file).unlink(missing_ok=True)  # of a build that was killed while it wrote
    if builder.newest_policy and not builder.newest_policy.redactions:
        with suppress(OSError):
            _write_checkpoint(file, origin, (builder, redlines))


def _write_checkpoint(file: Path, origin: str, values: tuple[VersionLogBuilder, Mapping[Any, Any]]) -> None:
    """Write the values under another name and rename the file when it is complete."""
    with _pause_garbage_collection():
        content = pickle.dumps(values, protocol=5)
    # A build that is killed while it writes must not leave half a checkpoint under the name.
    new = _get_temporary_file(file)
    # Private, whatever the umask: whoever can write the file could change what the next build publishes.
    with open(new, "wb", opener=_open_private) as stream:
        stream.write(_compute_digest(origin, content))
        stream.write(content)
    new.replace(file)


def _get_temporary_file(file: Path) -> Path:
    return file.with_name(f".new-{file.name}")


def _open_private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    os.fchmod(descriptor, 0o600)  # a file left by a killed build keeps its mode
    return descriptor


def load_checkpoint(file: Path, origin: str) -> tuple[VersionLogBuilder | None, Mapping[Any, Any]]:
    """Return the builder and the redlines of a checkpoint; None and {} if there is no valid one."""
    try:
        with file.open("rb") as stream:
            digest, content = stream.read(_DIGEST_BYTES), stream.read()
    except OSError:
        return _NO_CHECKPOINT
    if digest != _compute_digest(origin, content):
        return _NO_CHECKPOINT
    try:
        with _pause_garbage_collection():
            builder, redlines = _SafeUnpickler(io.BytesIO(content)).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError, ValueError):
        return _NO_CHECKPOINT
    is_valid = isinstance(builder, VersionLogBuilder) and isinstance(redlines, dict)
    return (builder, redlines) if is_valid else _NO_CHECKPOINT


@contextmanager
def _pause_garbage_collection() -> Iterator[None]:
    """Disable the cyclic garbage collector: these values have no cycles, and it would visit them often."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _compute_digest(origin: str, content: bytes) -> bytes:
    """Return the SHA-256 of the origin and the content."""
    # The origin contains a path, which need not be valid UTF-8.
    digest = hashlib.sha256(os.fsencode(origin) + b"\0")
    digest.update(content)
    return digest.digest()


class _SafeUnpickler(pickle.Unpickler):
    """Creates values of our own classes and of a few plain ones; refuses every function and other class.

    Plain pickle would call whatever a manipulated file names.
    """

    def find_class(self, module: str, name: str) -> Any:
        """Return a class by its name; a hook that pickle calls."""
        if module.partition(".")[0] in _OWN_PACKAGES or (module, name) in _OTHER_CLASSES:
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a checkpoint")
