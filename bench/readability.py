"""`python -m bench.readability FOLDER`: measure the redlines of real histories (docs/redlines-measured.md).

FOLDER holds repositories in our content layout, such as public policies that were replayed into it, each in a
folder named after its origin: `OWNER/NAME`. They are built, and their pages are measured by their hooks.
Nothing is fetched, and of the texts only numbers get into the table.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from bench import table
from bench.measured_histories import MeasuredHistory, measure_history
from bench.readability_table import format_measures
from bench.redline_peers import describe_peers
from bench.timing import run
from bench.workspace import PROJECT


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path), default=PROJECT / ".bench" / "readability")
@click.option(
    "--worst", type=int, default=0, metavar="N", help="Print the N worst pages of each history too."
)
@click.option("--write", type=click.Path(path_type=Path, exists=True), help="Replace the table of this page.")
def main(folder: Path, out: Path, worst: int, write: Path | None) -> None:
    """Build every history in FOLDER into --out, and measure its redlines beside those of other engines."""
    histories = []
    for repository in find_repositories(folder):
        name = repository.relative_to(folder).as_posix()
        history = measure_history(name, build_history(repository, out / name))
        histories.append(history)
        for line in list_findings(history, worst):
            click.echo(line)
    if not histories:
        raise click.UsageError(f"{folder} has no repository")
    measures = format_measures(histories)
    click.echo(measures)
    if write:
        today = dt.datetime.now(dt.UTC).date()
        told = f"Measured on {today.day} {today:%B %Y} with {describe_peers()}."
        table.replace_table(write, f"{told}\n\n{measures}", "readability")


def find_repositories(folder: Path) -> list[Path]:
    """Return the repositories in a folder and in the folders in it."""
    return sorted(path.parent for pattern in ("*/.git", "*/*/.git") for path in folder.glob(pattern))


def build_history(repository: Path, out: Path) -> Path:
    """Build the site of a repository with this code and return its folder."""
    shutil.rmtree(out, ignore_errors=True)
    paths = ("--source", str(repository), "--out", str(out))
    run((sys.executable, str(PROJECT / "build.py"), "build", *paths))
    return out / "site"


def list_findings(history: MeasuredHistory, worst: int) -> Iterator[str]:
    """Yield a line for each page that is untrue or has lost changes, and for those that mark most in vain."""
    for page in history.pages:
        for finding in filter(None, (page.own.untruth, page.own.lost_changes)):
            yield f"{page.path}: {finding}"
    by_excess = sorted(history.pages, key=lambda page: page.own.fewest - page.own.marked)
    for page in by_excess[:worst]:
        yield (
            f"{page.path}: version {page.own.new_version} marks {page.own.marked} words, "
            f"fewest readable {page.own.fewest}, islands {page.own.islands}"
        )


if __name__ == "__main__":
    main()
