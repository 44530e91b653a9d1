"""The command `build`, imported only when it is used."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from common.cli import print_lines
from common.cli_options import PATH, SOURCE_OPTION, TEMPLATES_OPTION, Day
from generator.build_options import BuildListener, BuildOptions, HistorySummary

_PROGRESS_BAR_MINIMUM = 40  # folders: fewer are written before anyone could read a progress bar


@click.command()
@SOURCE_OPTION
@click.option("--out", type=PATH, default=Path("out"), show_default=True, help="Output directory.")
@click.option(
    "--ref", default="HEAD", show_default=True, help="Commit whose first-parent history is published."
)
@click.option("--today", type=Day(), help="The date that decides what is in force.  [default: today in Oslo]")
@click.option(
    "--published",
    metavar="LOG",
    help="The published log.json, or the folder or address of the site; fail if the build does not only add "
    "to it. 'none' for the first publication.",
)
@TEMPLATES_OPTION
@click.option("--base-url", help="Address of the site, instead of base_url in policy.yaml.")
@click.option("--draft", is_flag=True, help="Include uncommitted content as an extra version.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    help="Number of processes.  [default: cores]",
)
@click.option("--no-cache", is_flag=True, help="Ignore the cache.")
@click.option("--strict", is_flag=True, help="Refuse a newest version that must have a note and has none.")
def build(out: Path, today: dt.date | None, *, no_cache: bool, **options: Any) -> None:
    """Build the site and the letters into out/."""
    from common.oslo import get_today_in_oslo
    from generator.build import build_site

    day = today or get_today_in_oslo()
    build_options = BuildOptions(out=out, today=day, use_cache=not no_cache, **options)
    result = build_site(build_options, TerminalListener())
    print_lines(f"versions  {result.written_version_count} written, {result.kept_version_count} kept")
    print_lines(f"pages     {result.page_count} {'written' if result.has_changed else 'unchanged'}")
    print_lines(f"site      {out / 'site' / 'index.html'}")


class TerminalListener(BuildListener):
    """Prints the summary of the history, and shows a progress bar on a terminal while a build takes long."""

    def on_history_read(self, history: HistorySummary) -> None:
        """Print the warnings and the counts."""
        for warning in history.warnings:
            print_lines(f"warning: {warning}", err=True)
        print_lines(f"history   {history.revision_count} revisions, {history.version_count} versions")

    def track_versions(self, names: Iterable[str], count: int) -> Iterable[str]:
        """Show a progress bar for the versions that are written."""
        if count < _PROGRESS_BAR_MINIMUM or not sys.stderr.isatty():
            return names
        return _with_progress_bar(names, count)


def _with_progress_bar(names: Iterable[str], count: int) -> Iterator[str]:
    with click.progressbar(names, length=count, label="versions", file=sys.stderr) as bar:
        yield from bar
