"""Significant words: an edit that touches one is never cosmetic.

They are numbers, dates, negations, modal verbs, conditions, actors and words of scope: "alle" is not "noen".
The words of each language are in its `edits.toml`.
"""

from __future__ import annotations

from languages.loader import Language, get_language
from policy.fields import Locale


def is_significant(word: str, locale: Locale) -> bool:
    """Whether a sentence may mean something else when this word changes; any word in an unknown language."""
    language = get_language(locale)
    if language.edits is None:
        return True
    word = _normalize_word(word)
    parts = word.split("-")
    words = language.edits.significant_words
    return (
        _has_digit(word)
        or not words.all_words.isdisjoint((word, *parts))
        or any(_is_number(part, language) for part in (word, *parts))
        or "n't" in word
        or bool(words.roles.match(word))
        or parts[0] in words.negating_prefixes
    )


def makes_punctuation_significant(word: str, locale: Locale) -> bool:
    """Whether a comma or full stop beside this word may decide its scope, as in "No. Data are shared."."""
    language = get_language(locale)
    if language.edits is None:
        return True
    word = _normalize_word(word)
    is_article = language.checks.quantities is not None and word in language.checks.quantities.articles
    return (
        _has_digit(word)
        or word in language.edits.significant_words.words_beside_punctuation
        or (_is_number(word, language) and not is_article)
        or "n't" in word
    )


def _is_number(word: str, language: Language) -> bool:
    return language.checks.quantities is not None and word in language.checks.quantities.numbers


def _normalize_word(word: str) -> str:
    return word.casefold().replace("’", "'")


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)
