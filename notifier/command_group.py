"""The click group of the `notify` commands: no password on the command line, none in a traceback."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from common.cli import CommandGroup, print_lines
from common.errors import ExitCode, InputError
from common.missing_packages import describe_missing_package

_PROJECT = Path(__file__).resolve().parents[1]
_MAX_FRAMES = 4


class NotifyGroup(CommandGroup):
    """Refuses arguments with a password, and reports a bug in one line without the values it met."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; raise InputError for an argument with a password, before click quotes it."""
        from notifier.connection_urls import has_visible_password  # noqa: PLC0415 - not for `build.py --help`

        if any(has_visible_password(argument) for argument in args):
            raise InputError(
                "a password on the command line is visible to every user of this machine: change it, and put "
                "the URL into a variable such as KLARTEKST_LEDGER, or a file that KLARTEKST_LEDGER_FILE names"
            )
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn an error that nobody foresaw into one line and an exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # the last handler: a traceback could show an address or a password
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever read the output has closed it, which click handles
            print_lines(f"notify: {_describe_bug(error)}", err=True)
            return ctx.exit(ExitCode.INTERNAL_ERROR)


def _describe_bug(error: Exception) -> str:
    """Describe an error by what cannot hold a secret: types, places, and the words of the system."""
    if isinstance(error, ModuleNotFoundError):
        return str(describe_missing_package(error))
    types = " after ".join(type(one).__name__ for one in _list_chain(error))
    reason = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame.filename)]
    places = ", ".join(
        f"{Path(frame.filename).relative_to(_PROJECT)}:{frame.lineno}" for frame in frames[-_MAX_FRAMES:]
    )
    return f"internal error, please report it: {types}{reason} at {places}"


def _list_chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current:
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(_PROJECT) and "site-packages" not in path.parts
