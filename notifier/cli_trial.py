"""The command `notify test`."""

from __future__ import annotations

from pathlib import Path

import click

from common.cli import print_lines
from notifier.cli_options import LETTER_OPTION, relay_options


@click.command("test")
@LETTER_OPTION
@relay_options
@click.option("--to", "addresses", metavar="ADDRESS", required=True, multiple=True, help="Repeat for more.")
def send_test(letter: Path, smtp: str, ca: Path | None, addresses: tuple[str, ...]) -> None:
    """Send a copy of a letter to yourself, in each language.

    Its subject begins with "[test]" in that language. It counts for nothing: no ledger is read or written.
    """
    from notifier.letters import load_letter
    from notifier.relay import parse_relay_url
    from notifier.trial_letters import send_trial_letters

    count = send_trial_letters(load_letter(letter), parse_relay_url(smtp, ca), addresses)
    print_lines(f"{count} test {'copy' if count == 1 else 'copies'} sent")
