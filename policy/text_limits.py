"""What a Markdown text may not have more of: nobody writes it, and parsing it takes minutes.

The parser's time grows with the length of a text, except where a few characters stand for much work: a row of
a table without its cells, a bracket that is never closed, and a block of a word or none. All are counted
before the text is parsed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from common.messages import Message

_MAX_MISSING_CELLS = 1_000  # in the tables of a text
_MAX_OPEN_BRACKETS = 50  # in a paragraph
_MAX_BLOCKS = 10_000  # of a text
# The line below the header of a table, also in a list or quotation.
_DELIMITER_ROW = re.compile(r"[ \t>]*+\|?[ \t]*+:?-[-|: \t]*")
# Each begins a list item, a quotation or a heading.
_BLOCK_MARK = re.compile(r"[ \t]*+(?:[-+*>]|#{1,6}+|[0-9]{1,9}+[.)])(?=[ \t>]|$)")
_BRACKET = re.compile(r"\\.|[\[\]]")
_TOO_MANY_BLOCKS = Message(
    "more than {count} paragraphs, headings, list items and cells in one text", count=_MAX_BLOCKS
)


class Excess(NamedTuple):
    """What there is too much of, on a line of the text, counted from 1, and what to do about it."""

    line: int
    message: Message
    hint: Message


def find_excess(text: str) -> Excess | None:
    """Return the first line of a Markdown text that would take far too long to parse, or None."""
    columns = missing_cells = open_brackets = blocks = 0
    is_in_paragraph = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip(" \t>"):
            columns = open_brackets = 0
            is_in_paragraph = False
            continue
        blocks += max(_count_block_marks(line), not is_in_paragraph) + (line.count("|") if columns else 0)
        is_in_paragraph = True
        if blocks > _MAX_BLOCKS:
            return Excess(number, _TOO_MANY_BLOCKS, Message("split it into several sections, or shorten it"))
        if "|" in line and _DELIMITER_ROW.fullmatch(line):
            columns = line.count("|") + 1
        elif columns:
            missing_cells += max(0, columns - line.count("|") - 1)
        if missing_cells > _MAX_MISSING_CELLS:
            message = Message("the rows of tables lack more than {count} cells", count=_MAX_MISSING_CELLS)
            return Excess(number, message, Message("write a | for each cell, or use fewer columns"))
        if "[" in line or "]" in line:
            for match in _BRACKET.finditer(line):
                open_brackets = max(0, open_brackets + (match[0] == "[") - (match[0] == "]"))
                if open_brackets > _MAX_OPEN_BRACKETS:
                    message = Message("more than {count} brackets are not closed", count=_MAX_OPEN_BRACKETS)
                    return Excess(number, message, Message(r"close them, or write \[ for a sign"))
    return None


def _count_block_marks(line: str) -> int:
    """Return how many list items, quotations and headings begin on a line, one in the other."""
    count = position = 0
    while match := _BLOCK_MARK.match(line, position):
        count, position = count + 1, match.end()
    return count
