"""Leaves as words, words compared, words as leaves again: the only place that knows the diff library."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from diff_match_patch import diff_match_patch

from policy.blocks import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Mark: TypeAlias = Literal["", "ins", "del"]
_PIECES = re.compile(r"(\s+)")
_PRIVATE = (
    0xF0000  # two private planes of Unicode: a sign for each distinct word, none of which means anything
)
_COSTLIEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Word:
    """One word in its looks, with the blank behind it; it is the same word if `key` is."""

    key: tuple[str, tuple[str, ...]]
    pieces: tuple[Run, ...]
    gap: str


def words(runs: Iterable[Run]) -> tuple[Word, ...]:
    """Part the runs of a leaf into words; a word may change its look or its link within."""
    return _words(tuple(runs))


@lru_cache(maxsize=8192)
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
                pieces.append(replace(run, text=text))
    return (*found, _word(pieces, "")) if pieces else tuple(found)


def _hang(sign: Run, pieces: list[Run], found: list[Word]) -> None:
    """Hang a footnote's sign on the word before it: it is no word itself."""
    if not pieces and found:
        last = found.pop()
        pieces += [*last.pieces, Run(last.gap)]
    pieces.append(sign)


def _word(pieces: Sequence[Run], gap: str) -> Word:
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
    """Walk old and new as one text: each word kept (in its new look), deleted or inserted.

    Texts so unlike that comparing them would take seconds are replaced as a whole.
    """
    if _cost(old, new) > _COSTLIEST:
        for word in old:
            yield "del", word
        for word in new:
            yield "ins", word
        return
    signs: dict[tuple[str, tuple[str, ...]], str] = {}
    before, after = (
        "".join(signs.setdefault(w.key, chr(_PRIVATE + len(signs))) for w in side) for side in (old, new)
    )
    engine = diff_match_patch()
    engine.Diff_Timeout = 0  # never the clock: the same input gives the same redline
    steps = engine.diff_main(before, after, False)  # noqa: FBT003 - the library's own signature
    engine.diff_cleanupSemantic(steps)
    olds, news = iter(old), iter(new)
    for step, text in steps:
        for _ in text:
            if step < 0:
                yield "del", next(olds)
            elif step > 0:
                yield "ins", next(news)
            else:
                next(olds)
                yield "", next(news)


def _cost(old: Sequence[Word], new: Sequence[Word]) -> float:
    """Guess the steps of a comparison: the square of the words changed, told from pairs of neighbours."""
    pairs = [Counter(pairwise(word.key for word in side)) for side in (old, new)]
    total = pairs[0].total() + pairs[1].total()
    return float((total - 2 * (pairs[0] & pairs[1]).total()) ** 2)


def runs(marked: Iterable[tuple[Mark, Word]]) -> tuple[Run, ...]:
    """Make the runs of a leaf from its words, marked; the last word's blank goes."""
    every = list(marked)
    return tuple(
        chain.from_iterable(
            _printed(
                mark, word, last=number == len(every), breaks=number < len(every) and every[number][0] != mark
            )
            for number, (mark, word) in enumerate(every, start=1)
        )
    )


def _printed(mark: Mark, word: Word, *, last: bool, breaks: bool) -> Iterator[Run]:
    outer = (mark,) if mark else ()
    gap = "" if last else word.gap or " "
    pieces = [piece for piece in word.pieces if mark != "del" or "note" not in piece.marks]
    for number, piece in enumerate(pieces, start=1):
        ends = number == len(pieces) and not breaks and "note" not in piece.marks
        yield replace(piece, text=piece.text + (gap if ends else ""), marks=(*outer, *piece.marks))
        if number == len(pieces) and not ends and gap:
            yield Run(gap)
