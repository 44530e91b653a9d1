"""The rows of the table, and the benchmarks that measure them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from bench.timing import Command, Measurement, measure_ratios

Peer: TypeAlias = tuple[str, float | None, Command]  # name, goal, command


@dataclass(frozen=True)
class TableRow:
    """One line of the table: our work, what it is compared with, the goal (an upper bound) and its unit.

    A row without a goal only informs.
    """

    work: str
    against: str
    goal: float | None
    unit: str = "×"


def prepare_nothing() -> None:
    """Do nothing: the benchmark needs no folder."""


@dataclass(frozen=True)
class Benchmark:
    """Rows that are measured together; `commands` repeat them by hand, ours first.

    `prepare` creates what is missing of the folders that the commands need.
    """

    name: str
    rows: tuple[TableRow, ...]
    measure: Callable[[], Sequence[Measurement]]
    commands: tuple[Command, ...] = ()
    prepare: Callable[[], None] = prepare_nothing


def compare_in_turn(
    name: str,
    work: str,
    ours: Command,
    others: Sequence[Peer],
    rounds: int,
    prepare: Callable[[], None] = prepare_nothing,
) -> Benchmark:
    """Return the benchmark that runs our command and those of the peers in turn."""
    rows = tuple(TableRow(work, against, goal) for against, goal, _ in others)
    commands = [command for _, _, command in others]
    measure = partial(measure_ratios, ours, commands, rounds)
    return Benchmark(name, rows, measure, (ours, *commands), prepare)
