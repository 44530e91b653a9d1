"""The floors: what the bare tools need for the bulk of our work, whatever a program adds to it."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from bench.paired import Command

if TYPE_CHECKING:
    from pathlib import Path

_LOG = "git -C {repository} log --first-parent --format= --raw --no-renames --no-abbrev {ref}"
_BLOBS = "cut -d' ' -f4 | git -C {repository} cat-file --batch --buffer >/dev/null"


def start() -> Command:
    """Start the interpreter and do nothing."""
    return Command((sys.executable, "-c", "pass"))


def read(repository: Path, ref: str) -> Command:
    """Name every file that every commit set, and print each."""
    script = f"{_LOG} | {_BLOBS}".format(repository=shlex.quote(str(repository)), ref=ref)
    return Command(("sh", "-c", script))


def read_and_copy(repository: Path, ref: str, out: Path) -> Command:
    """Do the same, and copy a finished site."""
    copy = f"{out}-copied"
    script = read(repository, ref).line[-1] + f" && cp -r {shlex.quote(str(out))} {shlex.quote(copy)}"
    return Command(("sh", "-c", script), ("rm", "-rf", copy))


def word_diff(repository: Path, ref: str) -> Command:
    """Print every change of every section, word by word."""
    script = "git -C {} log --first-parent -p --word-diff {} -- content/nb content/en >/dev/null"
    return Command(("sh", "-c", script.format(shlex.quote(str(repository)), ref)))
