"""Time commands in turn, A B C A B C …, so that other load on the machine affects all of them alike.

A ratio is that of two runs of the same round; the table shows its median, minimum and maximum.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class CannotRunError(Exception):
    """A command is not installed or failed; the message says which and why, in one line."""


@dataclass(frozen=True)
class Command:
    """A command that is timed, and one that runs before each time without being timed."""

    line: tuple[str, ...]
    prepare: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the command line that repeats it with hyperfine."""
        before = ["--prepare", shlex.join(self.prepare)] if self.prepare else []
        return shlex.join(["hyperfine", "--warmup", "1", *before, shlex.join(self.line)])


def clean_environment() -> Mapping[str, str]:
    """Return the environment of every command: Python may write its bytecode, as on most machines."""
    ours = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if name not in ours and name[:4] != "GIT_"}


def run(line: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it printed; CannotRunError if it fails or is not installed."""
    try:
        done = subprocess.run(line, capture_output=True, env=env or clean_environment(), check=False)
    except OSError as error:
        raise CannotRunError(f"{line[0]}: {error.strerror}") from None
    if done.returncode:
        messages = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise CannotRunError(f"{shlex.join(line[:4])} … exited with {done.returncode}: {messages[-1]}")
    return done.stdout.decode(errors="replace")


def measure_seconds(command: Command) -> float:
    """Return the seconds of one run, the start of the process included."""
    if command.prepare:
        run(command.prepare)
    start = time.perf_counter()
    run(command.line)
    return time.perf_counter() - start


def measure_peak_memory(command: Command) -> float:
    """Return the peak memory of the largest process of a command, in MiB, measured by GNU time."""
    if command.prepare:
        run(command.prepare)
    with tempfile.NamedTemporaryFile() as file:
        run(["/usr/bin/time", "-f", "%M", "-o", file.name, *command.line])
        return int(Path(file.name).read_text(encoding="utf-8")) / 1024


def measure_ratios(ours: Command, others: Sequence[Command], rounds: int) -> list[tuple[float, ...] | str]:
    """Return, for each of the others, our time divided by its time in every round.

    The first round warms caches and is not counted. A command that cannot run has one line of explanation
    instead, and the others go on.
    """
    measure_seconds(ours)
    errors: dict[int, str] = {}
    for number, other in enumerate(others):
        try:
            measure_seconds(other)
        except CannotRunError as error:
            errors[number] = str(error)
    measured: dict[int, list[float]] = {number: [] for number in range(len(others))}
    for _ in range(rounds):
        mine = measure_seconds(ours)
        for number, other in enumerate(others):
            if number not in errors:
                measured[number].append(mine / measure_seconds(other))
    return [errors.get(number) or tuple(values) for number, values in measured.items()]
