"""The front door as a user meets it: `python build.py …` in a process of its own, and what it left."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.helpers.environment import GIT, HOUSE, environment

STORY = HOUSE / "tests" / "scenarios" / "lib.sh"
TODAY = "2026-06-01"


@dataclass(frozen=True)
class Result:
    """How a command ended: exit code, standard output, the lines of standard error."""

    code: int
    out: str
    err: tuple[str, ...]


@dataclass(frozen=True)
class Command:
    """`python build.py …` of one house; `env` is laid over a small environment of our own."""

    house: Path = HOUSE

    def line(self, *options: object) -> list[str]:
        return [sys.executable, str(self.house / "build.py"), *map(str, options)]

    def __call__(self, *options: object, cwd: Path | None = None, **env: str) -> Result:
        done = subprocess.run(
            self.line(*options), capture_output=True, text=True, check=False, cwd=cwd, env=environment(**env)
        )
        return Result(done.returncode, done.stdout, tuple(done.stderr.splitlines()))

    def build(self, source: Path, out: Path, *options: object, **env: str) -> Result:
        """Build on a fixed day, unless the options name another."""
        today = () if "--today" in options else ("--today", TODAY)
        return self("build", "--source", source, "--out", out, *today, *options, **env)


def story(folder: Path, script: str, name: str = "story") -> Path:
    """Tell a history in `folder` by a shell script in the words of lib.sh."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["bash", "-c", f'source "{STORY}"\n{script}', name],
        cwd=folder, check=True, capture_output=True, env=environment(**GIT),
    )  # fmt: skip
    return folder


def run(folder: Path, *command: object, **env: str) -> str:
    """Run a command such as git in a folder, as an editor of our own, and give what it printed."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        check=True,
        capture_output=True,
        env=environment(**{**GIT, **env}),
    )
    return done.stdout.decode("utf-8", "replace")


def versions(out: Path) -> dict[str, Any]:
    """Read api/versions.json of what is published in `out`."""
    found: dict[str, Any] = json.loads((out / "site" / "api" / "versions.json").read_bytes())
    return found


def files(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every file below a folder by its path, links followed as a web server does."""
    found = {}
    for place, _, names in os.walk(folder, followlinks=True):
        for name in names:
            path = Path(place, name)
            found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def watching(folder: Path) -> str:
    """Make a folder for PYTHONPATH: on standard error, Python says last which heavy packages it loaded."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import atexit, sys\n"
        "heavy = {'git', 'yaml', 'jinja2', 'pydantic', 'babel', 'markdown_it', 'rapidfuzz', 'sqlalchemy'}\n"
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr))\n"
    )
    return str(folder)
