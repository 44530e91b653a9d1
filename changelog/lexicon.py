"""Lexicon lookups: whether something is a word of a language (simplemma).

A spelling correction is proven when the old spelling is not a word and the new one is. A compound of known
words that the lexicon lacks, such as «medlemskontoene», counts as known: what may be a word proves nothing.
"""

from __future__ import annotations

from functools import lru_cache

from languages.loader import get_language
from policy.fields import Locale

# In letters. Shorter words are found inside almost any string of letters.
_MIN_PART, _MIN_LAST_PART = 4, 6
_GENITIVES = ("'s", "'", "s")


def is_word(text: str, locale: Locale) -> bool:
    """Whether a text is a word of a language: listed, in the genitive, or a compound of listed words."""
    return _look_up_word(text.casefold().replace("’", "'"), locale)


@lru_cache(maxsize=4096)
def _look_up_word(text: str, locale: Locale) -> bool:
    """Look up a casefolded text. Nothing invalidates the cache: the lexicon does not change."""
    if is_in_lexicon(text, locale):
        return True
    for ending in _GENITIVES:
        if (
            text.endswith(ending)
            and len(text) > _MIN_PART
            and is_in_lexicon(text.removesuffix(ending), locale)
        ):
            return True
    edits = get_language(locale).edits
    if edits is None:
        return False
    for prefix in edits.prefixes:
        rest = text.removeprefix(prefix)
        if rest != text and len(rest) >= _MIN_PART and is_in_lexicon(rest, locale):
            return True
    return edits.has_compounds and any(
        is_in_lexicon(text[:at].removesuffix(joint), locale) and _look_up_word(text[at:], locale)
        for at in range(_MIN_PART, len(text) - _MIN_LAST_PART + 1)
        for joint in ("", *edits.linking_elements)
        if text[:at].endswith(joint) and len(text[:at].removesuffix(joint)) >= _MIN_PART
    )


def is_in_lexicon(text: str, locale: Locale) -> bool:
    """Whether the lexicon of a language has a text in exactly this form; never if it has no lexicon."""
    from simplemma import is_known  # noqa: PLC0415 - its lists take long to load, and few edits need them

    edits = get_language(locale).edits
    # With `low_memory` a list is ready in half the time and a sixth of the memory; few words are looked up.
    return edits is not None and (
        text in edits.additional_words or is_known(text, lang=edits.lexicon, low_memory=True)
    )
