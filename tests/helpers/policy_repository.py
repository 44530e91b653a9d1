"""A repository as CI has it: this tool, a policy, its history, and a bare remote that everybody pushes to."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.cli import create_history, run_command
from tests.helpers.environment import GIT_ENVIRONMENT, REPOSITORY, neutral_environment

PARTS = (
    *(".gitignore", "Makefile", "build.py", "common", "languages", "policy", "changelog", "generator"),
    *(
        "adoption",
        "editing",
        "notifier",
        "verifier",
        "deployment",
        "templates",
        "deploy",
        "requirements.lock",
        "site.lock",
    ),
    "supply/uv.txt",
)
_IGNORED = shutil.ignore_patterns("__pycache__", "*.db")


def create_remote(folder: Path, script: str) -> Path:
    """Create a bare repository in `folder` with the tool, and a history of a script for lib.sh."""
    source = create_history(folder / "source", script)
    for part in PARTS:
        place = REPOSITORY / part
        if place.is_dir():
            shutil.copytree(place, source / part, ignore=_IGNORED)
        elif place.exists():
            (source / part).parent.mkdir(exist_ok=True)
            shutil.copy2(place, source / part)
    run_command(source, "git", "add", "--all")
    run_command(source, "git", "commit", "--quiet", "--message", "Add the tool")
    run_command(folder, "git", "clone", "--quiet", "--bare", "source", "remote.git")
    return folder / "remote.git"


@dataclass(frozen=True)
class Checkout:
    """A clone of such a repository, set up for a day: what `make setup` would make is there.

    `url` is where a test serves the site, instead of the address in its policy.
    """

    folder: Path
    day: str
    url: str = ""

    @classmethod
    def clone(cls, remote: Path, folder: Path, day: str, url: str = "") -> Checkout:
        """Clone a repository, and set up the environment for the tool."""
        run_command(folder.parent, "git", "clone", "--quiet", remote, folder)
        checkout = cls(folder, day, url)
        checkout.set_up()
        return checkout

    def set_up(self) -> None:
        """Create `.venv/` with a Python that passes day and address to the commands that have them."""
        commands = self.folder / ".venv" / "bin"
        commands.mkdir(parents=True)
        python = commands / "python"
        python.write_text(
            "#!/bin/sh\n"
            'case "${1##*/}:${2:-}" in\n'
            f'  build.py:deploy) set -- "$@" --today {self.day} --url "{self.url}" ;;\n'
            f'  build.py:smoke) test $# -gt 2 || set -- "$@" "{self.url}"\n'
            f'    set -- "$@" --today {self.day} ;;\n'
            f'  build.py:build | build.py:check | build.py:review) set -- "$@" --today {self.day} ;;\n'
            "esac\n"
            f'exec "{sys.executable}" "$@"\n'
        )
        python.chmod(0o755)
        (self.folder / ".venv" / ".ready").touch()

    def commit(self, script: str) -> None:
        """Add commits of a script for lib.sh."""
        create_history(self.folder, script)

    def run(self, *command: object, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the folder; paths of scripts are below it."""
        return subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=neutral_environment(**{**GIT_ENVIRONMENT, **env}),
            capture_output=True,
            text=True,
            check=False,
        )
