"""Creates a policy in a repository of its own from answers, and says what to do next."""

from __future__ import annotations

import os
import secrets
import shlex
from collections.abc import Iterator
from pathlib import Path

from adoption.new_policy.answers import Answers
from adoption.new_policy.content import create_content
from adoption.new_policy.files import create_repository_files
from adoption.new_policy.repository import Identity, NewRepository, write_repository
from adoption.new_policy.tool import read_tool
from common.messages import Message
from generator.build_options import PROJECT


def create_policy(folder: Path, answers: Answers) -> tuple[Message, ...]:
    """Create the repository, and return the lines that say what was made and what comes next.

    Raise InputError or ContentError if it cannot be made; then nothing is written.
    """
    files = {
        **create_content(answers, secrets.token_hex(32)),
        **create_repository_files(answers, folder, read_tool()),
    }
    created = write_repository(folder, files, Identity(answers.name, answers.email))
    return tuple(_list_lines(folder, len(files), created))


def _list_lines(folder: Path, count: int, created: NewRepository) -> Iterator[Message]:
    yield Message(
        "created    {path}: {count} files, commit {commit}", path=folder, count=count, commit=created.commit
    )
    if created.borrowed_identity:
        name, email = created.borrowed_identity
        yield Message(
            "commits    are made as {name} <{email}>, because Git does not know your name yet",
            name=name,
            email=email,
        )
    # `make` is run in the folder of this tool.
    source = shlex.quote(Path(os.path.relpath(folder.resolve(), PROJECT)).as_posix())
    way = "" if Path.cwd() == PROJECT else f"cd {shlex.quote(str(PROJECT))} && "
    yield Message("look       {command}", command=f"{way}make serve SOURCE={source}")
    yield Message("questions  {command}", command=f"{way}make questions SOURCE={source}")
