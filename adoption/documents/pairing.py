"""Pairs the sections of a text with those of the same policy in another language, by order and likeness."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# What is written the same in every language: addresses and numbers, and also names.
_ADDRESS_OR_NUMBER = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]+|https?://[^\s)>]+|\d[\d .,-]*")
_NAME = re.compile(r"\b[A-ZÆØÅ][\w&-]{2,}")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s|^\|", re.MULTILINE)
_BASE, _SHARED, _NAMES, _LENGTH, _FORM = (
    0.1,
    0.6,
    0.2,
    0.2,
    0.1,
)  # weights of a pair, and of what is alike in it
_ENOUGH_NAMES = 3


@dataclass(frozen=True, slots=True)
class PairedText:
    """A section to be paired, with what can be compared across languages."""

    name: str
    title: str
    body: str

    @property
    def addresses_and_numbers(self) -> frozenset[str]:
        """What no translation changes."""
        return frozenset(word.strip(" .,-") for word in _ADDRESS_OR_NUMBER.findall(self.body))

    @property
    def names(self) -> frozenset[str]:
        """Words with a capital, of which a translation keeps the names."""
        return frozenset(_NAME.findall(self.body))


def pair_sections(first: Sequence[PairedText], second: Sequence[PairedText]) -> dict[int, int]:
    """Return which section of `first` each section of `second` translates, by index; the order is kept."""
    scores = [[_rate_pair(one, other) for other in second] for one in first]
    # The best sum of the first i and j sections.
    best = [[0.0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in range(1, len(first) + 1):
        for j in range(1, len(second) + 1):
            together = best[i - 1][j - 1] + scores[i - 1][j - 1]
            best[i][j] = max(together, best[i - 1][j], best[i][j - 1])
    pairs: dict[int, int] = {}
    i, j = len(first), len(second)
    while i and j:
        if best[i][j] == best[i - 1][j]:
            i -= 1
        elif best[i][j] == best[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs[j] = i
    return pairs


def _rate_pair(one: PairedText, other: PairedText) -> float:
    """Return how alike two sections are, at least the weight of any pair."""
    words, others = one.addresses_and_numbers, other.addresses_and_numbers
    shared = len(words & others) / len(words | others) if words | others else 0.0
    names = min(len(one.names & other.names), _ENOUGH_NAMES) / _ENOUGH_NAMES
    lengths = sorted((len(one.body) + 1, len(other.body) + 1))
    items = sorted((len(_LIST_ITEM.findall(one.body)) + 1, len(_LIST_ITEM.findall(other.body)) + 1))
    alike = _LENGTH * lengths[0] / lengths[1] + _FORM * items[0] / items[1]
    return _BASE + _SHARED * shared + _NAMES * names + alike
