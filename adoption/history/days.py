"""Finds the day from which an older version says that it applies: "Effective May 25, 2018"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from adoption.history.markdown import FoundSection
from languages.loader import get_language
from policy.blocks import extract_words, iter_leaves
from policy.checks.quantities import QuantityKind, find_quantities
from policy.fields import Locale
from policy.markdown import parse_markdown

_MAX_WORDS = 60  # of a paragraph that states nothing else
_LONGEST_NOTICE = timedelta(days=400)


class StatedDay(NamedTuple):
    """A day, and the words that state it."""

    day: date
    words: str


def find_stated_day(sections: Sequence[FoundSection], locale: Locale, day: date) -> StatedDay | None:
    """Return the day from which a version of `day` says that it applies, or since when it is as it is.

    What would be more than a year away is taken for another date.
    """
    pattern = _compile_pattern(locale)
    if pattern is None:
        return None
    ends = {*range(2), *range(len(sections) - 2, len(sections))}
    for number, section in enumerate(sections):
        if number not in ends:
            continue
        for leaf in iter_leaves(parse_markdown(section.markdown, "x", locale)):
            words = " ".join(extract_words([leaf]))
            if len(words.split()) > _MAX_WORDS:
                continue
            for match in pattern.finditer(words):
                found = _find_day(words[match.start() :][:200], locale)
                if found and abs(found - day) <= _LONGEST_NOTICE:
                    return StatedDay(found, words)
    return None


@lru_cache
def _compile_pattern(locale: Locale) -> re.Pattern[str] | None:
    """Return the pattern of words before such a day; the words of a language never change."""
    words = get_language(locale).checks.history
    return re.compile(rf"\b(?:{words.effective})\b", re.IGNORECASE) if words else None


def _find_day(text: str, locale: Locale) -> date | None:
    for quantity in find_quantities(text, locale):
        if quantity.kind is QuantityKind.DATE and "*" not in quantity.value:
            try:
                return date.fromisoformat(quantity.value)
            except ValueError:
                return None
    return None
