"""The commands about the people of a list: `notify coverage` and `notify lookup`."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

import click

from common.cli import print_escaped_text, print_lines
from common.errors import ExitCode
from notifier.cli_options import LETTER_OPTION, get_configured_key, ledger_option, open_ledger

_SHOWN_OPTION = click.option(
    "--shown",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Export of the website plugin with the key of the ledger, JSON or CSV; repeat for more.",
)


@click.command()
@ledger_option()
@LETTER_OPTION
@_SHOWN_OPTION
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


@click.command()
@ledger_option()
@LETTER_OPTION
@_SHOWN_OPTION
def lookup(ledger: str, letter: Path, shown: tuple[Path, ...]) -> None:
    """Say how one person was told; the address is read from standard input.

    The address is recognised by a keyed hash, and neither stored nor printed. After `purge` nobody is
    recognised. Exits with 0 if the person was told, 1 if not, 3 if the letter is in doubt.
    """
    from notifier.keys import resolve_key
    from notifier.letters import read_letter_folder
    from notifier.lookup import MAX_BYTES, look_up_person, parse_address_line

    with open_ledger(ledger) as database:
        key = resolve_key(database, get_configured_key())
        stream, limit = sys.stdin.buffer if sys.stdin else BytesIO(), MAX_BYTES + 1
        # Typed, it ends with its line; a pipe has to hold nothing else.
        address = parse_address_line(stream.readline(limit) if stream.isatty() else stream.read(limit))
        record = look_up_person(database, key, read_letter_folder(letter), address, shown)
    print_lines(*record.describe())
    raise click.exceptions.Exit(record.exit_code)
