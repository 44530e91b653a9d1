"""Leaves as words, words compared, words as leaves again: the only place that knows the diff library."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
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
_MOST_STEPS = 500_000  # of one comparison: some tenths of a second, some 1,400 changed words in one stretch


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
    if pieces or not found:
        pieces.append(sign)
    else:
        found[-1] = replace(found[-1], pieces=(*found[-1].pieces, sign))


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


class _Counted(diff_match_patch):  # type: ignore[misc]  # the library ships without types
    """Gives a comparison up by its steps, never by the clock: the same input gives the same redline."""

    def __init__(self) -> None:
        super().__init__()
        self.Diff_Timeout = 0
        self.left = _MOST_STEPS

    def diff_bisect(self, text1: str, text2: str, deadline: object) -> list[tuple[int, str]]:  # noqa: ARG002
        """Find the middle of one stretch (Myers): its round number n costs n steps."""
        found: list[tuple[int, str]] = super().diff_bisect(text1, text2, _Deadline(self))
        return found


class _Deadline:
    """What the library holds against the time at the beginning of each round."""

    def __init__(self, engine: _Counted) -> None:
        self.engine, self.round = engine, 0

    def __lt__(self, _time: float) -> bool:
        self.round += 1
        self.engine.left -= self.round
        return self.engine.left < 0


def compare(old: Sequence[Word], new: Sequence[Word]) -> Iterator[tuple[Mark, Word]]:
    """Walk old and new as one text: each word kept (in its new look), deleted or inserted.

    Stretches so unlike that comparing them would take seconds are replaced as a whole.
    """
    signs: dict[tuple[str, tuple[str, ...]], str] = {}
    before, after = (
        "".join(signs.setdefault(w.key, chr(_PRIVATE + len(signs))) for w in side) for side in (old, new)
    )
    # The library's own cleanup calls kept words changed, to group phrases: 15 % too many on a real history.
    engine = _Counted()
    steps = engine.diff_main(before, after, False)  # noqa: FBT003 - the library's own signature
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
