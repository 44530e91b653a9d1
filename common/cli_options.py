"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import click


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
