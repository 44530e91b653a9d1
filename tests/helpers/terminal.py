"""A terminal in which a test runs `python build.py …` as a person does."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

from tests.helpers.environment import REPOSITORY


def at_terminal(*arguments: str, answer: bytes = b"", environment: dict[str, str] | None = None) -> str:
    """Run a command in a terminal and return everything it showed."""
    screen, inside = pty.openpty()
    command = [sys.executable, str(REPOSITORY / "build.py"), *arguments]
    ends = {"stdin": inside, "stdout": inside, "stderr": inside}
    with subprocess.Popen(command, env={**os.environ, **(environment or {})}, **ends):
        os.close(inside)
        os.write(screen, answer)
        shown = b""
        try:
            while piece := os.read(screen, 4096):
                shown += piece
        except OSError:
            pass  # a terminal whose program has ended reads as an error
    os.close(screen)
    return shown.decode("utf-8", "replace")
