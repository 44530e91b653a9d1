"""Packages that only some commands need: `make setup` installs them, `make setup-site` does not."""

from __future__ import annotations

import shlex
from pathlib import Path

from common.messages import Message

_PROJECT = Path(__file__).resolve().parents[1]


def describe_missing_package(error: ModuleNotFoundError) -> Message:
    """Return which package is missing, and the command that installs it."""
    folder = shlex.quote(str(_PROJECT))
    return Message(
        "the package {name} is missing; run: make -C {folder} setup", name=error.name, folder=folder
    )
