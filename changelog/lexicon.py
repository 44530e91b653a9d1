"""Whether something is a word of Norwegian or English: the only place that knows simplemma.

A correction of spelling is proven when what was written is no word and what is written now is one. A word
that the lexicon lacks but that is made of known ones, «medlemskontoene», counts as known: doubt proves
nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policy.fields import Locale

_SHORTEST_PART, _SHORTEST_END = 4, 6  # letters: shorter parts are in every heap of letters
_JOINTS = ("", "s", "e", "-")
# What stands before a word to make another of it: "offsite" and "onsite" are no misspellings of each other.
_PARTICLES = """
off on in out up down over under self sub inter intra pre post re un de non mis dis cross multi semi anti
av på inn ut opp ned for til fra med mot ikke mellom an be hel u
"""
_GENITIVES = ("'s", "'", "s")


def is_word(text: str, locale: Locale) -> bool:
    """Whether readers of `locale` know it, by itself, in the genitive, or as a compound of what they know."""
    return _is_word(text.casefold().replace("’", "'"), locale)


@lru_cache(maxsize=4096)
def _is_word(text: str, locale: Locale) -> bool:
    if is_listed(text, locale):
        return True
    for ending in _GENITIVES:
        if (
            text.endswith(ending)
            and len(text) > _SHORTEST_PART
            and is_listed(text.removesuffix(ending), locale)
        ):
            return True
    for particle in _PARTICLES.split():
        rest = text.removeprefix(particle)
        if rest != text and len(rest) >= _SHORTEST_PART and is_listed(rest, locale):
            return True
    # English writes its compounds apart: joined, they would make words of misspellings, «proc-ess».
    return locale != "en" and any(
        is_listed(text[:at].removesuffix(joint), locale) and _is_word(text[at:], locale)
        for at in range(_SHORTEST_PART, len(text) - _SHORTEST_END + 1)
        for joint in _JOINTS
        if text[:at].endswith(joint) and len(text[:at].removesuffix(joint)) >= _SHORTEST_PART
    )


def is_listed(text: str, locale: Locale) -> bool:
    """Whether the lexicon of `locale` has it, in this very form."""
    from simplemma import is_known  # noqa: PLC0415 - its lists take a second to load, and few edits need them

    return bool(is_known(text, lang=locale))
