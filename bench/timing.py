"""Time commands in turn, A B C A B C …, so that other load on the machine affects all of them alike.

A ratio is that of two runs of the same round; the table shows its median, minimum and maximum. Wall time is
what people wait for; CPU time beside it tells whether another load on the machine has distorted it.
"""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


class CannotRunError(Exception):
    """A command is not installed or failed; the message says which and why, in one line."""


@dataclass(frozen=True)
class Usage:
    """The seconds of a run: from start to exit, and of the CPU (user and system) for all its processes."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Figure:
    """The result of one round, and the same for CPU time if time is what was measured."""

    value: float
    cpu: float | None = None


Measurement: TypeAlias = "tuple[Figure, ...] | str"  # the result of each round, or why there is none


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


def measure_usage(command: Command) -> Usage:
    """Return the time of one run, the start of the process included."""
    if command.prepare:
        run(command.prepare)
    start, cpu = time.perf_counter(), _read_cpu_of_children()
    run(command.line)
    return Usage(time.perf_counter() - start, _read_cpu_of_children() - cpu)


def _read_cpu_of_children() -> float:
    """Return the CPU seconds of all processes that this one has waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure_usage_and_memory(command: Command) -> tuple[Usage, float]:
    """Return the time of one run, and the peak memory of its largest process in MiB.

    GNU time measures the memory: it is small itself, while a process that Python starts begins with the
    peak of the Python that started it.
    """
    with tempfile.NamedTemporaryFile() as file:
        line = ("/usr/bin/time", "-f", "%M", "-o", file.name, *command.line)
        usage = measure_usage(Command(line, command.prepare))
        return usage, int(Path(file.name).read_text(encoding="utf-8")) / 1024


def compare(ours: Usage, theirs: Usage) -> Figure:
    """Return our time divided by theirs."""
    return Figure(ours.wall / theirs.wall, ours.cpu / theirs.cpu if theirs.cpu else None)


def measure_ratios(
    ours: Command, others: Sequence[Command], rounds: int, *, warm_up: bool = True
) -> list[Measurement]:
    """Return, for each of the others, our time divided by its time in every round.

    The first round warms caches and is not counted. A command that cannot run has one line of explanation
    instead, and the others go on.
    """
    measured: list[list[Figure]] = [[] for _ in others]
    errors: dict[int, str] = {}
    for number_of_round in range(-1 if warm_up else 0, rounds):
        mine = measure_usage(ours)
        for number, other in enumerate(others):
            if number in errors:
                continue
            try:
                theirs = measure_usage(other)
            except CannotRunError as error:
                errors[number] = str(error)
                continue
            if number_of_round >= 0:
                measured[number].append(compare(mine, theirs))
    return [errors.get(number) or tuple(figures) for number, figures in enumerate(measured)]
