"""Periods, amounts, dates and numbers in prose, in Norwegian and English, in one form for both.

«to år», «24 måneder» and "two years" are all the period of 24 months; `1 000` and `1,000` the same number.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policy.fields import Locale

_COUNTS = {
    "nb": "null en to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten sytten "
    "atten nitten",
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen",
}
_TENS = {
    "nb": "tjue tretti førti femti seksti sytti åtti nitti hundre",
    "en": "twenty thirty forty fifty sixty seventy eighty ninety hundred",
}
_MORE = {
    "nb": {"én": 1, "ett": 1, "et": 1, "ei": 1, "syv": 7, "tyve": 20, "tredve": 30},
    "en": {"a": 1, "an": 1},
}
COUNTED = {
    locale: {
        **{word: count for count, word in enumerate(_COUNTS[locale].split())},
        **{word: 10 * count for count, word in enumerate(_TENS[locale].split(), start=2)},
        **_MORE[locale],
    }
    for locale in _COUNTS
}
LOOSE = frozenset({"en", "et", "ei", "a", "an"})  # numbers or mere articles: «et år», "a year"
_UNITS = {
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
# Months and days are counted apart, as no number of days is a month.
_LENGTHS = {
    "year": ("months", 12),
    "month": ("months", 1),
    "week": ("days", 7),
    "day": ("days", 1),
    "hour": ("minutes", 60),
    "minute": ("minutes", 1),
}
_MONTHS = (
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
_MONTH = "|".join(_MONTHS)
_PERIODS = {
    locale: re.compile(
        rf"\b(?P<count>\d+(?:[.,]\d+)?|{'|'.join(sorted(COUNTED[locale], key=len, reverse=True))})"
        rf"[\s\u00a0-]+(?:{'|'.join(f'(?P<{name}>{pattern})' for name, pattern in units.items())})\b",
        re.IGNORECASE,
    )
    for locale, units in _UNITS.items()
}
_DATE = re.compile(
    rf"\b(?:(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d{{1,2}})\.(?P<m2>\d{{1,2}})\.(?P<y2>\d{{4}})|"
    rf"(?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th)?\s+(?P<m3>{_MONTH})\b\.?(?:\s+(?P<y3>\d{{4}}))?|"
    rf"(?P<m4>{_MONTH})\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y4>\d{{4}}))?)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?:(?:kr|nok|eur|usd|gbp|€|\$|£)\.?\s*)(?P<a>\d[\d .,\u00a0]*)|"
    r"(?P<b>\d[\d .,\u00a0]*)\s*(?:kroner|kr|nok|euro|eur|€|prosent|percent|per cent|%)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[ \u00a0.,]\d{3})*(?:[.,]\d+)?")


class Quantity(NamedTuple):
    """Something counted in a text: the words as typed, and what they mean in any language.

    `sure` is false where the count may be a mere article.
    """

    typed: str
    kind: str
    value: str
    sure: bool = True


def quantities(text: str, locale: Locale) -> Iterator[Quantity]:
    """Find periods, dates, amounts, then the numbers that are left; each stretch of text counts once."""
    kinds = (
        (_PERIODS[locale], partial(_period, locale)),
        (_DATE, _date),
        (_AMOUNT, _amount),
        (_NUMBER, _plain),
    )
    for pattern, meant in kinds:
        for found in pattern.finditer(text):
            yield meant(found)
        text = pattern.sub(lambda match: " " * len(match[0]), text)


def period(years_months: int, days: float) -> str:
    """Write a period in the form of `Quantity.value`: whole months and days, either may be 0."""
    return f"{years_months} months" if years_months else f"{days:g} days"


def _period(locale: Locale, found: re.Match[str]) -> Quantity:
    word = found["count"].lower()
    count = float(word.replace(",", ".")) if word[0].isdigit() else float(COUNTED[locale][word])
    unit = next(name for name in _UNITS[locale] if found[name])
    measure, length = _LENGTHS[unit]
    return Quantity(found[0], "period", f"{count * length:g} {measure}", word not in LOOSE)


def _date(found: re.Match[str]) -> Quantity:
    year, month, day = ("".join(filter(None, (found[f"{key}{n}"] for n in ("", 2, 3, 4)))) for key in "ymd")
    number = month if month.isdigit() else next(n for n, m in _numbered() if month.lower() in m.split("|"))
    return Quantity(found[0], "date", f"{year or '*'}-{int(number):02}-{int(day):02}")


def _numbered() -> Iterator[tuple[str, str]]:
    return ((str(number), names) for number, names in enumerate(_MONTHS, start=1))


def _amount(found: re.Match[str]) -> Quantity:
    return Quantity(found[0].strip(), "amount", _number(found["a"] or found["b"]))


def _plain(found: re.Match[str]) -> Quantity:
    return Quantity(found[0], "number", _number(found[0]))


def _number(typed: str) -> str:
    """Read digits however they are grouped: a sign before exactly three last digits groups, else it parts."""
    typed = typed.strip(" .,\u00a0")
    whole = re.sub(r"[ \u00a0.,](?=\d{3}(?:\D|$))", "", typed)
    return whole.replace(",", ".")
