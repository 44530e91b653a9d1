"""`python -m bench`: every benchmark, in turn with its peers, as a table. `make bench` sets the peers up."""

from __future__ import annotations

import platform
import re
import time
from pathlib import Path

import click

from bench import floors, peers, table
from bench.contests import Contest, contests
from bench.ground import SIZES, Ground
from bench.paired import CannotRunError, run


def measured(contest: Contest) -> list[tuple[str, ...]]:
    """Run one contest; one that cannot run says so in its rows, and the others go on."""
    try:
        found = contest.measure()
    except CannotRunError as error:
        found = [str(error)] * len(contest.rows)
    return [table.cells(row, values) for row, values in zip(contest.rows, found, strict=True)]


def machine() -> str:
    """Say in one line what was measured on and with."""
    here = Path()
    tools = {
        "Hugo": (*peers.hugo(here).line[:1], "version"),
        "MkDocs": (*peers.mkdocs(here).line[:1], "--version"),
        "Pelican": (*peers.pelican(here).line[3:4], "--version"),
        "Eleventy": (*peers.eleventy(here).line[3:4], "--version"),
        "git": ("git", "--version"),
        "Python": (*floors.start().line[:1], "--version"),
    }
    return f"{platform.machine()}, " + ", ".join(f"{name} {_version(tool)}" for name, tool in tools.items())


def _version(tool: tuple[str, ...]) -> str:
    try:
        found = re.search(r"\d+(\.\d+)+", run(tool))
    except CannotRunError:
        return "not installed"
    return found[0] if found else "?"


@click.command()
@click.option("--size", type=click.Choice([*SIZES, "large"]), default="medium", show_default=True)
@click.option("--only", multiple=True, metavar="NAME", help="Run these alone; may be given several times.")
@click.option("--commands", is_flag=True, help="Print the lines that repeat each by hand, and run nothing.")
@click.option("--write", type=click.Path(path_type=Path, exists=True), help="The page whose table to renew.")
def main(size: str, only: tuple[str, ...], write: Path | None, *, commands: bool) -> None:
    """Measure everything against its peers; `large` reads the long history and does nothing else."""
    ground = Ground("medium" if size == "large" else size)
    every = contests(ground)
    names = [contest.name for contest in every]
    wanted = {f"reading-{ground.commits}"} if size == "large" else set(only or names)
    if strange := wanted - set(names):
        raise click.UsageError(f"there is no {', '.join(sorted(strange))}; there are {', '.join(names)}")
    if write and wanted != set(names):
        raise click.UsageError("--write renews the whole table: leave --only and the size large out")
    chosen = [contest for contest in every if contest.name in wanted]
    if commands:
        for contest in chosen:
            click.echo("\n".join([f"# {contest.name}", *map(str, contest.commands)]))
        return
    _lay(ground, wanted)
    rows = []
    for contest in chosen:
        began = time.monotonic()
        found = measured(contest)
        click.echo(f"{contest.name} took {time.monotonic() - began:.0f} s", err=True)
        for row in found:
            click.echo(table.line(row))
            rows.append(row)
    if write:
        table.write(write, f"{machine()}.\n\n{table.table(rows)}")


def _lay(ground: Ground, wanted: set[str]) -> None:
    long = f"reading-{ground.commits}"
    if long in wanted:
        ground.lay_long()
    if wanted != {long}:
        ground.lay()


if __name__ == "__main__":
    main()
