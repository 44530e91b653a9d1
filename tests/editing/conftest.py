"""A small policy in a repository of its own, and an editor who runs commands on it."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import run_build_py, run_command

if TYPE_CHECKING:
    from pathlib import Path

CLOCK = {"GIT_AUTHOR_DATE": "2026-11-20T12:00:00Z", "GIT_COMMITTER_DATE": "2026-11-20T12:00:00Z"}
TODAY = "2026-11-22"
COMMANDS_WITH_A_DAY = {"build", "check", "note", "redact", "submit", "undo"}
FILES = {
    "policy.yaml": "title: {nb: Erklæring, en: Policy}\nbase_url: https://eksempel.no/\nlanguages: [nb, en]\n"
    "controller: {name: Nordlys Forening, email: post@nordlys.example}\n",
    "nb/01-lagring.md": "---\ntitle: Lagring\n---\n\n{{ controller.name }} lagrer navn.\n",
    "en/01-lagring.md": "---\ntitle: Storage\n---\n\n{{ controller.name }} stores names.\n",
}


@dataclass(frozen=True)
class Editor:
    """Writes files of content/, commits them and runs build.py."""

    source: Path

    def write(self, path: str, text: str | bytes) -> None:
        place = self.source / "content" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)

    def read(self, path: str) -> bytes:
        return (self.source / "content" / path).read_bytes()

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "edit")

    def git(self, *arguments: str) -> str:
        return run_command(self.source, "git", *arguments, **CLOCK)

    def run(self, command: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        today = ("--today", TODAY) if command in COMMANDS_WITH_A_DAY else ()
        return self.run_here(command, "--source", str(self.source), *today, *arguments, stdin=stdin)

    def run_here(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return run_build_py(*arguments, stdin=stdin)

    def rules(self, *arguments: str) -> set[str]:
        return {row["rule"] for row in json.loads(self.run("check", "--format", "json", *arguments).stdout)}


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    editor = Editor(tmp_path)
    for path, text in FILES.items():
        editor.write(path, text)
    editor.git("init", "-q", "--initial-branch=main")
    editor.commit()
    return editor
