"""Every word that is rendered from a fact, in a table: published words must never change.

To renew the table after new words were added: `.venv/bin/python -m tests.policy.golden_words`. A line that
differs afterwards is a word that has been published: keep the old one in its language's folder instead.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING

from languages.models import LanguageModel, Terms
from policy.durations import Duration
from policy.fields import LOCALES
from policy.localization import (
    format_day,
    format_duration,
    format_enumeration,
    format_term,
    is_country,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = Path(__file__).with_name("golden-words.tsv")
_UNITS = ("Y", "M", "W", "D")
_PERIODS = (
    *(f"P{count}{unit}" for unit in _UNITS for count in (0, 1, 2, 10, 30)),
    *(f"PT{count}{unit}" for unit in "HMS" for count in (1, 2, 24)),
    *("P1Y6M", "P2Y6M", "P1Y1M1D", "P1M15D", "P2W3D", "P1DT12H", "PT1H30M", "P1Y2M3W4DT5H6M7S"),
)
_LISTS = (("a",), ("a", "b"), ("a", "b", "c"), ("a", "b", "c", "d"), ("A og B", "C"))


def list_term_keys() -> Iterator[str]:
    """Yield the key of every term, such as `role.processor`."""
    for group, model in Terms.model_fields.items():
        if isinstance(model.annotation, type) and issubclass(model.annotation, LanguageModel):
            yield from (f"{group}.{name}" for name in model.annotation.model_fields)
        else:
            yield group


def rows() -> Iterator[tuple[str, ...]]:
    """Return the kind, the value and its words in each language."""
    yield ("kind", "key", *LOCALES)
    for key in list_term_keys():
        yield ("term", key, *(format_term(key, code) for code in LOCALES))
    for country in (a + b for a in ascii_uppercase for b in ascii_uppercase):
        if is_country(country):
            yield ("country", country, *(format_term(f"country.{country}", code) for code in LOCALES))
    for iso in _PERIODS:
        yield ("period", iso, *(format_duration(Duration(iso), code) for code in LOCALES))
    for value in (
        *(date(2026, month, month) for month in range(1, 13)),
        date(2000, 2, 29),
        date(2100, 12, 31),
    ):
        yield ("day", str(value), *(format_day(value, code) for code in LOCALES))
    for items in _LISTS:
        yield ("list", "|".join(items), *(format_enumeration(items, code) for code in LOCALES))


def printed() -> str:
    """Give the table as it stands in the file."""
    return "".join("\t".join(row) + "\n" for row in rows())


if __name__ == "__main__":
    TABLE.write_text(printed(), "utf-8")
