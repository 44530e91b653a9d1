"""The command `notify send`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from common.cli import print_lines
from common.cli_options import FiniteRange
from common.errors import ExitCode, InputError, KlartekstError
from notifier.cli_options import (
    LETTER_OPTION,
    addressee_options,
    get_configured_key,
    ledger_option,
    open_addressee_source,
    open_ledger,
    print_rejected_row,
    print_warning,
    relay_options,
)

if TYPE_CHECKING:  # these modules import SQLAlchemy, which takes longer than --help may
    from notifier.campaigns import Campaign
    from notifier.database import LedgerDatabase
    from notifier.gates import SendGates
    from notifier.letters import LetterFolder
    from notifier.run_log import RunLog
    from notifier.send_run import RunConfig, RunResult

_MAX_COUNT = 1_000_000_000  # more addressees than any letter has
_DAY_SECONDS = 86_400


@click.command()
@LETTER_OPTION
@addressee_options
@relay_options
@ledger_option()
@click.option(
    "--confirm",
    type=click.IntRange(0, _MAX_COUNT),
    metavar="N",
    help="Number of addressees, as printed by plan.",
)
@click.option(
    "--limit", type=click.IntRange(1, _MAX_COUNT), help="Send at most this many messages in this run."
)
@click.option("--only", metavar="ADDRESS", help="Send to this addressee only.")
@click.option(
    "--rate",
    type=FiniteRange(min=0, min_open=True, max=1_000_000),
    help="Send at most this many messages a second.",
)
@click.option(
    "--connections",
    type=click.IntRange(1, 500),
    default=4,
    show_default=True,
    help="Connections to the relay.",
)
@click.option(
    "--in-doubt",
    type=click.Choice(["hold", "resend"]),
    default="hold",
    show_default=True,
    help="Deliveries in doubt: hold them, or resend them (some people then get the message twice).",
)
@click.option(
    "--retry-after",
    type=FiniteRange(min=0, max=_DAY_SECONDS),
    default=300,
    show_default=True,
    help="Seconds until a retry; doubles with each attempt, up to four hours.",
)
@click.option(
    "--max-attempts",
    type=click.IntRange(1, 1000),
    default=12,
    show_default=True,
    help="Give up after this many attempts.",
)
@click.option(
    "--lease",
    type=FiniteRange(min=0, min_open=True, max=_DAY_SECONDS),
    default=60,
    show_default=True,
    help="Seconds after which a silent run counts as dead and a silent relay as lost.",
)
@click.option(
    "--late",
    metavar="REASON",
    help="Begin too late or with too few days of notice; the proof states the reason.",
)
@click.option(
    "--live",
    metavar="URL",
    help="Begin only when the log of the live site at this address has the entry of the version.",
)
@click.option("--approved-by", metavar="NAME", help="Who approved the campaign; the proof states it.")
@click.option(
    "--log",
    "log_path",
    type=click.Path(path_type=Path),
    help="Append what the run does to this file, line by line, without addresses.",
)
def send(letter: Path, ledger: str, log_path: Path | None, **options: Any) -> None:
    """Send the pending deliveries of a campaign.

    Nothing is sent without --confirm N, nor is a campaign begun with fewer days of notice than the policy
    promises. Run the same command again to continue. Once everything has been sent, it does nothing. Exits
    with 3 if deliveries are in doubt, 75 if some are still pending, 1 if rows of the list were rejected and
    all others are done.
    """
    if options["confirm"] is None:
        raise InputError("--confirm N is missing; the last line of notify plan shows it")
    with _open_log(log_path) as log:
        raise click.exceptions.Exit(_send(letter, ledger, log, options))


@contextmanager
def _open_log(path: Path | None) -> Iterator[RunLog]:
    """Open the log of a run, and write how the run ends, if it is not killed."""
    from notifier.run_log import RunLog

    log = RunLog(path)
    try:
        yield log
    except click.exceptions.Exit as end:
        log.write(f"ended with {int(end.exit_code)}")
        raise
    except KlartekstError as error:
        log.write(f"ended with {int(error.exit_code)}: {error}")
        raise
    except BaseException as error:
        log.write(f"ended by {type(error).__name__}")  # whose text may hold anything
        raise
    finally:
        log.close()


def _send(letter: Path, ledger: str, log: RunLog, options: dict[str, Any]) -> ExitCode:
    from notifier.keys import resolve_key
    from notifier.letters import read_letter_folder, reject_replaced_letter
    from notifier.plan import CampaignInputs, freeze_confirmed_campaign
    from notifier.relay import parse_relay_url
    from notifier.restore_guard import RestoreGuard
    from notifier.send_run import CampaignSender

    reject_replaced_letter(letter)
    folder = read_letter_folder(letter)
    relay = parse_relay_url(options["smtp"], options["ca"])
    source = open_addressee_source(options)
    with open_ledger(ledger, create=True, idle_timeout=options["lease"]) as database:
        guard = RestoreGuard(database)
        guard.check()
        key = resolve_key(database, get_configured_key())
        gates = _build_gates(database, folder, options)
        inputs = CampaignInputs(key, folder, source, print_rejected_row)
        frozen = freeze_confirmed_campaign(database, inputs, options["confirm"], gates)
        print_warning(frozen.warning)
        campaign = frozen.campaign
        sender = CampaignSender(database, guard, key, frozen.letter, campaign, source, relay)
        config = _build_run_config(options)
        log.write(f"{campaign.version}: began, {campaign.total} addressees")
        result = _show_progress(campaign, log, lambda progress: sender.send(config, progress))
    from notifier.reports import format_summary

    summary = format_summary(campaign, result.counts)
    log.write(summary)
    print_lines(summary)
    if campaign.rejected_count:
        rows = f"{campaign.rejected_count} row{'s' * (campaign.rejected_count != 1)} of the list"
        print_lines(f"{rows} rejected when it was frozen: nothing was sent for them", err=True)
    if result.error:
        raise result.error
    has_rejected = campaign.rejected_count and result.exit_code is ExitCode.OK
    return ExitCode.FINDINGS if has_rejected else result.exit_code


def _build_gates(database: LedgerDatabase, folder: LetterFolder, options: dict[str, Any]) -> SendGates:
    from common.oslo import get_today_in_oslo
    from notifier.decisions import parse_words
    from notifier.gates import SendGates, may_begin
    from notifier.live_log import fetch_live_entries

    late, approver = (
        parse_words("--late", options["late"]),
        parse_words("--approved-by", options["approved_by"]),
    )
    # Not while the ledger is locked, nor for a campaign that goes on: the site may be out of reach.
    asks_site = options["live"] is not None and may_begin(database, folder)
    entries = fetch_live_entries(options["live"]) if asks_site else None
    return SendGates(get_today_in_oslo(), late, approver, entries)


def _build_run_config(options: dict[str, Any]) -> RunConfig:
    from notifier.send_run import RunConfig

    names = ("connections", "limit", "rate", "retry_after", "max_attempts", "lease", "only")
    return RunConfig(resend=options["in_doubt"] == "resend", **{name: options[name] for name in names})


def _show_progress(
    campaign: Campaign, log: RunLog, work: Callable[[Callable[[int], None]], RunResult]
) -> RunResult:
    """Run work with a progress bar on a terminal, and with a line now and then elsewhere and in the log."""
    from notifier.run_log import ProgressLines

    is_terminal = sys.stderr.isatty()

    def print_progress(line: str) -> None:
        log.write(line)
        if not is_terminal:
            print_lines(line)

    lines = ProgressLines(campaign.version, campaign.total, print_progress)
    with click.progressbar(
        length=campaign.total, label="sending", file=sys.stderr, hidden=not is_terminal
    ) as bar:

        def update(finished: int) -> None:
            bar.update(finished - bar.pos)
            lines.update(finished)

        return work(update)
