"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import click

from common.days import parse_day

# Periods of up to a thousand years are added to a day, and Python's calendar ends with the year 9999.
_FIRST_YEAR, _LAST_YEAR = 1970, 2999

PATH = click.Path(path_type=Path)
SOURCE_OPTION = click.option(
    "--source",
    type=PATH,
    default=Path(__file__).resolve().parents[1],
    show_default="the folder of build.py",
    envvar="KLARTEKST_SOURCE",
    help="The folder that contains content/.",
)

TEMPLATES_OPTION = click.option(
    "--templates",
    "own_templates",
    metavar="DIR",
    type=PATH,
    help="Folder of templates and styles that replace ours of the same name.",
)


class Day(click.ParamType[date]):
    """A calendar date such as 2026-12-22."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse a date; a mistyped one is a usage error."""
        try:
            day = value if isinstance(value, date) else parse_day(value)
        except ValueError:
            self.fail(f"invalid date '{value}'; expected YYYY-MM-DD, like 2026-12-22", param, ctx)
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            self.fail(f"'{value}' is not between {_FIRST_YEAR} and {_LAST_YEAR}", param, ctx)
        return day


class FiniteRange(click.FloatRange):
    """A number within limits; `inf` and `nan`, which every comparison lets pass, are usage errors."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Parse a number; one that is none, or out of range, is a usage error."""
        number: float = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"'{value}' is not a number", param, ctx)
        return number


def today_option(text: str) -> Callable[[Any], Any]:
    """Return the option --today, a date that is today in Oslo by default; `text` says what it decides."""
    return click.option("--today", type=Day(), help=f"{text}  [default: today in Oslo]")


def format_option(*formats: str) -> Callable[[Any], Any]:
    """Return the option --format with a choice of formats, the first being the default."""
    choice = click.Choice(formats)
    return click.option("--format", "output_format", type=choice, default=formats[0], show_default=True)
