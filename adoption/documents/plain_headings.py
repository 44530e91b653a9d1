"""Finds headings that are set as text: the numbered lines of page builders, and of people without styles.

A line is taken for a heading only if its number says so. Every guess is reported, and what might be a heading
is offered to the editor.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from adoption.documents.blocks import ImportedBlock
from adoption.documents.report import ReportKind, ReportLine, join_quoted, shorten_quote
from common.messages import Message
from languages.loader import get_language, list_language_codes

_MAX_HEADING_LENGTH = 120
_MAX_SHORT_LINE_LENGTH = 60
_FIRST_LEVEL = 2
_MAX_LEVEL = 6
# "2." or "2.1" or "2)" before a letter; without a full stop or bracket only after a number of several parts.
_NUMBERED_LINE = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})([.)]?)\s+(?=[^\W\d_])")
_ENDS_SENTENCE = re.compile(r"[.,;!]$")
_SHORT_LINE = re.compile(r"[^\W\d_].*[^.,;:!]", re.DOTALL)


@lru_cache(maxsize=1)
def _compile_months() -> re.Pattern[str]:
    """Return a pattern of the names of months: "20. juli" begins no section. Languages never change."""
    words = [get_language(code).words for code in list_language_codes()]
    months = "|".join(month for each in words for month in each.months_after_ordinals)
    return re.compile(rf"(?:{months})\b", re.IGNORECASE)


def is_numbered_line(text: str) -> bool:
    """Whether a line is numbered and as short as a heading, and neither a sentence nor a date."""
    return _parse_number(text, is_bold=False) != ()


def _parse_number(text: str, *, is_bold: bool) -> tuple[int, ...]:
    """Return the parts of the number before a line that may be a heading; nothing for any other text."""
    match = _NUMBERED_LINE.match(text)
    if (
        match is None
        or len(text) > _MAX_HEADING_LENGTH
        or _ENDS_SENTENCE.search(text)
        or _compile_months().match(text, match.end())
        or not (match[2] or "." in match[1] or is_bold)
    ):
        return ()
    return tuple(map(int, match[1].split(".")))


def find_plain_headings(
    blocks: tuple[ImportedBlock, ...],
) -> tuple[tuple[ImportedBlock, ...], tuple[ReportLine, ...]]:
    """Return the blocks with numbered lines as headings, and a report of what was taken, or not.

    Numbered lines right after each other are a list, unless they continue the numbers of headings.
    """
    numbers = [
        _parse_number(block.text, is_bold=block.is_bold) if block.kind == "p" and block.is_single_line else ()
        for block in blocks
    ]
    candidates = [index for index, number in enumerate(numbers) if number and not _is_in_list(numbers, index)]
    real_headings = [block for block in blocks if block.kind == "heading"]
    numbered_levels = {
        len(number): block.level
        for block in reversed(real_headings)
        if (number := _parse_number(block.text, is_bold=True))
    }
    is_structure = len(candidates) > 1 and len(candidates) >= len(real_headings) - 1
    found = list(blocks)
    taken, offered = [], []
    for index in candidates:
        block, number = blocks[index], numbers[index]
        if block.is_bold or (is_structure and not numbered_levels) or _continues(found[:index], number):
            found[index] = replace(block, kind="heading", level=_choose_level(len(number), numbered_levels))
            taken.append(block.text)
        else:
            offered.append(block.text)
    return tuple(found), (*_report_taken(taken), *map(_offer, offered), *_offer_short_lines(found))


def _choose_level(depth: int, levels: Mapping[int, int]) -> int:
    """Return the level of a heading with a number of so many parts, beside those that the page has."""
    known = max((other for other in levels if other <= depth), default=1)
    return min(levels.get(known, _FIRST_LEVEL) + depth - known, _MAX_LEVEL)


def _is_in_list(numbers: Sequence[tuple[int, ...]], index: int) -> bool:
    """Whether a numbered line is in a list: one after the other at the same depth, beginning with 1.

    A list that does not begin with 1 continues the numbers of headings, so one of them has no text.
    """
    depth = len(numbers[index])
    first = last = index
    while first > 0 and len(numbers[first - 1]) == depth:
        first -= 1
    while last + 1 < len(numbers) and len(numbers[last + 1]) == depth:
        last += 1
    return last > first and numbers[first][-1] <= 1


def _continues(before: Sequence[ImportedBlock], number: tuple[int, ...]) -> bool:
    """Whether a number is the next one after those of the headings before it."""
    numbers = [_parse_number(block.text, is_bold=True) for block in before if block.kind == "heading"]
    same_depth = [found for found in numbers if len(found) == len(number)]
    return bool(same_depth) and number == (*same_depth[-1][:-1], same_depth[-1][-1] + 1)


def _report_taken(taken: Sequence[str]) -> Iterator[ReportLine]:
    if taken:
        message = Message(
            "numbered lines as headings ({count}): {lines}", count=len(taken), lines=join_quoted(taken)
        )
        yield ReportLine(ReportKind.GUESS, message, "\n".join(taken))


def _offer(text: str) -> ReportLine:
    return ReportLine(
        ReportKind.TO_DO,
        Message("perhaps a heading: '{quote}'; write ## before it if it is one", quote=shorten_quote(text)),
        text,
    )


def _offer_short_lines(blocks: Sequence[ImportedBlock]) -> Iterator[ReportLine]:
    """Offer short lines without a number that stand alone above a longer block."""
    short = [
        block.kind == "p"
        and len(block.text) <= _MAX_SHORT_LINE_LENGTH
        and block.is_single_line
        and bool(_SHORT_LINE.fullmatch(block.text))
        for block in blocks
    ]
    # A line that is repeated is a label, such as that of a link back to the top.
    count = Counter(block.text for block in blocks)
    for index, block in enumerate(blocks[:-1]):
        following = blocks[index + 1]
        introduces = following.kind != "heading" and not short[index + 1]
        follows_short = index > 0 and short[index - 1]
        if short[index] and introduces and not follows_short and count[block.text] == 1:
            yield _offer(block.text)
