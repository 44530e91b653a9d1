"""Options that several `notify` commands share, and functions that open the ledger and the addressees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from common.cli import print_lines
from notifier.connection_urls import read_secret

if TYPE_CHECKING:  # these modules import SQLAlchemy, which takes longer than --help may
    from notifier.addressee_rows import RejectedRow
    from notifier.addressees import AddresseeSource
    from notifier.database import LedgerDatabase

_Command = TypeVar("_Command", bound=Callable[..., None])
_DEFAULT_LEDGER = "sqlite:///notify.db"


class SecretOption(click.Option):
    """An option whose value may come from its variable, or from the file that `VARIABLE_FILE` names."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:  # noqa: ARG002
        """Return the value; raise InputError for a file that cannot be read."""
        assert isinstance(self.envvar, str)
        return read_secret(self.envvar)


LETTER_OPTION = click.option(
    "--letter",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of the letter, such as out/letters/2.0.",
)


def addressee_options(command: _Command) -> _Command:
    """Add the options that name the addressees of a campaign."""
    recipients = click.option(
        "--recipients",
        cls=SecretOption,
        metavar="WHERE",
        required=True,
        envvar="KLARTEKST_RECIPIENTS",
        help="CSV file or database URL with the addressees.",
    )
    query = click.option(
        "--query",
        type=click.Path(path_type=Path),
        help="File with an SQL query that returns email, and optionally language, name, id and audience.",
    )
    prefix = click.option(
        "--table-prefix", default="wp_", show_default=True, help="Prefix of the WordPress tables."
    )
    audiences = click.option(
        "--audiences",
        type=click.Path(path_type=Path),
        help="YAML file with an SQL condition for each audience, for a letter that only some get.",
    )
    return recipients(query(prefix(audiences(command))))


def relay_options(command: _Command) -> _Command:
    """Add the options that name the mail relay."""
    smtp = click.option(
        "--smtp",
        cls=SecretOption,
        metavar="URL",
        required=True,
        envvar="KLARTEKST_SMTP",
        help="Mail relay: smtp+starttls://USER:PASSWORD@HOST:587 or smtps://…; "
        "smtp:// only for a relay on this machine.",
    )
    ca = click.option(
        "--ca", type=click.Path(path_type=Path), help="PEM certificate of a private certificate authority."
    )
    return smtp(ca(command))


def ledger_option(default: str | None = _DEFAULT_LEDGER) -> Callable[[_Command], _Command]:
    """Return the option `--ledger`, optional if the default is None."""
    return click.option(
        "--ledger",
        cls=SecretOption,
        metavar="URL",
        envvar="KLARTEKST_LEDGER",
        default=default,
        show_default=default is not None,
        help="Ledger: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME.",
    )


@contextmanager
def open_ledger(url: str, *, create: bool = False, idle_timeout: float = 60.0) -> Iterator[LedgerDatabase]:
    """Open a ledger for one command, and check a configured key even if the command needs none."""
    from notifier.database import open_database
    from notifier.keys import check_key

    database = open_database(url, create=create, idle_timeout=idle_timeout)
    try:
        check_key(database, get_configured_key())
        yield database
    finally:
        database.close()


def get_configured_key() -> str | None:
    """Return the key from the environment or a file, never from an option: a command line is public."""
    return read_secret("KLARTEKST_KEY")


def open_addressee_source(options: dict[str, Any]) -> AddresseeSource:
    """Open the source that the options added by `addressee_options` name."""
    from notifier.addressees import open_source

    return open_source(options["recipients"], options["query"], options["table_prefix"], options["audiences"])


def print_rejected_row(row: RejectedRow) -> None:
    """Print why nothing is sent for a row, without quoting it."""
    lines = f"lines {row.line} to {row.last_line}" if row.last_line else f"line {row.line}"
    print_lines(f"--recipients: {lines}: {row.reason}; nothing is sent for this row", err=True)


def print_warning(warning: str | None) -> None:
    """Print a line on standard error, if there is one."""
    if warning:
        print_lines(warning, err=True)
