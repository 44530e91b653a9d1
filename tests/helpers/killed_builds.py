"""A build that is killed just before its nth change of the output folder."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests.helpers.cli import TODAY, BuildCommand
from tests.helpers.environment import neutral_environment

# Python runs this before build.py: it dies by SIGKILL just before its Nth change below the folder `out`.
DIES = """
import os, signal, sys
left, out = int(os.environ["DIES_AT"]), os.environ["DIES_IN"]
changes = {"os.rename", "os.symlink", "os.mkdir", "os.remove", "os.rmdir"}
def watch(event, args):
    global left
    written = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    if (event in changes or written) and any(str(name).startswith(out) for name in args[:2]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if left < 0:
            with os.fdopen(os.dup(2), "w") as count:
                count.write("change\\n")
sys.addaudithook(watch)
"""


def run_and_kill(
    command: BuildCommand, source: Path, out: Path, moment: int, *options: str
) -> subprocess.CompletedProcess[str]:
    """Run a build that dies at a moment; at 0 it lives, and prints a line for each change."""
    line = command.arguments("build", "--source", source, "--out", out, "--today", TODAY, *options)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(DIES)
        env = neutral_environment(PYTHONPATH=folder, DIES_AT=str(moment), DIES_IN=str(out))
        return subprocess.run([*line, "--jobs", "1"], capture_output=True, text=True, check=False, env=env)
