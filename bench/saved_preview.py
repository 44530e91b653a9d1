"""How long an editor waits: from the moment a section is saved until the live preview shows the new text.

`build.py serve` runs as it does for an editor. As the page in the browser does, we wait at /saves, and load
the page again when a save is reported.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path

from bench.timing import (
    CannotRunError,
    Command,
    Measurement,
    Usage,
    clean_environment,
    compare,
    measure_usage,
)
from bench.workspace import PROJECT

ROUNDS = 7
_PATIENCE_SECONDS = 60


def compare_with_build(source: Path, build: Command) -> list[Measurement]:
    """Divide the time from saved to shown by that of a clean build of the same policy, round by round.

    Raises CannotRunError if the preview does not start or does not show a change.
    """
    section = min((source / "content" / "nb").glob("*.md"))
    text = section.read_text(encoding="utf-8")
    with _run_preview(source) as preview:
        try:
            preview.load_page()
            preview.measure_save(section, text, 0)  # not counted, as the first round of other benchmarks
            rounds = [
                (preview.measure_save(section, text, number), measure_usage(build))
                for number in range(1, ROUNDS + 1)
            ]
        except (OSError, HTTPException) as error:
            raise CannotRunError(f"the preview did not show a change: {error!r}") from None
        finally:
            section.write_text(text, encoding="utf-8")
    return [tuple(compare(shown, built) for shown, built in rounds)]


class _Preview:
    """A running preview, and the connection on which it reports each save."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port
        self.saves = self._open("/saves")

    def _open(self, path: str) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_SECONDS)
        connection.request("GET", path)
        return connection.getresponse()

    def load_page(self) -> str:
        with self._open("/") as page:
            return page.read().decode()

    def measure_save(self, section: Path, text: str, number: int) -> Usage:
        """Save a section with a new paragraph; return the time until a page with it has arrived.

        The CPU time is that of the preview.
        """
        word = f"lagring{number}"
        start, cpu = time.perf_counter(), _read_cpu_seconds(self.pid)
        section.write_text(f"{text}\nDette er {word}.\n", encoding="utf-8")
        while time.perf_counter() - start < _PATIENCE_SECONDS:
            if b"saved" in self.saves.readline() and word in self.load_page():
                return Usage(time.perf_counter() - start, _read_cpu_seconds(self.pid) - cpu)
        raise CannotRunError(f"the preview did not show a change within {_PATIENCE_SECONDS} s")


@contextmanager
def _run_preview(source: Path) -> Iterator[_Preview]:
    line = (sys.executable, str(PROJECT / "build.py"), "serve", "--source", str(source), "--port", "0")
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=clean_environment()
    ) as process:
        try:
            assert process.stdout
            printed = []
            for message in process.stdout:
                printed.append(message.strip())
                if found := re.search(r"http://127\.0\.0\.1:(\d+)/", message):
                    yield _Preview(process.pid, int(found[1]))
                    return
            raise CannotRunError(f"the preview did not start: {' '.join(printed[-1:])}")
        finally:
            process.kill()


def _read_cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a running process and of those it has waited for; 0 if unknown."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
