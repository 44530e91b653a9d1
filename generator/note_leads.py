"""The beginning of a note's summary: whole sentences, for a dialog, and for what a letter says first.

A list is never cut: an item that is left out would make the others untrue. It goes with the sentence that
leads to it, and counts as part of that sentence unless its items are sentences themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from languages.loader import get_language
from policy.blocks import Block, TextRun, extract_words, iter_leaves
from policy.fields import Locale

# Within so many words a listener has heard what changes, from when, and the first thing that can be done.
FIRST_WORDS = 60
_DAY_DIGITS = 2
_ENDS = ".!?…"
_CLOSING, _OPENING = "»”’\"')]", "«“‘\"'(["


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence of a paragraph, or another block; `position` is that of the block that it is from."""

    position: int
    block: Block

    @property
    def sentence_count(self) -> int:
        """How many sentences it has; a list whose items are none goes on with the sentence before."""
        if not _is_list(self.block):
            return 1
        return sum(1 for leaf in iter_leaves((self.block,)) if _ends_sentence(_get_text(leaf.runs)))

    @property
    def leads_on(self) -> bool:
        """Whether what follows belongs to it."""
        return self.block.is_leaf and _get_text(self.block.runs).rstrip().endswith(":")


def find_room(opening: Iterable[str], action: Sequence[Block], locale: Locale) -> int:
    """Return how many words of a summary fit between an opening and what can be done, for a listener.

    `action` begins with its heading.
    """
    first, _ = split_summary(action[1:], locale, word_limit=0)
    words = [word for text in opening for word in text.split()]
    return max(FIRST_WORDS - len(words) - len(extract_words((*action[:1], *first))), 0)


def split_summary(
    summary: Iterable[Block],
    locale: Locale,
    *,
    word_limit: int = sys.maxsize,
    sentence_limit: int = sys.maxsize,
    least: int = 1,
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return as many whole sentences as the limits allow, from the start, and the rest.

    The first `least` sentences are never left out.
    """
    pieces = list(_split_blocks(summary, locale))
    words = sentences = end = 0
    for start, stop in _iter_groups(pieces):
        group = pieces[start:stop]
        words += len(extract_words(piece.block for piece in group))
        sentences += sum(piece.sentence_count for piece in group)
        if end >= least and (words > word_limit or sentences > sentence_limit):
            break
        end = stop
    return _join_pieces(pieces[:end]), _join_pieces(pieces[end:])


def drop_footnotes(content: Iterable[Block]) -> tuple[Block, ...]:
    """Return the text of a note alone: a line has no place for footnotes and their signs."""
    return tuple(
        replace(
            block,
            children=drop_footnotes(block.children),
            runs=tuple(run for run in block.runs if "footnote" not in run.marks),
        )
        for block in content
        if block.tag != "ol" or "class" not in dict(block.attrs)
    )


def _split_blocks(blocks: Iterable[Block], locale: Locale) -> Iterator[_Piece]:
    for position, block in enumerate(blocks):
        if not block.is_leaf or block.tag not in {"p", "text"}:
            yield _Piece(position, block)
            continue
        text = _get_text(block.runs)
        ends = [*find_sentence_starts(text, locale), len(text)]
        for start, end in zip([0, *ends], ends, strict=False):
            yield _Piece(position, replace(block, runs=tuple(_cut_runs(block.runs, start, end))))


def _iter_groups(pieces: Sequence[_Piece]) -> Iterator[tuple[int, int]]:
    """Yield the bounds of what belongs together: a sentence, and the lists that it leads to or that go on."""
    start = 0
    for end, piece in enumerate(pieces, start=1):
        if end < len(pieces) and (piece.leads_on or _is_list(pieces[end].block)):
            continue
        yield start, end
        start = end


def _join_pieces(pieces: Iterable[_Piece]) -> tuple[Block, ...]:
    """Return the blocks of some pieces; sentences of one paragraph are one again."""
    joined = []
    for _, group in groupby(pieces, key=lambda piece: piece.position):
        own = [piece.block for piece in group]
        runs = tuple(run for block in own for run in block.runs)
        joined.append(replace(own[0], runs=_trim(runs)) if own[0].is_leaf else own[0])
    return tuple(joined)


def _trim(runs: tuple[TextRun, ...]) -> tuple[TextRun, ...]:
    """Return runs without the blank that separated their last sentence from the next."""
    return (*runs[:-1], replace(runs[-1], text=runs[-1].text.rstrip())) if runs else ()


def find_sentence_starts(text: str, locale: Locale) -> Iterator[int]:
    """Yield where each sentence but the first begins; an abbreviation or an ordinal ends none."""
    abbreviations = get_language(locale).words.abbreviations
    before = ""
    for position, word in _iter_words(text):
        is_end = _ends_sentence(before) and not word.lstrip(_OPENING)[:1].islower()
        if is_end and not _is_abbreviation(before.strip(_OPENING + _CLOSING), abbreviations):
            yield position
        before = word


def _iter_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield each word and where it begins."""
    start = 0
    for is_blank, letters in groupby(text, key=str.isspace):
        word = "".join(letters)
        if not is_blank:
            yield start, word
        start += len(word)


def _is_list(block: Block) -> bool:
    """Whether a block is a list of the text; footnotes are none."""
    return block.tag in {"ul", "ol"} and "class" not in dict(block.attrs)


def _ends_sentence(text: str) -> bool:
    before, bracket, number = text.rstrip().rpartition("[")
    if bracket and number[:-1].isdigit():  # the sign of a footnote
        text = before
    return text.rstrip().rstrip(_CLOSING).endswith(tuple(_ENDS))


def _is_abbreviation(word: str, abbreviations: Sequence[str]) -> bool:
    """Whether the full stop of a word may be no end of a sentence, as in "f.eks.", "nr.", "20." and "A."."""
    if not word.endswith("."):
        return False
    stem = word[:-1]
    is_ordinal = stem.isdigit() and len(stem) <= _DAY_DIGITS
    return is_ordinal or "." in stem or len(stem) == 1 or stem.lower() in abbreviations


def _get_text(runs: Iterable[TextRun]) -> str:
    return "".join(run.text for run in runs)


def _cut_runs(runs: Iterable[TextRun], start: int, end: int) -> Iterator[TextRun]:
    """Yield the runs with the characters from `start` to `end`."""
    place = 0
    for run in runs:
        own = run.text[max(start - place, 0) : max(end - place, 0)]
        place += len(run.text)
        if own:
            yield replace(run, text=own)
