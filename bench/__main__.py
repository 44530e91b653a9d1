"""`python -m bench`: run every benchmark in turn with its peers and print a table.

`make bench` installs the peers first.
"""

from __future__ import annotations

import platform
import re
import time
from collections.abc import Sequence
from pathlib import Path

import click

from bench import baselines, peers, same_pages, table
from bench.benchmarks import list_benchmarks
from bench.rows import Benchmark
from bench.timing import CannotRunError, Measurement, run
from bench.workspace import SIZES, Workspace


def measure_rows(benchmark: Benchmark) -> list[tuple[str, ...]]:
    """Run one benchmark and return its rows; if it cannot run, the rows say why."""
    measurements: Sequence[Measurement]
    try:
        benchmark.prepare()
        measurements = benchmark.measure()
    except CannotRunError as error:
        measurements = [str(error)] * len(benchmark.rows)
    except Exception as error:  # noqa: BLE001 - a mistake in one may not cost the results of all others
        measurements = [f"{type(error).__name__}: {error}"] * len(benchmark.rows)
    return [table.format_cells(row, values) for row, values in zip(benchmark.rows, measurements, strict=True)]


def describe_machine() -> str:
    """Return the architecture and the versions of all programs, in one line."""
    here = Path()
    tools = {
        "Hugo": (*peers.hugo_command(here).line[:1], "version"),
        "Eleventy": (*peers.eleventy_command(here).line[3:4], "--version"),
        "node-htmldiff": ("node", "-p", f"require({str(same_pages.ENGINE / 'package.json')!r}).version"),
        "git": ("git", "--version"),
        "Python": (*baselines.start_python().line[:1], "--version"),
    }
    return f"{platform.machine()}, " + ", ".join(
        f"{name} {_read_version(tool)}" for name, tool in tools.items()
    )


def _read_version(tool: tuple[str, ...]) -> str:
    try:
        found = re.search(r"\d+(\.\d+)+", run(tool))
    except CannotRunError:
        return "not installed"
    return found[0] if found else "?"


@click.command()
@click.option("--size", type=click.Choice([*SIZES, "large"]), default="medium", show_default=True)
@click.option("--only", multiple=True, metavar="NAME", help="Run only this one; may be given several times.")
@click.option("--commands", is_flag=True, help="Print the commands that repeat each by hand; run nothing.")
@click.option("--write", type=click.Path(path_type=Path, exists=True), help="Replace the table of this page.")
def main(size: str, only: tuple[str, ...], write: Path | None, *, commands: bool) -> None:
    """Measure everything against its peers; the size `large` only reads the long history."""
    workspace = Workspace("medium" if size == "large" else size)
    benchmarks = list_benchmarks(workspace)
    names = [benchmark.name for benchmark in benchmarks]
    selected = {f"reading-{workspace.commits}"} if size == "large" else set(only or names)
    if unknown := selected - set(names):
        raise click.UsageError(
            f"unknown benchmark {', '.join(sorted(unknown))}; choose from {', '.join(names)}"
        )
    if write and selected != set(names):
        raise click.UsageError("--write replaces the whole table; remove --only and --size large")
    chosen = [benchmark for benchmark in benchmarks if benchmark.name in selected]
    if commands:
        for benchmark in chosen:
            click.echo("\n".join([f"# {benchmark.name}", *map(str, benchmark.commands)]))
        return
    rows = _run_benchmarks(chosen)
    if write:
        table.replace_table(write, f"{describe_machine()}.\n\n{table.format_table(rows)}")


def _run_benchmarks(benchmarks: Sequence[Benchmark]) -> list[tuple[str, ...]]:
    """Run benchmarks one after another and return all rows; print each as soon as there is a result."""
    rows = []
    began = time.monotonic()
    for number, benchmark in enumerate(benchmarks, start=1):
        click.echo(f"{number} of {len(benchmarks)}: {benchmark.name} …", err=True)
        start = time.monotonic()
        for row in measure_rows(benchmark):
            click.echo(table.format_row(row))
            rows.append(row)
        now = time.monotonic()
        click.echo(f"took {now - start:.0f} s, {now - began:.0f} s in all", err=True)
    return rows


if __name__ == "__main__":
    main()
