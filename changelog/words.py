"""Leaves as words, words compared, words as leaves again: the only place that knows the diff library."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from rapidfuzz.distance import LCSseq

from policy.blocks import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Mark: TypeAlias = Literal["", "ins", "del"]
Look: TypeAlias = tuple[str, tuple[str, ...], str]  # of a run: href, marks, slot
_BARE: Look = ("", (), "")
_PIECES = re.compile(r"(\s+)")
_MOST_CELLS = 400_000_000  # words × words, a bit each: 50 MB and a tenth of a second


class Word(NamedTuple):
    """One word in its looks, with the blank behind it; it is the same word if `key` is."""

    key: tuple[str, tuple[str, ...]]
    pieces: tuple[Run, ...]
    gap: str


def words(runs: Iterable[Run]) -> tuple[Word, ...]:
    """Part the runs of a leaf into words; a word may change its look or its link within."""
    return _words(tuple(runs))


@lru_cache(maxsize=2048)
def _words(runs: tuple[Run, ...]) -> tuple[Word, ...]:
    found: list[Word] = []
    pieces: list[Run] = []
    for run in runs:
        if "note" in run.marks:
            _hang(run, pieces, found)
            continue
        for number, text in enumerate(_PIECES.split(run.text)):
            if number % 2 and pieces:
                found.append(_word(pieces, text))
                pieces = []
            elif number % 2 == 0 and text:
                pieces.append(Run(text, run.href, run.marks, run.slot, run.line))
    return (*found, _word(pieces, "")) if pieces else tuple(found)


def _hang(sign: Run, pieces: list[Run], found: list[Word]) -> None:
    """Hang a footnote's sign on the word before it: it is no word itself."""
    if pieces or not found:
        pieces.append(sign)
    else:
        found[-1] = found[-1]._replace(pieces=(*found[-1].pieces, sign))


def _word(pieces: Sequence[Run], gap: str) -> Word:
    if len(pieces) == 1 and "note" not in pieces[0].marks:
        piece = pieces[0]
        return Word((piece.text, (piece.href,) if piece.href else ()), (piece,), gap)
    said = [piece for piece in pieces if "note" not in piece.marks]
    text = "".join(piece.text for piece in said).strip()
    return Word((text, tuple(dict.fromkeys(piece.href for piece in said if piece.href))), tuple(pieces), gap)


def shared(old: Sequence[Word], new: Sequence[Word]) -> int:
    """Count the words that both hold, in whatever order."""
    return (Counter(word.key for word in old) & Counter(word.key for word in new)).total()


def likeness(old: Sequence[Word], new: Sequence[Word]) -> float:
    """Say how alike two texts are, from 0 to 1, whatever the order of their words (Dice)."""
    return 2 * shared(old, new) / (len(old) + len(new)) if old or new else 1.0


def compare(old: Sequence[Word], new: Sequence[Word]) -> Iterator[tuple[Mark, Word]]:
    """Walk old and new as one text: each word kept (in its new look), deleted or inserted, as few as can be.

    Stretches so long that comparing them would take seconds are replaced as a whole.
    """
    at = there = 0
    for start, begin, size in _common(old, new):
        yield from (("del", word) for word in old[at:start])
        yield from (("ins", word) for word in new[there:begin])
        yield from (("", word) for word in new[begin : begin + size])
        at, there = start + size, begin + size


def _common(old: Sequence[Word], new: Sequence[Word]) -> Iterator[tuple[int, int, int]]:
    """Find a longest common subsequence: where in old, where in new, how long; the last is empty."""
    if len(old) * len(new) > _MOST_CELLS:
        return iter([(len(old), len(new), 0)])
    numbers: dict[tuple[str, tuple[str, ...]], int] = {}
    before, after = ([numbers.setdefault(word.key, len(numbers)) for word in side] for side in (old, new))
    return ((block.a, block.b, block.size) for block in LCSseq.opcodes(before, after).as_matching_blocks())


def runs(marked: Iterable[tuple[Mark, Word]]) -> tuple[Run, ...]:
    """Make the runs of a leaf from its words, marked; the last word's blank goes."""
    found: list[Run] = []
    for look, group in groupby(_printed(list(marked)), key=itemgetter(0)):
        texts = [text for _, text in group]
        # Each footnote's sign stays one of its own.
        found += [Run(text, *look) for text in (texts if "note" in look[1] else ["".join(texts)])]
    return tuple(found)


def _printed(every: Sequence[tuple[Mark, Word]]) -> Iterator[tuple[Look, str]]:
    """Walk the words piece by piece in their looks; a blank between two marks bears none."""
    for number, (mark, word) in enumerate(every, start=1):
        outer = (mark,) if mark else ()
        last = number == len(every)
        gap = "" if last else word.gap or " "
        breaks = not last and every[number][0] != mark
        pieces = [piece for piece in word.pieces if mark != "del" or "note" not in piece.marks]
        for place, piece in enumerate(pieces, start=1):
            at_end = place == len(pieces)
            hangs = at_end and not breaks and "note" not in piece.marks
            yield (piece.href, outer + piece.marks, piece.slot), piece.text + gap if hangs else piece.text
            if at_end and not hangs and gap:
                yield _BARE, gap
