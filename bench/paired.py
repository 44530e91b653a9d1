"""Commands run in turn, A B C A B C …, so that whatever else the machine does is shared by all of them.

A ratio is that of two runs of the same round; its median is quoted, and its least and greatest beside it.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class CannotRunError(Exception):
    """A command is not installed or failed; the text says which and why, in one line."""


@dataclass(frozen=True)
class Command:
    """What is timed, and what is done before each run and is not."""

    line: tuple[str, ...]
    prepare: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it as one line for hyperfine, which anybody can repeat it with."""
        before = ["--prepare", shlex.join(self.prepare)] if self.prepare else []
        return shlex.join(["hyperfine", "--warmup", "1", *before, shlex.join(self.line)])


def environment() -> Mapping[str, str]:
    """Give what every command runs in: Python keeps its bytecode there, as it does on most machines."""
    ours = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if name not in ours and name[:4] != "GIT_"}


def run(line: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """Run a command and give what it printed; CannotRunError where it fails or is not there."""
    try:
        done = subprocess.run(line, capture_output=True, env=env or environment(), check=False)
    except OSError as error:
        raise CannotRunError(f"{line[0]}: {error.strerror}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise CannotRunError(f"{shlex.join(line[:4])} … ended with {done.returncode}: {said[-1]}")
    return done.stdout.decode(errors="replace")


def seconds(command: Command) -> float:
    """Time one run from outside, start of the process included."""
    if command.prepare:
        run(command.prepare)
    began = time.perf_counter()
    run(command.line)
    return time.perf_counter() - began


def peak(command: Command) -> float:
    """Give the most memory that one process of a command took, in MiB, by GNU time."""
    if command.prepare:
        run(command.prepare)
    with tempfile.NamedTemporaryFile() as file:
        run(["/usr/bin/time", "-f", "%M", "-o", file.name, *command.line])
        return int(Path(file.name).read_text(encoding="utf-8")) / 1024


def ratios(ours: Command, others: Sequence[Command], rounds: int) -> list[tuple[float, ...] | str]:
    """Run ours and the others in turn, after one round that is not counted.

    Give for each of the others our time over its own, round by round, or one line on why it could not run.
    """
    seconds(ours)
    faults: dict[int, str] = {}
    for number, other in enumerate(others):
        try:
            seconds(other)
        except CannotRunError as error:
            faults[number] = str(error)
    found: dict[int, list[float]] = {number: [] for number in range(len(others))}
    for _ in range(rounds):
        mine = seconds(ours)
        for number, other in enumerate(others):
            if number not in faults:
                found[number].append(mine / seconds(other))
    return [faults.get(number) or tuple(values) for number, values in found.items()]
