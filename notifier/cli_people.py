"""The commands about the people of a list: `notify coverage`."""

from __future__ import annotations

from pathlib import Path

import click

from common.cli import print_escaped_text, print_lines
from common.errors import ExitCode
from notifier.cli_options import LETTER_OPTION, ledger_option, open_ledger


@click.command()
@ledger_option()
@LETTER_OPTION
@click.option(
    "--shown",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Export of the website plugin with the key of the ledger, JSON or CSV; repeat for more.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the output.",
)
def coverage(ledger: str, letter: Path, shown: tuple[Path, ...], output_format: str) -> None:
    """Count how each person of the list was told, without addresses.

    Everybody counts once: acknowledged on the website, shown there, mailed, returned, not concerned, or still
    to be told. Exits with 1 if letters were returned, people are still to be told, or rows were rejected.
    """
    from notifier.coverage import format_json, format_text, list_warnings, measure_coverage
    from notifier.letters import read_letter_folder

    with open_ledger(ledger) as database:
        measured = measure_coverage(database, read_letter_folder(letter), shown)
    print_lines(*list_warnings(measured), err=True)
    if output_format == "json":
        print_escaped_text(format_json(measured))
    else:
        print_lines(*format_text(measured))
    if not measured.is_complete:
        raise click.exceptions.Exit(ExitCode.FINDINGS)
