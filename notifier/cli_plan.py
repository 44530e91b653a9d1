"""The commands `notify plan` and `notify unfreeze`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from common.cli import print_lines
from common.cli_options import FiniteRange
from common.errors import ExitCode, KlartekstError
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

if TYPE_CHECKING:  # these modules import SQLAlchemy, which takes longer than --help may
    from notifier.database import LedgerDatabase
    from notifier.plan import CampaignInputs, CampaignPlan


@click.command()
@LETTER_OPTION
@addressee_options
@ledger_option(None)
@click.option(
    "--rate",
    type=FiniteRange(min=0, min_open=True, max=1_000_000),
    help="Say when to begin if this many messages are sent a second.",
)
def plan(letter: Path, ledger: str | None, *, rate: float | None, **options: Any) -> None:
    """Count the addressees of a letter by language; send nothing.

    With --ledger the letter and its addressees are frozen: neither a changed letter nor anyone who joins
    later is included. The last line of output is the option to pass to `send`. Exits with 1 if rows were
    rejected.
    """
    from notifier.keys import resolve_key
    from notifier.letters import read_letter_folder, reject_replaced_letter
    from notifier.plan import CampaignInputs, plan_campaign, preview_campaign
    from notifier.restore_guard import RestoreGuard

    reject_replaced_letter(letter)
    folder = read_letter_folder(letter)
    source = open_addressee_source(options)
    if ledger is None:
        planned = preview_campaign(folder, source, print_rejected_row)
        _print_plan(planned, rate, [])
        return
    with open_ledger(ledger, create=True) as database:
        RestoreGuard(database).check()
        key = resolve_key(database, get_configured_key())
        inputs = CampaignInputs(key, folder, source, print_rejected_row)
        planned = plan_campaign(database, inputs)
        _print_plan(planned, rate, _describe_list(database, inputs, planned))


def _print_plan(plan: CampaignPlan, rate: float | None, frozen_lines: list[str]) -> None:
    campaign = plan.campaign
    print_warning(plan.warning)
    effective = campaign.record["effective"]
    print_lines(f"letter         {campaign.version} ({campaign.record['level']}), effective {effective}")
    print_lines(*_describe_timing(plan, rate), *frozen_lines, *_describe_audiences(plan))
    print_lines(f"addressees     {campaign.total}")
    for language, number in plan.by_language.items():
        print_lines(f"  {language:<12} {number}")
    print_lines(f"undeliverable  {plan.undeliverable}")
    print_lines(f"duplicates     {campaign.duplicate_count}")
    print_lines(f"rejected       {campaign.rejected_count}")
    print_lines(f"--confirm {campaign.total}")
    if campaign.rejected_count:
        raise click.exceptions.Exit(ExitCode.FINDINGS)


def _describe_timing(plan: CampaignPlan, rate: float | None) -> list[str]:
    from datetime import UTC, datetime

    from common.oslo import get_today_in_oslo
    from notifier.timing import measure_timing

    timing = measure_timing(plan.letter, get_today_in_oslo())
    lines = [f"time           {timing.describe()}"]
    if timing.is_late:
        lines[0] += ": send needs --late REASON"
    if rate:
        start = timing.find_latest_start(plan.campaign.total - plan.undeliverable, rate)
        verdict = "" if start >= datetime.now(UTC) else ": not everybody can be told in time"
        lines.append(f"begin          by {start:%Y-%m-%d %H:%M} in Oslo, at {rate:g} a second{verdict}")
    return lines


def _describe_list(database: LedgerDatabase, inputs: CampaignInputs, plan: CampaignPlan) -> list[str]:
    """Return where and when the list of a campaign was frozen, and how it differs from today's."""
    from notifier.decisions import format_moment
    from notifier.plan import compare_with_today

    campaign = plan.campaign
    line = f"frozen         {format_moment(campaign.frozen_at)}"
    if source := campaign.source:
        line += f" from {source['from']} ({source['rows']} rows)"
    if not plan.was_frozen or campaign.closed_at is not None:
        return [line]
    try:
        added, missing = compare_with_today(database, inputs, plan)
    except KlartekstError as error:
        return [
            line,
            *(f"today          the list cannot be compared: {text}" for text in str(error).split("\n")),
        ]
    if added or missing:
        text = (
            f"{added} more in the list, {missing} no longer in it; notify unfreeze lets plan freeze it again"
        )
    else:
        text = "the same people in the list"
    return [line, f"today          {text}"]


def _describe_audiences(plan: CampaignPlan) -> list[str]:
    affected = plan.letter.audiences.affected
    if not affected:
        return []
    if not plan.campaign.audiences:
        return [f"concerns       {', '.join(affected)}; everybody is told"]
    record = plan.campaign.audiences
    lines = [f"concerns       only {', '.join(affected)}"]
    lines += [f"  {name:<12} {number}" for name, number in record["told"].items()]
    lines.append(f"left out       {record['left_out']}")
    return lines + [f"  {name or '(none)':<12} {number}" for name, number in record["left_out_of"].items()]


@click.command()
@ledger_option()
@LETTER_OPTION
def unfreeze(ledger: str, letter: Path) -> None:
    """Let the list of a campaign be frozen again.

    The list and the letter that were frozen are deleted; the next `plan` or `send` freezes them as they are
    then. Refused when somebody may have got the letter.
    """
    from notifier.letters import read_letter_folder
    from notifier.unfreezing import unfreeze_campaign

    with open_ledger(ledger) as database:
        campaign = unfreeze_campaign(database, read_letter_folder(letter))
    print_lines(f"{campaign.version}: the list of {campaign.total} addressees is no longer frozen")
