"""Finds periods, amounts, dates and numbers in Norwegian and English text, in a form that can be compared.

"to år", "24 måneder" and "two years" are all the period of 24 months; `1 000` and `1,000` the same number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from policy.fields import Locale

_SMALL_NUMBERS = {
    "nb": "null en to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten sytten "
    "atten nitten",
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen",
}
_TENS = {
    "nb": "tjue tretti førti femti seksti sytti åtti nitti hundre",
    "en": "twenty thirty forty fifty sixty seventy eighty ninety hundred",
}
_OTHER_SPELLINGS = {
    "nb": {"én": 1, "ett": 1, "et": 1, "ei": 1, "syv": 7, "tyve": 20, "tredve": 30},
    "en": {"a": 1, "an": 1},
}
NUMBER_WORDS = {
    locale: {
        **{word: count for count, word in enumerate(_SMALL_NUMBERS[locale].split())},
        **{word: 10 * count for count, word in enumerate(_TENS[locale].split(), start=2)},
        **_OTHER_SPELLINGS[locale],
    }
    for locale in _SMALL_NUMBERS
}
ARTICLES = frozenset({"en", "et", "ei", "a", "an"})  # numbers or mere articles: "et år", "a year"
# Each unit with its inflected forms.
_UNIT_PATTERNS = {
    "nb": {
        "month": r"måned(?:er|en|ene|ers)?|mnd",
        "year": r"års?",
        "week": r"uke(?:r|n|ne|rs)?",
        "day": r"dag(?:er|en|ene|ers)?|døgn",
        "hour": r"time(?:r|n|ne|rs)?",
        "minute": r"minutt(?:er|et|ene)?",
    },
    "en": {unit: rf"{unit}(?:s|'s|s')?" for unit in ("month", "year", "week", "day", "hour", "minute")},
}
# Months and days are counted separately: a month has no fixed number of days.
_LENGTHS = {
    "year": ("months", 12),
    "month": ("months", 1),
    "week": ("days", 7),
    "day": ("days", 1),
    "hour": ("minutes", 60),
    "minute": ("minutes", 1),
}
# In the order of the calendar, each with its Norwegian, English and short forms.
_MONTH_NAMES = (
    r"januar|january|jan",
    r"februar|february|feb",
    r"mars|march|mar",
    r"april|apr",
    r"mai|may",
    r"juni|june|jun",
    r"juli|july|jul",
    r"august|aug",
    r"september|sept|sep",
    r"oktober|october|okt|oct",
    r"november|nov",
    r"desember|december|des|dec",
)
_MONTH = "|".join(_MONTH_NAMES)
_PERIODS = {
    locale: re.compile(
        rf"\b(?P<count>\d+(?:[.,]\d+)?|{'|'.join(sorted(NUMBER_WORDS[locale], key=len, reverse=True))})"
        rf"[\s\u00a0-]+(?:{'|'.join(f'(?P<{name}>{pattern})' for name, pattern in units.items())})\b",
        re.IGNORECASE,
    )
    for locale, units in _UNIT_PATTERNS.items()
}
# 2026-12-22, 22.12.2026, 22. desember 2026, 22nd December, December 22, 2026; the year may be missing.
_DATE = re.compile(
    rf"\b(?:(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d{{1,2}})\.(?P<m2>\d{{1,2}})\.(?P<y2>\d{{4}})|"
    rf"(?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th)?\s+(?P<m3>{_MONTH})\b\.?(?:\s+(?P<y3>\d{{4}}))?|"
    rf"(?P<m4>{_MONTH})\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y4>\d{{4}}))?)",
    re.IGNORECASE,
)
# Money before or after its currency, and percentages.
_AMOUNT = re.compile(
    r"(?:(?:kr|nok|eur|usd|gbp|€|\$|£)\.?\s*)(?P<a>\d[\d .,\u00a0]*)|"
    r"(?P<b>\d[\d .,\u00a0]*)\s*(?:kroner|kr|nok|euro|eur|€|prosent|percent|per cent|%)",
    re.IGNORECASE,
)
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


def find_quantities(text: str, locale: Locale) -> Iterator[Quantity]:
    """Yield periods, dates and amounts, then the numbers that are left; each stretch of text counts once."""
    parsers = (
        (_PERIODS[locale], partial(_parse_period, locale)),
        (_DATE, _parse_written_date),
        (_AMOUNT, _parse_amount),
        (_NUMBER, _parse_plain_number),
    )
    for pattern, parse in parsers:
        for match in pattern.finditer(text):
            yield parse(match)
        # Blanks of the same length, so that what is found cannot be part of another quantity.
        text = pattern.sub(lambda match: " " * len(match[0]), text)


def normalize_period(months: int, days: float) -> str:
    """Return a period as a `Quantity.value`: its months (12 for a year), or else its days."""
    return f"{months} months" if months else f"{days:g} days"


def _parse_period(locale: Locale, match: re.Match[str]) -> Quantity:
    """Return a period in months, days or minutes, whichever its unit is a multiple of."""
    word = match["count"].lower()
    count = float(word.replace(",", ".")) if word[0].isdigit() else float(NUMBER_WORDS[locale][word])
    unit = next(name for name in _UNIT_PATTERNS[locale] if match[name])
    measure, length = _LENGTHS[unit]
    return Quantity(match[0], QuantityKind.PERIOD, f"{count * length:g} {measure}", word not in ARTICLES)


def _parse_written_date(match: re.Match[str]) -> Quantity:
    """Return a date as YYYY-MM-DD; the year is * if the text does not name it."""
    year, month, day = ("".join(filter(None, (match[f"{key}{n}"] for n in ("", 2, 3, 4)))) for key in "ymd")
    number = (
        month
        if month.isdigit()
        else next(n for n, names in _iter_numbered_months() if month.lower() in names.split("|"))
    )
    return Quantity(match[0], QuantityKind.DATE, f"{year or '*'}-{int(number):02}-{int(day):02}")


def _iter_numbered_months() -> Iterator[tuple[str, str]]:
    return ((str(number), names) for number, names in enumerate(_MONTH_NAMES, start=1))


def _parse_amount(match: re.Match[str]) -> Quantity:
    return Quantity(match[0].strip(), QuantityKind.AMOUNT, _normalize_number(match["a"] or match["b"]))


def _parse_plain_number(match: re.Match[str]) -> Quantity:
    return Quantity(match[0], QuantityKind.NUMBER, _normalize_number(match[0]))


def _normalize_number(text: str) -> str:
    """Return the digits of a number without grouping, and with a decimal point.

    A separator before exactly three digits groups them ("1.000" is a thousand), any other is a decimal sign.
    """
    ungrouped = re.sub(r"[ \u00a0.,](?=\d{3}(?:\D|$))", "", text.strip(" .,\u00a0"))
    return ungrouped.replace(",", ".")
