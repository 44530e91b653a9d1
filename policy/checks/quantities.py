"""Finds periods, amounts, dates and numbers in a text, in a form that can be compared between languages.

"to år", "24 måneder" and "two years" are all the period of 24 months; `1 000` and `1,000` the same number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from languages.loader import get_language
from languages.models import QuantityWords
from policy.fields import Locale

# Months and days are counted separately: a month has no fixed number of days.
_LENGTHS = {
    "year": ("months", 12),
    "month": ("months", 1),
    "week": ("days", 7),
    "day": ("days", 1),
    "hour": ("minutes", 60),
    "minute": ("minutes", 1),
}
# 2026-12-22, 22.12.2026
_NUMERIC_DATE = r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4})"
_CURRENCY_CODES = "kr|(?-i:NOK|EUR|USD|GBP)|€"  # "nok" is a word too
# Digits with or without grouping and decimals.
_NUMBER = re.compile(r"\d+(?:[ \u00a0.,]\d{3})*(?:[.,]\d+)?")


class QuantityKind(StrEnum):
    """The kinds of quantities."""

    PERIOD = "period"
    DATE = "date"
    AMOUNT = "amount"
    NUMBER = "number"


class Quantity(NamedTuple):
    """A quantity in a text: its words, and a `value` that is the same in every language.

    `is_certain` is false if the number may be a mere article.
    """

    text: str
    kind: QuantityKind
    value: str
    is_certain: bool = True


_Parser: TypeAlias = Callable[[re.Match[str], QuantityWords | None], Quantity]


def find_quantities(text: str, locale: Locale) -> Iterator[Quantity]:
    """Yield periods, dates and amounts, then the numbers that are left; each stretch of text counts once.

    In a language without words for quantities, only numeric dates, amounts and numbers are found.
    """
    words = get_language(locale).checks.quantities
    for pattern, parse in _create_parsers(locale):
        for match in pattern.finditer(text):
            yield parse(match, words)
        # Blanks of the same length, so that what is found cannot be part of another quantity.
        text = pattern.sub(lambda match: " " * len(match[0]), text)


@lru_cache
def _create_parsers(locale: Locale) -> tuple[tuple[re.Pattern[str], _Parser], ...]:
    """Return the pattern and the parser of each kind of quantity; the words of a language never change."""
    words = get_language(locale).checks.quantities
    periods = ((_compile_period(words), _parse_period),) if words else ()
    return (
        *periods,
        (_compile_date(words), _parse_written_date),
        (_compile_amount(words), _parse_amount),
        (_NUMBER, _parse_plain_number),
    )


def _compile_period(words: QuantityWords) -> re.Pattern[str]:
    """Return the pattern of a count and a unit, which may be joined by a hyphen."""
    numbers = "|".join(sorted(words.numbers, key=len, reverse=True))
    units = "|".join(f"(?P<{name}>{getattr(words.units, name)})" for name in _LENGTHS)
    return re.compile(rf"\b(?P<count>\d+(?:[.,]\d+)?|{numbers})[\s\u00a0-]+(?:{units})\b", re.IGNORECASE)


def _compile_date(words: QuantityWords | None) -> re.Pattern[str]:
    """Return the pattern of dates in digits, and with the name of a month; the year may be missing."""
    pattern = _NUMERIC_DATE
    if words:
        month, ordinal = "|".join(map(_compile_month, words.months)), words.ordinal
        pattern += (
            rf"|(?P<d3>\d{{1,2}}){ordinal}\s+(?P<m3>{month})\b\.?(?:\s+(?P<y3>\d{{4}}))?"
            rf"|(?P<m4>{month})\s+(?P<d4>\d{{1,2}}){ordinal}\b(?:,?\s+(?P<y4>\d{{4}}))?"
            if words.month_may_be_first
            else rf"|(?P<d3>\d{{1,2}}){ordinal}\s+(?P<m3>{month})\b\.?(?:\s+(?P<y3>\d{{4}}))?"
        )
    return re.compile(rf"\b(?:{pattern})", re.IGNORECASE)


def _compile_month(names: str) -> str:
    """Return the pattern of the names of a month; a capital must be one in the text too: "May", not "may"."""
    return "|".join(f"(?-i:{name})" if name[0].isupper() else name for name in names.split("|"))


def _compile_amount(words: QuantityWords | None) -> re.Pattern[str]:
    """Return the pattern of money before or after its currency, and of percentages."""
    following = f"{words.amounts}|{_CURRENCY_CODES}|%" if words else f"{_CURRENCY_CODES}|%"
    return re.compile(
        rf"(?<!\w)(?:(?:{_CURRENCY_CODES}|\$|£)\.?\s*)(?P<a>\d[\d .,\u00a0]{{0,30}})|"
        rf"(?P<b>\d[\d .,\u00a0]{{0,30}})\s{{0,3}}(?:{following})(?!\w)",  # "3 kr" is none in "3 krav"
        re.IGNORECASE,
    )


def normalize_period(months: int, days: float) -> str:
    """Return a period as a `Quantity.value`: its months (12 for a year), or else its days."""
    return f"{months} months" if months else f"{days:g} days"


def _parse_period(match: re.Match[str], words: QuantityWords | None) -> Quantity:
    """Return a period in months, days or minutes, whichever its unit is a multiple of."""
    assert words  # without them nothing is parsed as a period
    word = match["count"].lower()
    count = float(word.replace(",", ".")) if word[0].isdigit() else float(words.numbers[word])
    measure, length = next(length for name, length in _LENGTHS.items() if match[name])
    return Quantity(
        match[0], QuantityKind.PERIOD, f"{count * length:g} {measure}", word not in words.articles
    )


def _parse_written_date(match: re.Match[str], words: QuantityWords | None) -> Quantity:
    """Return a date as YYYY-MM-DD; the year is * if the text does not name it."""
    found = match.groupdict()
    year, month, day = (
        "".join(filter(None, (found.get(f"{key}{n}") for n in ("", 2, 3, 4)))) for key in "ymd"
    )
    number = month if month.isdigit() or not words else _find_month(month, words)
    return Quantity(match[0], QuantityKind.DATE, f"{year or '*'}-{int(number):02}-{int(day):02}")


def _find_month(name: str, words: QuantityWords) -> int:
    """Return the number of a month, from 1."""
    return next(
        n for n, names in enumerate(words.months, start=1) if name.lower() in names.lower().split("|")
    )


def _parse_amount(match: re.Match[str], _words: QuantityWords | None) -> Quantity:
    return Quantity(match[0].strip(), QuantityKind.AMOUNT, _normalize_number(match["a"] or match["b"]))


def _parse_plain_number(match: re.Match[str], _words: QuantityWords | None) -> Quantity:
    return Quantity(match[0], QuantityKind.NUMBER, _normalize_number(match[0]))


def _normalize_number(text: str) -> str:
    """Return the digits of a number without grouping, and with a decimal point.

    A separator before exactly three digits groups them ("1.000" is a thousand), any other is a decimal sign.
    """
    ungrouped = re.sub(r"[ \u00a0.,](?=\d{3}(?:\D|$))", "", text.strip(" .,\u00a0"))
    return ungrouped.replace(",", ".")
