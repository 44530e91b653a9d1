"""The command `verify`: options in, one line for each result or problem out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from common.cli import print_lines
from common.errors import ExitCode

_PATH = click.Path(path_type=Path)
_SHOWN_PROBLEMS = 20


@click.command()
@click.argument("site", metavar="SITE|URL")
@click.option(
    "--letter",
    "letters",
    metavar="FILE.eml",
    type=_PATH,
    multiple=True,
    help="A letter that you saved: nothing up to its entry may have changed since. May be repeated.",
)
@click.option(
    "--log",
    "old_log",
    metavar="OLD.json",
    type=_PATH,
    help="A log.json that you saved: the log may only have grown since.",
)
@click.option(
    "--roots",
    metavar="FILE",
    type=_PATH,
    help="Root certificates of time stamp authorities that you trust, in PEM: the time stamps are verified.",
)
def verify(site: str, letters: tuple[Path, ...], old_log: Path | None, roots: Path | None) -> None:
    """Recompute every hash of a published site from its pages; exit 1 if one is wrong.

    SITE is a folder such as out/site, or one that evidence wrote, which has its own log; a site on the web is
    read page by page. Alone, either can only contradict itself: that its publisher has rewritten nothing is
    proven by a letter or a log that you saved.
    """
    from verifier.evidence import is_evidence, verify_evidence  # noqa: PLC0415 - so that --help answers at once
    from verifier.verification import verify_site  # noqa: PLC0415 - the same

    verify_place = verify_evidence if is_evidence(site) else verify_site
    verification = verify_place(site, letters, old_log, roots)
    for line in verification.problems[:_SHOWN_PROBLEMS] or verification.results:
        print_lines(line)
    others = len(verification.problems) - _SHOWN_PROBLEMS
    if others > 0:
        print_lines(f"and {others} other{'s' * (others > 1)}")
    if verification.problems:
        sys.exit(ExitCode.FINDINGS)
