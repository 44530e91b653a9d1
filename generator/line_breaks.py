"""Keeps dates on one line: no-break spaces in the dates of a page.

Hashes are computed from single blanks for white space of any kind (docs/reference/record.md), so no text
changes by it. In code every blank counts, so it stays as it is.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from policy.fields import Locale
from policy.localization import format_day

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_DAY, _YEAR = "22", "2001"
# Code, and the words of scripts.
_LEFT_ALONE = ("<pre", "<template")


def join_dates(html: str, locale: Locale) -> str:
    """Return HTML with no-break spaces in its dates, with or without a year, in one language."""
    return _compile_pattern(locale).sub(_join_words, html)


def _join_words(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith(_LEFT_ALONE) else _NO_BREAK_SPACE.join(found[0].split(" "))


@lru_cache
def _compile_pattern(locale: Locale) -> re.Pattern[str]:
    """Return the pattern of a date, or of an element to leave alone; the words of a language never change.

    It begins with one set of characters, which is found in a tenth of the time that alternatives take.
    """
    dates = [_write_pattern(format_day(date(int(_YEAR), month, int(_DAY)), locale)) for month in range(1, 13)]
    elements = r"(?:pre|template)\b[^<]*+(?:<(?!/(?:pre|template)>)[^<]*+)*+"
    rests: dict[str, list[str]] = {"<": [elements]}
    for first, rest in map(_split_first, dates):
        rests.setdefault(first, []).append(rest)
    branches = (rf"(?<=[{first}])(?:{'|'.join(group)})" for first, group in rests.items())
    return re.compile(rf"[{''.join(rests)}](?:{'|'.join(branches)})")


def _split_first(pattern: str) -> tuple[str, str]:
    """Return the first character of a date, as part of a set, and the pattern of the others."""
    for number, others in (("[0-9]{1,2}", "[0-9]?"), ("[0-9]{4}", "[0-9]{3}")):
        if pattern.startswith(number):
            return "0-9", rf"(?<![0-9][0-9]){others}{pattern.removeprefix(number)}\b"
    return pattern[0], rf"(?<![0-9].){pattern[1:]}\b"


def _write_pattern(example: str) -> str:
    """Return the pattern of the dates of one month; the year may be missing if it is last."""
    pattern = re.escape(example).replace(_DAY, "[0-9]{1,2}", 1)
    if pattern.endswith(rf"\ {_YEAR}"):
        return pattern.removesuffix(rf"\ {_YEAR}") + r"(?:\ [0-9]{4})?"
    return pattern.replace(_YEAR, "[0-9]{4}")
