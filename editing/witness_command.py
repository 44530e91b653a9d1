"""The command `witness`, imported only when it is used."""

from __future__ import annotations

from pathlib import Path

import click

from common.cli import print_lines
from common.cli_options import PATH, SOURCE_OPTION


@click.command()
@SOURCE_OPTION
@click.option("--tsa", "address", metavar="URL", required=True, help="The time stamp authority (RFC 3161).")
@click.option(
    "--roots", metavar="FILE", type=PATH, required=True, help="Its root certificates that you trust, in PEM."
)
@click.option("--ref", default="HEAD", show_default=True, help="Commit whose newest entry is stamped.")
def witness(source: Path, address: str, roots: Path, ref: str) -> None:
    """Store a time stamp of the newest entry of the log in content/timestamps/.

    The authority gets the hash of the entry, and nothing else. Its answer is verified against the roots
    before it is written. Nothing is committed.
    Needs packages that 'make setup' installs.
    """
    from editing.time_stamping import stamp_newest_entry

    print_lines(stamp_newest_entry(source, ref, address, roots))
