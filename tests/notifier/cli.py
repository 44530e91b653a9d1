"""Run the commands, in this process or in one of their own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from notifier.cli import notify

ROOT = Path(__file__).parents[2]
_WITHOUT_BUILD = [sys.executable, "-c", "from notifier.cli import notify; notify()"]
# The notifier is mutated in a copy of the repository without build.py.
ENTRY = [sys.executable, str(ROOT / "build.py"), "notify"] if (ROOT / "build.py").exists() else _WITHOUT_BUILD


@dataclass(frozen=True)
class CommandResult:
    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.out.rstrip("\n").rpartition("\n")[2]


def start_command(
    *arguments: object, entry: list[str] | None = None, **environment: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*(entry or ENTRY), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_command(*arguments: object, typed: str | bytes = "", **environment: str) -> CommandResult:
    """Run a command in this process, which saves the second that a new one takes to start.

    `typed` is its standard input.
    """
    words = [str(argument) for argument in arguments]
    result = CliRunner().invoke(notify, words, input=typed, env=environment)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return CommandResult(result.exit_code, result.stdout, result.stderr)


def wait_for(process: subprocess.Popen[str], seconds: float = 600) -> CommandResult:
    out, err = process.communicate(timeout=seconds)
    return CommandResult(process.returncode, out, err)
