"""Leaves as words, words compared, words as leaves again: the only place that knows the diff library."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from rapidfuzz.distance import LCSseq

from policy.blocks import TextRun

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

Mark: TypeAlias = Literal["", "ins", "del"]
Look: TypeAlias = tuple[str, tuple[str, ...], str]  # of a run: href, marks, slot
Multiset: TypeAlias = frozenset[tuple[str, int]]
_BARE: Look = ("", (), "")
_PIECES = re.compile(r"(\s+)")
_BEHIND = "\0"  # no word holds it
_MOST_CELLS = 400_000_000  # words × words, a bit each: 50 MB and a tenth of a second


class Word(NamedTuple):
    """One word in its looks, with the blank behind it; the same word if `key` is, its text and links."""

    key: str
    pieces: tuple[tuple[Look, str], ...]
    gap: str


@lru_cache(maxsize=2048)
def split_words(runs: tuple[TextRun, ...]) -> tuple[Word, ...]:
    """Part the runs of a leaf into words; a word may change its look or its link within."""
    found: list[Word] = []
    pieces: list[tuple[Look, str]] = []
    for run in runs:
        look = (run.href, run.marks, run.placeholder)
        if "note" in run.marks:
            _hang((look, run.text), pieces, found)
            continue
        text, *more = _PIECES.split(run.text)
        if text:
            pieces.append((look, text))
        if not more:
            continue
        if pieces:
            found.append(_word(pieces, more[0]))
        key = f"{_BEHIND}{run.href}" if run.href else ""
        whole = zip(more[1:-1:2], more[2::2], strict=True)
        found += [Word(text + key, ((look, text),), gap) for text, gap in whole]
        pieces = [(look, more[-1])] if more[-1] else []
    return (*found, _word(pieces, "")) if pieces else tuple(found)


def extract_word_keys(runs: tuple[TextRun, ...]) -> tuple[str, ...]:
    """Give the keys of the words of a leaf; most blocks stay the same, and then no more of them is wanted."""
    if any(run.href or "note" in run.marks for run in runs):
        return tuple(word.key for word in split_words(runs))
    return tuple("".join([run.text for run in runs]).split())


def _hang(sign: tuple[Look, str], pieces: list[tuple[Look, str]], found: list[Word]) -> None:
    """Hang a footnote's sign on the word before it: it is no word itself."""
    if pieces or not found:
        pieces.append(sign)
    else:
        found[-1] = found[-1]._replace(pieces=(*found[-1].pieces, sign))


def _word(pieces: Sequence[tuple[Look, str]], gap: str) -> Word:
    said = [(href, text) for (href, marks, _), text in pieces if "note" not in marks]
    text = "".join(text for _, text in said).strip()
    links = dict.fromkeys(href for href, _ in said if href)
    return Word(_BEHIND.join((text, *links)), tuple(pieces), gap)


def build_multiset(keys: Iterable[str]) -> Multiset:
    """Put words into a bag: each with the number of its like before it, so that two bags share as sets do."""
    seen: dict[str, int] = {}
    found = []
    for key in keys:
        seen[key] = number = seen.get(key, 0) + 1
        found.append((key, number))
    return frozenset(found)


def dice_similarity(old: Multiset, new: Multiset) -> float:
    """Say how alike two texts are, from 0 to 1, whatever the order of their words (Dice)."""
    return 2 * len(old & new) / (len(old) + len(new)) if old or new else 1.0


def compare_words(old: Sequence[Word], new: Sequence[Word]) -> Iterator[tuple[Mark, Word]]:
    """Walk old and new as one text: each word kept (in its new look), deleted or inserted, as few as can be.

    Stretches so long that comparing them would take seconds are replaced as a whole.
    """
    at = there = 0
    for start, begin, size in find_matching_runs([word.key for word in old], [word.key for word in new]):
        yield from (("del", word) for word in old[at:start])
        yield from (("ins", word) for word in new[there:begin])
        yield from (("", word) for word in new[begin : begin + size])
        at, there = start + size, begin + size


def find_matching_runs(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[int, int, int]]:
    """Find a longest common subsequence: where in old, where in new, how long; the last is empty.

    None where finding it would take seconds.
    """
    if len(old) * len(new) > _MOST_CELLS:
        return iter([(len(old), len(new), 0)])
    numbers: dict[Hashable, int] = {}
    before, after = ([numbers.setdefault(one, len(numbers)) for one in side] for side in (old, new))
    return ((block.a, block.b, block.size) for block in LCSseq.opcodes(before, after).as_matching_blocks())


def join_words(marked: Sequence[tuple[Mark, Word]]) -> tuple[TextRun, ...]:
    """Make the runs of a leaf from its words, marked; the last word's blank goes."""
    found: list[TextRun] = []
    for look, group in groupby(_printed(marked), key=itemgetter(0)):
        texts = [text for _, text in group]
        # Each footnote's sign stays one of its own.
        found += [TextRun(text, *look) for text in (texts if "note" in look[1] else ["".join(texts)])]
    return tuple(found)


def _printed(every: Sequence[tuple[Mark, Word]]) -> Iterator[tuple[Look, str]]:
    """Walk the words piece by piece in their looks; a blank between two marks bears none."""
    for number, (mark, word) in enumerate(every, start=1):
        outer = (mark,) if mark else ()
        last = number == len(every)
        gap = "" if last else word.gap or " "
        breaks = not last and every[number][0] != mark
        pieces = [piece for piece in word.pieces if mark != "del" or "note" not in piece[0][1]]
        for place, ((href, marks, slot), text) in enumerate(pieces, start=1):
            at_end = place == len(pieces)
            hangs = at_end and not breaks and "note" not in marks
            yield (href, outer + marks, slot), text + gap if hangs else text
            if at_end and not hangs and gap:
                yield _BARE, gap
