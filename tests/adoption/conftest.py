"""Answers to the questions of `new`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adoption.new_policy.answers import YES_OR_NO_QUESTIONS, Answers
from tests.helpers.cli import run_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TEXTS = {"name": "Prøve AS", "email": "post@prove.no", "website": "https://prove.no", "languages": ["nb"]}


def create_answers(*yes: str, **texts: Any) -> Answers:
    """Return answers: yes to the questions named, no to the others."""
    flags = {name: "yes" if name in yes else "no" for name in YES_OR_NO_QUESTIONS}
    return Answers.model_validate({**_TEXTS, **flags, **texts}, context={"languages": ()})


@pytest.fixture
def answer() -> Callable[..., Answers]:
    return create_answers


@pytest.fixture
def create_repository(tmp_path) -> Callable[[dict[str, bytes]], Path]:
    """Commit files in a new repository, and return its folder."""

    def create(files: dict[str, bytes], day: str = "2026-11-26") -> Path:
        folder = tmp_path / "source"
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        run_command(folder, "git", "init", "--quiet", "--initial-branch", "main", ".")
        run_command(folder, "git", "add", "--all")
        moment = f"{day}T12:00:00+01:00"
        run_command(
            folder, "git", "commit", "--quiet", "--message", "Begin",
            GIT_AUTHOR_DATE=moment, GIT_COMMITTER_DATE=moment,
        )  # fmt: skip
        return folder

    return create
