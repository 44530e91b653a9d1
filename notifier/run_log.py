"""What a run of `send` writes while it works: a line now and then, by count and not by time.

No line has an address. Each is one write to a file that is opened to append, so that a process that is killed
leaves every line behind that it had written, and lines of several processes do not mix.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from common.characters import escape_line
from common.errors import InputError

_LINES_PER_CAMPAIGN = 100
_FEWEST_PER_LINE = 100


class RunLog:
    """A log of runs; without a path, nothing is written."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, or create it with mode 0600; raise InputError if it cannot be written."""
        self._file: int | None = None
        if path is None:
            return
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise InputError(f"--log: {path} cannot be written ({error.strerror})") from None

    def write(self, text: str) -> None:
        """Append a line with the time and the process, if the disk has room: letters do not wait for it."""
        if self._file is None:
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        line = f"{now} {os.getpid()} {escape_line(text)}\n"
        with suppress(OSError):
            os.write(self._file, line.encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class ProgressLines:
    """Prints how many deliveries a run has finished, at most a hundred times for a whole campaign."""

    def __init__(self, version: str, total: int, print_line: Callable[[str], None]) -> None:
        self._version = version
        self._total = total
        self._print_line = print_line
        self._step = max(_FEWEST_PER_LINE, -(-total // _LINES_PER_CAMPAIGN))
        self._next = self._step

    def update(self, finished: int) -> None:
        """Print a line if another part of the campaign is finished."""
        if finished < self._next:
            return
        self._next = finished - finished % self._step + self._step
        self._print_line(f"{self._version}: {finished} finished by this run, of {self._total} addressees")
