"""The commands that read and close campaigns: `notify status`, `reconcile`, `purge` and `proof`."""

from __future__ import annotations

from pathlib import Path

import click

from common.cli import print_escaped_text, print_lines
from common.errors import ExitCode
from notifier.cli_options import LETTER_OPTION, ledger_option, open_ledger, print_warning


@click.command()
@ledger_option()
@click.option("--letter", type=click.Path(path_type=Path), help="Show the campaign of this letter only.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the output.",
)
def status(ledger: str, letter: Path | None, output_format: str) -> None:
    """Count addressees by state; list those in doubt.

    Each delivery in doubt is shown with its address and Message-ID.
    """
    from notifier.letters import read_letter_folder
    from notifier.reports import format_json, format_text, read_status

    with open_ledger(ledger) as database:
        statuses = read_status(database, read_letter_folder(letter) if letter else None)
    if output_format == "json":
        print_escaped_text(format_json(statuses))
    else:
        print_lines(*format_text(statuses).split("\n"))


@click.command()
@ledger_option()
@click.option(
    "--maillog",
    type=click.Path(path_type=Path),
    required=True,
    multiple=True,
    help="Log of the Postfix relay, plain or gzip; repeat for more, oldest first.",
)
def reconcile(ledger: str, maillog: tuple[Path, ...]) -> None:
    """Resolve deliveries in doubt from the log of the relay.

    Exits with 3 if some stay in doubt.
    """
    from notifier.reconcile import reconcile as reconcile_ledger

    with open_ledger(ledger) as database:
        result = reconcile_ledger(database, maillog)
    print_lines(f"{result.sent} sent, {result.pending} pending again, {result.in_doubt} still in doubt")
    if result.in_doubt:
        raise click.exceptions.Exit(ExitCode.IN_DOUBT)


@click.command()
@ledger_option()
@LETTER_OPTION
@click.option("--force", is_flag=True, help="Purge even if deliveries are pending or in doubt.")
def purge(ledger: str, letter: Path, *, force: bool) -> None:
    """Delete addresses and pseudonyms, and close the campaign.

    The letter and the counts are kept, so that a proof can still be written. If words were removed from the
    letter since, only its hashes are kept.
    """
    from notifier.letters import read_letter_folder
    from notifier.reports import format_summary, purge_campaign

    with open_ledger(ledger) as database:
        purged = purge_campaign(database, read_letter_folder(letter), force=force)
    print_lines(format_summary(purged.campaign, purged.counts) + " (closed)")


@click.command()
@ledger_option()
@LETTER_OPTION
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the proof.")
@click.option(
    "--shown",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Export of the website plugin, JSON or CSV; repeat for more.",
)
def proof(ledger: str, letter: Path, out: Path, shown: tuple[Path, ...]) -> None:
    """Write a proof of what was sent and when, without addresses.

    It contains the hashes of the letters and the number of addressees by state and language.
    """
    from notifier.letters import read_letter_folder
    from notifier.reports import write_proof

    with open_ledger(ledger) as database:
        path, warning = write_proof(database, read_letter_folder(letter), out, shown)
    print_warning(warning)
    print_lines(str(path))
