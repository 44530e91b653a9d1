"""The commands of contract §7, as a click group: options in, one line a thing out, the exit codes of §6.

Nothing but click is imported before a command runs, so that --help answers at once. What an operator can
cause ends as one line on standard error; addresses are printed by `status` alone, secrets by none.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from notifier.errors import Exit, InputError, NotifyError

if TYPE_CHECKING:
    from notifier.addressees import Rejected, Source
    from notifier.job import Ending, Job
    from notifier.order import Order
    from notifier.planning import Plan
    from notifier.vault import Vault

_F = TypeVar("_F", bound=Callable[..., None])
_DEFAULT_LEDGER = "sqlite:///notify.db"


class _Group(click.Group):
    """Ends every trouble in one place: one line, one exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what its operator can mend is said in one line."""
        try:
            return super().invoke(ctx)
        except NotifyError as trouble:
            click.echo(str(trouble), err=True)
            ctx.exit(trouble.code)
        except click.UsageError as trouble:
            click.echo(trouble.format_message(), err=True)
            ctx.exit(Exit.WRONG)


@click.group(cls=_Group, short_help="mail members about a major revision")
def notify() -> None:
    """Mail the letter of a revision: everybody told, nobody twice, and proof of it."""


_LETTER = click.option(
    "--letter", type=click.Path(path_type=Path), required=True, help="Folder of the printed letter."
)


def _recipients(command: _F) -> _F:
    where = click.option(
        "--recipients",
        metavar="WHERE",
        required=True,
        envvar="KLARTEKST_RECIPIENTS",
        help="CSV file or database URL.",
    )
    query = click.option("--query", type=click.Path(path_type=Path), help="File with SQL that gives email.")
    prefix = click.option("--table-prefix", default="wp_", show_default=True, help="Of WordPress' tables.")
    return where(query(prefix(command)))


def _ledger(default: str | None = _DEFAULT_LEDGER) -> Callable[[_F], _F]:
    return click.option(
        "--ledger",
        metavar="URL",
        envvar="KLARTEKST_LEDGER",
        default=default,
        show_default=default is not None,
        help="sqlite:///FILE or postgresql+psycopg://…",
    )


@contextmanager
def _opened(ledger: str, *, create: bool = False, patience: float = 60.0) -> Iterator["Vault"]:
    """Open a ledger for one command; a key that is given must be the ledger's even where none is needed."""
    from notifier import seal, vault

    opened = vault.open_vault(ledger, create=create, patience=patience)
    try:
        seal.check_key(opened, _key())
        yield opened
    finally:
        opened.close()


def _key() -> str | None:
    return os.environ.get("KLARTEKST_KEY") or None


def _source(options: dict[str, Any]) -> "Source":
    from notifier import members

    return members.source_of(options["recipients"], options["query"], options["table_prefix"])


def _tell_rejected(one: "Rejected") -> None:
    click.echo(f"--recipients: line {one.line}: {one.reason}; nothing is sent for it", err=True)


@notify.command()
@_LETTER
@_recipients
@_ledger(None)
def plan(letter: Path, ledger: str | None, **options: Any) -> None:
    """Show who, how many and which language; send nothing. With a ledger, freeze them."""
    from notifier import letterbox, planning, seal

    read = letterbox.read(letter)
    source = _source(options)
    if ledger is None:
        _show_plan(planning.sketch(read, source, _tell_rejected))
        return
    with _opened(ledger, create=True) as vault:
        seal.Seal(vault).check()
        key = seal.key_of(vault, _key())
        _show_plan(planning.plan(planning.Wish(vault, key, read, source, _tell_rejected)))


def _show_plan(plan: "Plan") -> None:
    campaign = plan.campaign
    click.echo(
        f"letter         {campaign.version} ({campaign.record['level']}), {campaign.record['effective']}"
    )
    click.echo(f"addressees     {campaign.total}")
    for language, number in plan.by_language.items():
        click.echo(f"  {language:<12} {number}")
    click.echo(f"undeliverable  {plan.undeliverable}")
    click.echo(f"duplicates     {campaign.duplicates}")
    click.echo(f"rejected       {campaign.rejected}")
    click.echo(f"--confirm {campaign.total}")
    if campaign.rejected:
        raise click.exceptions.Exit(Exit.FINDINGS)


@notify.command()
@_LETTER
@_recipients
@click.option("--smtp", metavar="URL", required=True, envvar="KLARTEKST_SMTP", help="The relay.")
@click.option("--ca", type=click.Path(path_type=Path), help="Certificate of a private authority, PEM.")
@_ledger()
@click.option("--confirm", type=int, metavar="N", help="The number that plan gave.")
@click.option("--limit", type=click.IntRange(min=1), help="Send to at most so many now.")
@click.option("--only", metavar="ADDRESS", help="Send to this addressee alone.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so many a second.")
@click.option("--connections", type=click.IntRange(1, 500), default=4, show_default=True)
@click.option("--in-doubt", type=click.Choice(["hold", "resend"]), default="hold", show_default=True)
@click.option(
    "--retry-after",
    type=click.FloatRange(min=0),
    default=300,
    show_default=True,
    help="Doubles with each try.",
)
@click.option("--max-attempts", type=click.IntRange(min=1), default=12, show_default=True)
@click.option(
    "--lease",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    show_default=True,
    help="Seconds after which a silent run counts as dead, and a silent relay as gone.",
)
def send(letter: Path, ledger: str, **options: Any) -> None:
    """Send what is left, once. Without --confirm N nothing is sent."""
    from notifier import letterbox, planning, relay, seal
    from notifier.job import Job

    if options["confirm"] is None:
        raise InputError("--confirm N is missing; the last line of notify plan gives it")
    read = letterbox.read(letter)
    to = relay.read(options["smtp"], options["ca"])
    source = _source(options)
    with _opened(ledger, create=True, patience=options["lease"]) as vault:
        kept = seal.Seal(vault)
        kept.check()
        key = seal.key_of(vault, _key())
        campaign = planning.confirmed(
            planning.Wish(vault, key, read, source, _tell_rejected), options["confirm"]
        )
        job = Job(vault, kept, key, read, campaign, source, to)
        ending = _with_progress(campaign.total, lambda progress: job.send(_order(options), progress))
        _show_ending(job, ending)


def _order(options: dict[str, Any]) -> "Order":
    from notifier.order import Order

    names = ("connections", "limit", "rate", "retry_after", "max_attempts", "lease", "only")
    return Order(resend=options["in_doubt"] == "resend", **{name: options[name] for name in names})


def _with_progress(total: int, work: Callable[[Callable[[int], None]], "Ending"]) -> "Ending":
    """Show a bar on a terminal, and nothing elsewhere."""
    silent = not sys.stderr.isatty()
    with click.progressbar(length=total, label="sending", file=sys.stderr, hidden=silent) as bar:
        return work(lambda settled: bar.update(settled - bar.pos))


def _show_ending(job: "Job", ending: "Ending") -> None:
    from notifier import reports

    click.echo(reports.summary(job.campaign, ending.counts))
    if ending.trouble:
        raise ending.trouble
    raise click.exceptions.Exit(ending.code)


@notify.command()
@_ledger()
@click.option("--letter", type=click.Path(path_type=Path), help="Only the campaign of this letter.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def status(ledger: str, letter: Path | None, format_: str) -> None:
    """Count by state; list everybody in doubt with the Message-ID."""
    from notifier import letterbox, reports

    with _opened(ledger) as vault:
        found = reports.status(vault, letterbox.read(letter) if letter else None)
    click.echo(reports.as_json(found) if format_ == "json" else reports.as_text(found))


@notify.command()
@_ledger()
@click.option(
    "--maillog",
    type=click.Path(path_type=Path),
    required=True,
    multiple=True,
    help="Postfix' log, plain or gzip.",
)
def reconcile(ledger: str, maillog: tuple[Path, ...]) -> None:
    """Settle what is in doubt from the relay's log."""
    from notifier import reconciling

    with _opened(ledger) as vault:
        settled = reconciling.reconcile(vault, maillog)
    click.echo(f"{settled.sent} sent, {settled.pending} pending again, {settled.in_doubt} still in doubt")
    if settled.in_doubt:
        raise click.exceptions.Exit(Exit.DOUBT)


@notify.command()
@_ledger()
@_LETTER
@click.option("--force", is_flag=True, help="Although some are left or in doubt.")
def purge(ledger: str, letter: Path, *, force: bool) -> None:
    """Delete addresses and keys, keep the counts and close the campaign."""
    from notifier import letterbox, reports

    with _opened(ledger) as vault:
        purged = reports.purge(vault, letterbox.read(letter), force=force)
    click.echo(reports.summary(purged.campaign, purged.counts) + " (closed)")


@notify.command()
@_ledger()
@_LETTER
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the proof.")
@click.option(
    "--shown",
    type=click.Path(path_type=Path),
    multiple=True,
    help="What the website exported of who was shown what; again for another file.",
)
def proof(ledger: str, letter: Path, out: Path, shown: tuple[Path, ...]) -> None:
    """Write what was told to how many and when, with hashes and without an address."""
    from notifier import letterbox, reports, showings

    read = letterbox.read(letter)
    with _opened(ledger) as vault:
        counted = showings.count(shown, read.version) if shown else None
        path = reports.prove(vault, read, letter, out, counted)
    click.echo(str(path))
