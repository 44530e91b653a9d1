"""A fold kept in a file from one build to the next.

What is damaged, of another make or from elsewhere is not believed: the file is sealed by what it was made
with, and nothing but values of our own can come out of it.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import io
import os
import pickle
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from changelog.replay import VersionLogBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_OURS = {"policy", "changelog"}
_THEIRS = {("datetime", "date"), ("builtins", "frozenset"), ("builtins", "set")}
_SEAL = 32  # bytes of SHA-256
_NONE: tuple[None, Mapping[Any, Any]] = None, {}


def save_checkpoint(file: Path, made_with: str, fold: VersionLogBuilder, beside: Mapping[Any, Any]) -> None:
    """Keep a fold; `made_with` names the software and the source, so that no other goes on with it.

    `beside` is what is known of the fold's sections, and finds them again as the same values. A fold that
    holds words that must go is not kept; nor is any where the disk has no room for it.
    """
    file.unlink(missing_ok=True)
    if fold.newest and not fold.newest.redactions:
        with suppress(OSError):
            _write(file, made_with, (fold, beside))


def _write(file: Path, made_with: str, both: tuple[VersionLogBuilder, Mapping[Any, Any]]) -> None:
    with _unswept():
        content = pickle.dumps(both, protocol=5)
    new = file.with_name(f".new-{file.name}")
    with new.open("wb") as kept:
        kept.write(_seal(made_with, content))
        kept.write(content)
    new.replace(file)


def load_checkpoint(file: Path, made_with: str) -> tuple[VersionLogBuilder | None, Mapping[Any, Any]]:
    """Give the fold that was kept there, whole and made with the same, and what was beside it; or none."""
    try:
        with file.open("rb") as kept:
            seal, content = kept.read(_SEAL), kept.read()
    except OSError:
        return _NONE
    if seal != _seal(made_with, content):
        return _NONE
    try:
        with _unswept():
            found, beside = _Values(io.BytesIO(content)).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError, ValueError):
        return _NONE
    return (found, beside) if isinstance(found, VersionLogBuilder) and isinstance(beside, dict) else _NONE


@contextmanager
def _unswept() -> Iterator[None]:
    """Keep the collector of cycles away: it would look at every value again and again, and they have none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _seal(made_with: str, content: bytes) -> bytes:
    digest = hashlib.sha256(os.fsencode(made_with) + b"\0")
    digest.update(content)
    return digest.digest()


class _Values(pickle.Unpickler):
    """Makes values of our own classes and of a few plain ones; whatever else is asked for is refused."""

    def find_class(self, module: str, name: str) -> Any:
        """Give a class by its name; pickle's own hook."""
        if module.partition(".")[0] in _OURS or (module, name) in _THEIRS:
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value of ours")
