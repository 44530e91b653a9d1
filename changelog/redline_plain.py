"""Plain texts compared: words with one blank between them, without links, footnotes and emphasis.

Most paragraphs of a policy are such. The result is that of `compare_words`, without a value for each word.
"""

from __future__ import annotations

from collections.abc import Sequence

from changelog.redline_words import DELETED, INSERTED, UNCHANGED, Mark, match_words
from policy.blocks import TextRun


def merge_plain_texts(old: tuple[TextRun, ...], new: tuple[TextRun, ...]) -> tuple[TextRun, ...] | None:
    """Return the runs of the new leaf with every change marked; None unless both leaves are plain text."""
    before, after = _split_plain_text(old), _split_plain_text(new)
    if not before or not after:
        return None
    if before == after:
        return (TextRun(" ".join(after)),)
    return tuple(_join_parts(_list_parts(before, after)))


def _split_plain_text(runs: tuple[TextRun, ...]) -> list[str]:
    """Return the words of a leaf, or none if it is no plain text."""
    if len(runs) != 1 or runs[0] != TextRun(runs[0].text):
        return []
    words = runs[0].text.split()
    return words if " ".join(words) == runs[0].text else []


def _list_parts(old: Sequence[str], new: Sequence[str]) -> list[tuple[Mark, str]]:
    """Return the parts of both texts in order, each with its mark."""
    parts: list[tuple[Mark, str]] = []
    old_start = new_start = 0
    for old_match, new_match, size in match_words(old, new):
        old_stop, new_stop = old_match + size, new_match + size
        parts += (
            (DELETED, " ".join(old[old_start:old_match])),
            (INSERTED, " ".join(new[new_start:new_match])),
            (UNCHANGED, " ".join(new[new_match:new_stop])),
        )
        old_start, new_start = old_stop, new_stop
    return [part for part in parts if part[1]]


def _join_parts(parts: Sequence[tuple[Mark, str]]) -> list[TextRun]:
    """Return the runs of a text; the blank between two parts has no mark."""
    runs: list[TextRun] = []
    text = ""  # unmarked, before the next mark
    for number, (mark, words) in enumerate(parts):
        text += " " if number else ""
        if not mark:
            text += words
            continue
        if text:
            runs.append(TextRun(text))
        runs.append(TextRun(words, marks=(mark,)))
        text = ""
    return [*runs, TextRun(text)] if text else runs
