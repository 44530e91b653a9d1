"""The command `notify plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from common.cli import print_lines
from common.errors import ExitCode
from notifier.cli_options import (
    LETTER_OPTION,
    addressee_options,
    get_configured_key,
    ledger_option,
    open_addressee_source,
    open_ledger,
    print_rejected_row,
    print_warning,
)

if TYPE_CHECKING:  # this module imports SQLAlchemy, which takes longer than --help may
    from notifier.plan import CampaignPlan


@click.command()
@LETTER_OPTION
@addressee_options
@ledger_option(None)
def plan(letter: Path, ledger: str | None, **options: Any) -> None:
    """Count the addressees of a letter by language; send nothing.

    With --ledger the letter and its addressees are frozen: neither a changed letter nor anyone who joins
    later is included. The last line of output is the option to pass to `send`. Exits with 1 if rows were
    rejected.
    """
    from notifier.keys import resolve_key
    from notifier.letters import read_letter_folder, reject_replaced_letter
    from notifier.plan import plan_campaign, preview_campaign
    from notifier.restore_guard import RestoreGuard

    reject_replaced_letter(letter)
    folder = read_letter_folder(letter)
    source = open_addressee_source(options)
    if ledger is None:
        _print_plan(preview_campaign(folder, source, print_rejected_row))
        return
    with open_ledger(ledger, create=True) as database:
        RestoreGuard(database).check()
        key = resolve_key(database, get_configured_key())
        _print_plan(plan_campaign(database, key, folder, source, print_rejected_row))


def _print_plan(plan: CampaignPlan) -> None:
    campaign = plan.campaign
    print_warning(plan.warning)
    effective = campaign.record["effective"]
    print_lines(f"letter         {campaign.version} ({campaign.record['level']}), effective {effective}")
    print_lines(f"addressees     {campaign.total}")
    for language, number in plan.by_language.items():
        print_lines(f"  {language:<12} {number}")
    print_lines(f"undeliverable  {plan.undeliverable}")
    print_lines(f"duplicates     {campaign.duplicate_count}")
    print_lines(f"rejected       {campaign.rejected_count}")
    print_lines(f"--confirm {campaign.total}")
    if campaign.rejected_count:
        raise click.exceptions.Exit(ExitCode.FINDINGS)
