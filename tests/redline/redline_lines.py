"""Reads redlines in plain text: those of `diff` and of letters."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.redline.redline_html import Helper, Piece, Unit


class Notation(NamedTuple):
    """Patterns of deleted and added words, each with one group, and of words that are not the policy's."""

    deleted: str
    added: str
    helper: str = r"\[[^\]]*\]"


DIFF_TEXT = Notation(r"\[-(.*?)-\]", r"\{\+(.*?)\+\}")
DIFF_MARKDOWN = Notation(r"~~(.*?)~~", r"\*\*(.*?)\*\*", r"\[[^\]]*\]|\*\(.*?\)\*|\*\[.*?\]\*")
LETTER = Notation(r"\[(?:deleted|slettet): (.*?)\]", r"\[(?:added|lagt til): (.*?)\]")
# Where words without a mark have a link, plain text shows its address after them.
_ADDRESS = re.compile(r" ?<[a-z]+:[^>]*>")
_LEAD = re.compile(r"^(?:[-*•>]|\d+[.)])\s+")


def read_unit(text: str, notation: Notation, tag: str = "line") -> Unit:
    """Return the unit that a line or a block of a letter shows."""
    # The marks of two cells cannot be one, as those of other neighbours.
    unit = Unit("tr" if re.search(r"\t| \| ", text) else tag)
    pattern = re.compile(f"{notation.deleted}|{notation.added}|({notation.helper})", re.DOTALL)
    end = 0
    for number, found in enumerate(pattern.finditer(text), start=1):
        _add_words(unit, text[end : found.start()], "", 0)
        deleted, added, helper = found.groups()
        if helper is not None:
            unit.helpers.append(Helper(helper, is_hidden=False))
        elif deleted is not None:
            _add_words(unit, deleted, "del", number)
        else:
            _add_words(unit, added, "ins", number)
        end = found.end()
    _add_words(unit, text[end:], "", 0)
    return unit


def _add_words(unit: Unit, text: str, mark: str, element: int) -> None:
    text = _ADDRESS.sub("", text)
    if not any(piece.text.strip() for piece in unit.pieces):
        text = _LEAD.sub("", text.lstrip())
    unit.pieces.append(Piece(text, mark, element))


def read_markdown_line(line: str) -> str:
    """Return a line of Markdown without the signs that keep GitHub from reading more into it."""
    line = re.sub(r"`([^`]*)`", r"\1", line)
    return re.sub(r"\\(.)", r"\1", line)
