"""Keeps dates on one line: no-break spaces in the dates of a page or a letter.

Hashes are computed from single blanks for white space of any kind (docs/reference/record.md), so no text
changes by it. In code every blank counts, so it stays as it is.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from os.path import commonprefix

from policy.fields import Locale
from policy.localization import format_day

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_DAY, _YEAR = "22", "2001"
# Code, and the words of scripts.
_LEFT_ALONE = re.compile(r"(<(?:pre|template)\b[^<]*+(?:<(?!/(?:pre|template)>)[^<]*+)*+)")


def join_dates(html: str, locale: Locale) -> str:
    """Return HTML with no-break spaces in its dates, with or without a year, in one language."""
    if "<pre" not in html and "<template" not in html:
        return _join(html, locale)
    pieces = _LEFT_ALONE.split(html)  # what is left alone has the odd positions
    pieces[::2] = (_join(piece, locale) for piece in pieces[::2])
    return "".join(pieces)


def _join(html: str, locale: Locale) -> str:
    return _compile_pattern(locale).sub(lambda found: found[0].replace(" ", _NO_BREAK_SPACE), html)


@lru_cache
def _compile_pattern(locale: Locale) -> re.Pattern[str]:
    """Return the pattern of a date without the number that it begins with.

    It begins with the text before the name of the month, which is found sooner than digits: pages are full of
    hashes. The words of a language never change.
    """
    dates = [format_day(date(int(_YEAR), month, int(_DAY)), locale) for month in range(1, 13)]
    start = commonprefix(dates)  # noqa: RUF071 - of characters, not of paths
    end = commonprefix([text[::-1] for text in dates])[::-1]  # noqa: RUF071 - of characters
    months = "|".join(re.escape(text.removeprefix(start).removesuffix(end)) for text in dates)
    return re.compile(rf"{_write_start(start)}(?:{months}){_write_end(end)}\b")


def _write_start(start: str) -> str:
    """Return the pattern of the text before the name of the month, which follows a number if there is one."""
    for example, (least, most) in ((_DAY, (1, 2)), (_YEAR, (4, 4))):
        if start.startswith(example):
            text = re.escape(start.removeprefix(example))
            return rf"{text}(?<=[0-9]{{{least}}}{text})(?<![0-9]{{{most + 1}}}{text})"
    return rf"\b{re.escape(start)}"


def _write_end(end: str) -> str:
    """Return the pattern of what follows the name of the month; the year may be missing if it is last."""
    pattern = re.escape(end).replace(_DAY, "[0-9]{1,2}", 1)
    if pattern.endswith(rf"\ {_YEAR}"):
        return pattern.removesuffix(rf"\ {_YEAR}") + r"(?:\ [0-9]{4})?"
    return pattern.replace(_YEAR, "[0-9]{4}")
