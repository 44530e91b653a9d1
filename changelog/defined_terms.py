"""Defined terms: a change of case or of quotation marks may make another term of the same word.

"This agreement" is any agreement, "this Agreement" the one that the text defines. So the case of a word
inside a sentence, and quotation marks around a few words, matter wherever they may make a term.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from changelog.tokens import END, TokenizedText

_MAX_TERM_WORDS = 5  # what is longer and in quotation marks is a quotation
_MIN_STEM = 4  # in letters: "Tjenesten" and "Tjenestens" are forms of one term
_MAX_ENDING = 3
_MAX_ABBREVIATION = 2  # in letters, before its full stop: "nr."
_CLOSING_MARKS = {
    '"': '"',
    "'": "'’",
    "«": "»",
    "»": "«",
    "“": "”",
    "”": "”",
    "„": "“”",
    "‘": "’",
    "‚": "‘’",
}
_SENTENCE_ENDS = {".", "!", "?", "…", END}


class TermIndex:
    """The capitalised words of a text before and after a change; read when the first of them is needed."""

    def __init__(self, before: Iterable[TokenizedText], after: Iterable[TokenizedText]) -> None:
        self._texts = before, after

    @cached_property
    def _capitalised(self) -> tuple[list[str], list[str]]:
        """The words with a capital at the beginning, before and after, in lower case."""
        before, after = (
            [word.casefold() for text in texts for word in text.words if word[0].isupper()]
            for texts in self._texts
        )
        return before, after

    def has_other_use(self, word: str) -> bool:
        """Whether a word that loses its capital had it elsewhere too, or keeps it there."""
        stem = word.casefold()[: max(_MIN_STEM, len(word) - _MAX_ENDING)]
        uses_before, uses_after = (
            sum(other.startswith(stem) for other in words) for words in self._capitalised
        )
        return uses_before > 1 or uses_after > 0


def changes_defined_term(old: TokenizedText, new: TokenizedText, terms: TermIndex) -> bool:
    """Whether the case of a word or its quotation marks changed where that makes or unmakes a defined term.

    Both texts have as many words.
    """
    quoted = set(_find_quoted_words(new))
    if set(_find_quoted_words(old)) != quoted:
        return True
    for number, (before, after) in enumerate(zip(old.words, new.words, strict=True)):
        if before == after or before.casefold() != after.casefold():
            continue
        if any(start <= number < end for start, end in quoted):
            return True
        if _begins_sentence(old, number) and _begins_sentence(new, number):
            continue
        # A capital that appears inside a sentence may refer to a definition anywhere. One that goes is a
        # correction if it was the only one.
        if after[0].isupper() or terms.has_other_use(before):
            return True
    return False


def _find_quoted_words(text: TokenizedText) -> Iterator[tuple[int, int]]:
    """Yield the first word of each term in quotation marks, and the word after its last."""
    opening, start = "", 0
    for number, gap in enumerate(text.gaps):
        for mark in gap:
            if mark == END:
                opening = ""
            elif opening and mark in _CLOSING_MARKS[opening]:
                opening = ""
                if 0 < number - start <= _MAX_TERM_WORDS:
                    yield start, number
            elif not opening and mark in _CLOSING_MARKS:
                opening, start = mark, number


def _begins_sentence(text: TokenizedText, number: int) -> bool:
    """Whether a word is the first of a block or sentence; the full stop of "e.g." or "nr." ends none."""
    if number == 0:
        return True
    marks = _SENTENCE_ENDS & set(text.gaps[number])
    before = text.words[number - 1]
    is_abbreviation = "." in before or len(before) <= _MAX_ABBREVIATION
    return bool(marks - {"."}) or bool(marks and not is_abbreviation)
