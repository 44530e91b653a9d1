"""Baselines: the time that plain tools need for the bulk of our work, which no program can avoid."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from bench.timing import Command

_LOG = "git -C {repository} log --first-parent --format= --raw --no-renames --no-abbrev {ref}"
_BLOBS = "cut -d' ' -f4 | git -C {repository} cat-file --batch --buffer >/dev/null"


def start_python() -> Command:
    """Return a command that starts the interpreter and does nothing."""
    return Command((sys.executable, "-c", "pass"))


def read_history(repository: Path, ref: str) -> Command:
    """Return a command that lists the files of every commit and reads each of them."""
    script = f"{_LOG} | {_BLOBS}".format(repository=shlex.quote(str(repository)), ref=ref)
    return Command(("sh", "-c", script))


def print_word_diff(repository: Path, ref: str) -> Command:
    """Return a command that prints every change of every section, word by word."""
    script = "git -C {} log --first-parent -p --word-diff {} -- content/nb content/en >/dev/null"
    return Command(("sh", "-c", script.format(shlex.quote(str(repository)), ref)))
