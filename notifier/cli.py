"""The commands under `notify`: options in, one line for each result out.

Only click and the common errors are imported before a command runs, so that `--help` answers at once.
`status` is the only command that prints addresses; none prints a secret.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from common.cli import print_escaped_text, print_lines
from common.cli_options import FiniteRange
from common.errors import ExitCode, InputError
from notifier.cli_options import (
    LETTER_OPTION,
    SecretOption,
    addressee_options,
    get_configured_key,
    ledger_option,
    open_addressee_source,
    open_ledger,
    print_rejected_row,
)
from notifier.command_group import NotifyGroup

if TYPE_CHECKING:  # these modules import SQLAlchemy, which takes longer than --help may
    from notifier.plan import CampaignPlan
    from notifier.send_run import RunConfig, RunResult

_MAX_COUNT = 1_000_000_000  # more addressees than any letter has
_DAY_SECONDS = 86_400


@click.group(cls=NotifyGroup, short_help="Mail the letter of a version to its addressees.")
def notify() -> None:
    """Mail the letter of a version to its addressees, and prove that it was sent.

    Every addressee is in one durable state at every moment. Nobody is mailed twice unless you choose to
    resend deliveries that are in doubt.
    """


@notify.command()
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
    _print_warning(plan.warning)
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


def _print_warning(warning: str | None) -> None:
    if warning:
        print_lines(warning, err=True)


@notify.command()
@LETTER_OPTION
@addressee_options
@click.option(
    "--smtp",
    cls=SecretOption,
    metavar="URL",
    required=True,
    envvar="KLARTEKST_SMTP",
    help="Mail relay: smtp+starttls://USER:PASSWORD@HOST:587 or smtps://…; "
    "smtp:// only for a relay on this machine.",
)
@click.option(
    "--ca", type=click.Path(path_type=Path), help="PEM certificate of a private certificate authority."
)
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
def send(letter: Path, ledger: str, **options: Any) -> None:
    """Send the pending deliveries of a campaign.

    Nothing is sent without --confirm N. Run the same command again to continue. Once everything has been
    sent, it does nothing. Exits with 3 if deliveries are in doubt, 75 if some are still pending, 1 if rows
    of the list were rejected and all others are done.
    """
    from notifier.keys import resolve_key
    from notifier.letters import read_letter_folder, reject_replaced_letter
    from notifier.plan import freeze_confirmed_campaign
    from notifier.relay import parse_relay_url
    from notifier.restore_guard import RestoreGuard
    from notifier.send_run import CampaignSender

    if options["confirm"] is None:
        raise InputError("--confirm N is missing; the last line of notify plan shows it")
    reject_replaced_letter(letter)
    folder = read_letter_folder(letter)
    relay = parse_relay_url(options["smtp"], options["ca"])
    source = open_addressee_source(options)
    with open_ledger(ledger, create=True, idle_timeout=options["lease"]) as database:
        guard = RestoreGuard(database)
        guard.check()
        key = resolve_key(database, get_configured_key())
        frozen = freeze_confirmed_campaign(
            database, key, folder, source, print_rejected_row, options["confirm"]
        )
        _print_warning(frozen.warning)
        campaign = frozen.campaign
        sender = CampaignSender(database, guard, key, frozen.letter, campaign, source, relay)
        config = _build_run_config(options)
        result = _show_progress(campaign.total, lambda progress: sender.send(config, progress))
    from notifier.reports import format_summary

    print_lines(format_summary(campaign, result.counts))
    if campaign.rejected_count:
        rows = f"{campaign.rejected_count} row{'s' * (campaign.rejected_count != 1)} of the list"
        print_lines(f"{rows} rejected when it was frozen: nothing was sent for them", err=True)
    if result.error:
        raise result.error
    has_rejected = campaign.rejected_count and result.exit_code is ExitCode.OK
    raise click.exceptions.Exit(ExitCode.FINDINGS if has_rejected else result.exit_code)


def _build_run_config(options: dict[str, Any]) -> RunConfig:
    from notifier.send_run import RunConfig

    names = ("connections", "limit", "rate", "retry_after", "max_attempts", "lease", "only")
    return RunConfig(resend=options["in_doubt"] == "resend", **{name: options[name] for name in names})


def _show_progress(total: int, work: Callable[[Callable[[int], None]], RunResult]) -> RunResult:
    """Run work with a progress bar on a terminal, and without one elsewhere."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=total, label="sending", file=sys.stderr, hidden=hidden) as bar:
        return work(lambda finished: bar.update(finished - bar.pos))


@notify.command()
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


@notify.command()
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


@notify.command()
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


@notify.command()
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
    _print_warning(warning)
    print_lines(str(path))
