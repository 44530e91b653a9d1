"""The command that reads what mail servers report about letters that they could not deliver."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from common.cli import print_lines
from common.errors import InputError
from notifier.cli_options import get_configured_key, ledger_option, open_ledger

_PATH = click.Path(path_type=Path)


@click.command()
@ledger_option()
@click.option(
    "--maildir", type=_PATH, multiple=True, help="Maildir of the address that reports go to; repeat for more."
)
@click.option("--mbox", type=_PATH, multiple=True, help="The same as a file in mbox form; repeat for more.")
@click.option(
    "--maillog",
    type=_PATH,
    multiple=True,
    help="Log of the Postfix relay, plain or gzip; repeat for more, oldest first.",
)
@click.option(
    "--write",
    "output",
    type=_PATH,
    help="Write the addresses that the reports name to a CSV file, for the register of members.",
)
def bounces(
    ledger: str,
    maildir: tuple[Path, ...],
    mbox: tuple[Path, ...],
    maillog: tuple[Path, ...],
    output: Path | None,
) -> None:
    """Record letters that were returned.

    Reads reports that delivery failed for good (RFC 3464, or the plain text of older servers) and finds the
    letters by their Message-ID. The reports stay as they are, and reading them again changes nothing.
    """
    from notifier.bounces import list_sender_domains, record_bounces, write_addresses
    from notifier.delivery_reports import parse_delivery_report
    from notifier.keys import resolve_key
    from notifier.log_returns import read_returned_letters
    from notifier.mail_stores import read_maildir, read_mbox

    if not (maildir or mbox or maillog):
        raise InputError("nothing to read: use --maildir, --mbox or --maillog")
    with open_ledger(ledger) as database:
        key = resolve_key(database, get_configured_key())
        messages = chain(*map(read_maildir, maildir), *map(read_mbox, mbox))
        reports = filter(None, map(parse_delivery_report, messages))
        logged = read_returned_letters(maillog, list_sender_domains(database))
        result = record_bounces(database, key, chain(reports, logged))
    if output:
        write_addresses(output, result.addresses)
    print_lines(
        f"{result.returned} returned, {result.known} known before, {result.unmatched} about other messages"
    )
    if result.unfinished:
        print_lines(f"{result.unfinished} of letters that are still being sent: read them again later")
    if output:
        print_lines(f"{len(result.addresses)} addresses written to {output}")
