"""Git repositories made from commits in memory, with the rows that `build.py redact` writes."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from editing.redacting import write_redaction
from tests.helpers.environment import GIT_ENVIRONMENT, neutral_environment
from tests.record.histories import REMOVED_NAME, Commit

if TYPE_CHECKING:
    from pathlib import Path

REDACTIONS = "redactions.yaml"


def write_repository(commits: list[Commit], folder: Path) -> list[Commit]:
    """Create the Git history of commits; return them with the rows that `build.py redact` wrote for them.

    Raises InputError if the product refuses to write a row.
    """
    folder.mkdir(parents=True)
    _run_git(folder, "init", "--quiet", "--initial-branch=main")
    done: list[Commit] = []
    rows = ""
    for commit in commits:
        if not commit.redacts:
            more = {} if not rows or REDACTIONS in commit.files else {REDACTIONS: rows}
            done.append(replace(commit, files={**commit.files, **more}))
            continue
        _import(folder, done)
        list(write_redaction(folder, commit.redacts, REMOVED_NAME, "Lekket.", commit.day))
        rows = (folder / "content" / REDACTIONS).read_text(encoding="utf-8")
        done.append(Commit(commit.day, {**commit.files, REDACTIONS: rows}))
    _import(folder, done)
    return done


def _import(folder: Path, commits: list[Commit]) -> None:
    stream = []
    for number, commit in enumerate(commits, start=1):
        moment = int(datetime.combine(commit.day, time(11), UTC).timestamp()) + number
        stream.append(f"commit refs/heads/main\nmark :{number}\ncommitter E <e@example.no> {moment} +0100\n")
        stream.append("data 5\nEndre\n")
        stream.append("deleteall\n" if number == 1 else f"from :{number - 1}\ndeleteall\n")
        for path, text in commit.files.items():
            size = len(text.encode())
            stream.append(f"M 100644 inline content/{path}\ndata {size}\n{text}\n")
    _run_git(folder, "fast-import", "--quiet", "--force", text="".join(stream))
    _run_git(folder, "reset", "--quiet", "--hard", "main")


def list_commit_ids(folder: Path) -> list[str]:
    """Return the ids of all commits, oldest first."""
    return _run_git(folder, "rev-list", "--reverse", "HEAD").split()


def _run_git(folder: Path, *words: str, text: str = "") -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, input=text.encode(), check=True, capture_output=True,
        env=neutral_environment(**GIT_ENVIRONMENT),
    )  # fmt: skip
    return done.stdout.decode()
