"""The clock that stamps changes of files, which some systems advance only every few milliseconds."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def wait_for_next_stamp(folder: Path) -> None:
    """Return when a file that is changed now gets a later time than any that was changed before the call."""
    with tempfile.NamedTemporaryFile(dir=folder) as probe:
        file = folder / probe.name
        first = file.stat().st_ctime_ns
        while file.stat().st_ctime_ns == first:
            file.chmod(0o600)
