"""Run `python build.py …` in a process of its own, and read what it wrote."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.helpers.environment import GIT_ENVIRONMENT, REPOSITORY, neutral_environment
from tests.helpers.fork_server import PROGRAM, can_be_forked, run_forked

HISTORY_FUNCTIONS = REPOSITORY / "tests" / "scenarios" / "lib.sh"
TODAY = "2026-06-01"


@dataclass(frozen=True)
class CommandResult:
    """The result of a command: exit code, standard output, lines of standard error."""

    code: int
    out: str
    err: tuple[str, ...]


@dataclass(frozen=True)
class BuildCommand:
    """`python build.py …` of one checkout, in a neutral environment that `env` adds to."""

    repository: Path = REPOSITORY

    def arguments(self, *options: object) -> list[str]:
        return [sys.executable, str(self.repository / "build.py"), *map(str, options)]

    def __call__(self, *options: object, cwd: Path | None = None, **env: str) -> CommandResult:
        done = _run(self.arguments(*options), cwd, neutral_environment(**env))
        return CommandResult(done.returncode, done.stdout, tuple(done.stderr.splitlines()))

    def build(self, source: Path, out: Path, *options: object, **env: str) -> CommandResult:
        """Build on a fixed day, unless the options name another."""
        today = () if "--today" in options else ("--today", TODAY)
        return self("build", "--source", source, "--out", out, *today, *options, **env)


def run_build_py(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run `python build.py …` of this checkout in the environment of the test."""
    return _run(BuildCommand().arguments(*arguments), None, dict(os.environ), stdin)


def _run(
    command: list[str], folder: Path | None, environment: dict[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; if it can be forked from a process that has its modules, it is."""
    if command[1] == str(PROGRAM) and can_be_forked(environment):
        return subprocess.CompletedProcess(command, *run_forked(command[2:], folder, environment, stdin))
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, check=False, cwd=folder, env=environment
    )


def create_history(folder: Path, script: str, name: str = "history") -> Path:
    """Create a Git history in `folder` with a shell script that calls the functions of lib.sh."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["bash", "-c", f'source "{HISTORY_FUNCTIONS}"\n{script}', name],
        cwd=folder, check=True, capture_output=True, env=neutral_environment(**GIT_ENVIRONMENT),
    )  # fmt: skip
    return folder


def run_command(folder: Path, *command: object, **env: str) -> str:
    """Run a command such as git in a folder, with a fixed Git identity; return what it printed."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        check=True,
        capture_output=True,
        env=neutral_environment(**{**GIT_ENVIRONMENT, **env}),
    )
    return done.stdout.decode("utf-8", "replace")


def read_versions(out: Path) -> dict[str, Any]:
    """Return the parsed api/versions.json of the site in `out`."""
    found: dict[str, Any] = json.loads((out / "site" / "api" / "versions.json").read_bytes())
    return found


def hash_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder by its path; links are followed, as in web servers."""
    found = {}
    for place, _, names in os.walk(folder, followlinks=True):
        for name in names:
            path = Path(place, name)
            found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def report_heavy_imports(folder: Path) -> str:
    """Create a folder for PYTHONPATH that makes Python print, at exit, which heavy packages it imported."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import atexit, sys\n"
        "heavy = {'git', 'yaml', 'jinja2', 'pydantic', 'babel', 'markdown_it', 'rapidfuzz', 'sqlalchemy'}\n"
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr))\n"
    )
    return str(folder)
