"""What readers and the notifier get from an output folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.helpers.cli import hash_files

if TYPE_CHECKING:
    from pathlib import Path


def read_parts(out: Path) -> dict[str, dict[str, str]]:
    """Return the SHA-256 of every file of the site and of the letters by its path."""
    return {part: hash_files(out / part) for part in ("site", "letters")}
