"""What the form of a text may become while its words stay: a list, bold, several paragraphs.

Block.attrs of a redline have a form as its value, several separated by spaces.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class FormChange(StrEnum):
    """A change of form that readers are told in words."""

    BOLD = "bold"
    NOT_BOLD = "not-bold"
    PARTLY_BOLD = "partly-bold"  # some words became it
    PARTLY_NOT_BOLD = "partly-not-bold"
    ITALIC = "italic"
    NOT_ITALIC = "not-italic"
    PARTLY_ITALIC = "partly-italic"
    PARTLY_NOT_ITALIC = "partly-not-italic"
    CODE_FONT = "code-font"
    NO_CODE_FONT = "no-code-font"
    EMPHASIS = "emphasis"
    FOOTNOTE = "footnote"
    NO_FOOTNOTE = "no-footnote"
    LINE_BREAKS = "line-breaks"
    HEADING = "heading"
    NOT_HEADING = "not-heading"
    HEADING_LEVEL = "heading-level"
    CODE = "code"
    NOT_CODE = "not-code"
    SPLIT = "split"
    JOINED = "joined"
    DIVIDED = "divided"
    CUT_OFF = "cut-off"  # it was part of text above, and something else stands between them
    LIST = "list"
    NUMBERED_LIST = "numbered-list"
    NUMBERS = "numbers"  # instead of bullets
    BULLETS = "bullets"  # instead of numbers
    NUMBERING = "numbering"
    IN_LIST = "in-list"
    NOT_IN_LIST = "not-in-list"
    FURTHER_IN = "further-in"
    FURTHER_OUT = "further-out"
    QUOTATION = "quotation"
    NOT_QUOTATION = "not-quotation"
    TABLE = "table"
    OTHER = "other"


# What happened to some words, and what that is if it happened to all of a block.
_OF_WHOLE_BLOCK = {
    FormChange.PARTLY_BOLD: FormChange.BOLD,
    FormChange.PARTLY_NOT_BOLD: FormChange.NOT_BOLD,
    FormChange.PARTLY_ITALIC: FormChange.ITALIC,
    FormChange.PARTLY_NOT_ITALIC: FormChange.NOT_ITALIC,
}
_EMPHASIS = {
    "strong": (FormChange.PARTLY_BOLD, FormChange.PARTLY_NOT_BOLD),
    "em": (FormChange.PARTLY_ITALIC, FormChange.PARTLY_NOT_ITALIC),
    "code": (FormChange.CODE_FONT, FormChange.NO_CODE_FONT),
    "footnote": (FormChange.FOOTNOTE, FormChange.NO_FOOTNOTE),
}
_OF_EMPHASIS = {FormChange.EMPHASIS, *_OF_WHOLE_BLOCK, FormChange.CODE_FONT, FormChange.NO_CODE_FONT}
_PARTS = {FormChange.SPLIT, FormChange.JOINED, FormChange.DIVIDED}
_SAYS_PARTS = {FormChange.LIST, FormChange.NUMBERED_LIST, FormChange.TABLE}  # it has several by itself
_MOST_OF_EMPHASIS = 2  # more of them in one block are called a change of emphasis


def find_emphasis_forms(old: Iterable[frozenset[str]], new: Iterable[frozenset[str]]) -> set[FormChange]:
    """Return what became of the emphasis of a word, from the marks of its letters."""
    before, after = frozenset().union(*old), frozenset().union(*new)
    forms = {_EMPHASIS[mark][0] for mark in after - before if mark in _EMPHASIS}
    forms |= {_EMPHASIS[mark][1] for mark in before - after if mark in _EMPHASIS}
    return forms or {FormChange.EMPHASIS}


def combine_word_forms(words: Iterable[Iterable[FormChange]]) -> list[FormChange]:
    """Return what became of a block, from what became of each word that stayed."""
    of_words = set(map(frozenset, words))  # a few different ones, for hundreds of words
    found = [form for form in FormChange if any(form in forms for forms in of_words)]
    emphasis = {form for form in found if form in _OF_EMPHASIS}
    is_both = any(set(opposites) <= emphasis for opposites in _EMPHASIS.values())
    if is_both or len(emphasis) > _MOST_OF_EMPHASIS:
        return [FormChange.EMPHASIS, *(form for form in found if form not in emphasis)]
    return [
        _OF_WHOLE_BLOCK.get(form, form) if all(form in forms for forms in of_words) else form
        for form in found
    ]


def join_forms(container: str, own: str) -> str:
    """Return the forms of a block after those of its container; a list need not say that it has parts."""
    outer = container.split()
    inner = [form for form in own.split() if form not in outer]
    if not _SAYS_PARTS.isdisjoint(outer):
        inner = [form for form in inner if form not in _PARTS]
    return " ".join([*outer, *inner])
