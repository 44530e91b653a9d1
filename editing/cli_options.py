"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from common.cli import set_translator

if TYPE_CHECKING:
    from editing.message_language import MessageLanguage


class Day(click.ParamType[date]):
    """A calendar date such as 2026-12-22."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse a date; a mistyped one is a usage error."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"invalid date '{value}'; expected YYYY-MM-DD", param, ctx)


def today_option(text: str) -> Callable[[Any], Any]:
    """Return the option --today, a date that is today in Oslo by default; `text` says what it decides."""
    return click.option("--today", type=Day(), help=f"{text}  [default: today in Oslo]")


def format_option(*formats: str) -> Callable[[Any], Any]:
    """Return the option --format with a choice of formats, the first being the default."""
    choice = click.Choice(formats)
    return click.option("--format", "output_format", type=choice, default=formats[0], show_default=True)


def choose_message_language(
    ctx: click.Context, _option: click.Parameter, code: str | None
) -> MessageLanguage:
    """Return the language of `--lang`, or else of the terminal, and print errors in it too."""
    from editing import message_language  # noqa: PLC0415 - `--help` does not need it

    if code:
        language = message_language.load_message_language(code)
    else:
        language = message_language.choose_message_language(os.environ)
    set_translator(ctx, language.translator)
    return language


LANGUAGE_OPTION = click.option(
    "--lang",
    "language",
    metavar="CODE",
    callback=choose_message_language,
    help="Language of the messages, such as nb.  [default: that of the terminal, else English]",
)
