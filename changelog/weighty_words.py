"""Words that make a sentence weighty: of sharing, selling, consent and children, countries and numbers.

They are those of `weighty` in `checks.toml`, the names of all countries, and numbers in digits or words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from languages.loader import get_language
from policy.fields import Locale
from policy.localization import list_country_names

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\w+")


def find_weighty_words(text: str, locale: Locale) -> Iterator[str]:
    """Yield the words of a text that make it weighty, as they stand there."""
    checks = get_language(locale).checks
    if checks.phrases.weighty:
        yield from (match[0] for match in checks.phrases.weighty.finditer(text))
    yield from (match[0] for match in _compile_countries(locale).finditer(text))
    yield from (match[0] for match in _NUMBER.finditer(text))
    if checks.quantities:
        # "One" and the articles are in every other sentence.
        numbers = {word for word, count in checks.quantities.numbers.items() if count > 1}
        yield from (word for word in _WORD.findall(text) if word.casefold() in numbers)


@lru_cache
def _compile_countries(locale: Locale) -> re.Pattern[str]:
    """Return a pattern for the names of all countries; the data never change in a process."""
    names = sorted(list_country_names(locale), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
