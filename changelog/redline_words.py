"""Words of a redline: the runs of a leaf as words, two lists of words compared, and words as runs again."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal, NamedTuple, TypeAlias

from rapidfuzz.distance import LCSseq

from policy.blocks import TextRun

# The marks of a redline, named like HTML's elements. No mark: the word is in both texts.
Mark: TypeAlias = Literal["", "ins", "del"]
UNCHANGED: Final = ""
INSERTED: Final = "ins"
DELETED: Final = "del"

Style: TypeAlias = tuple[str, tuple[str, ...], str]  # href, marks and placeholder of a run
Multiset: TypeAlias = frozenset[tuple[str, int]]
_PLAIN: Style = ("", (), "")
_WHITE_SPACE = re.compile(r"(\s+)")
_SEPARATOR = "\0"  # between text and links of a key; no word contains it
_MAX_CELLS = 400_000_000  # old words times new words, a bit each: 50 MB and a tenth of a second


class Word(NamedTuple):
    """A word in pieces of one style each, and the white space after it.

    Two words are the same if their `key` is: the text and the targets of its links. Emphasis does not count.
    """

    key: str
    pieces: tuple[tuple[Style, str], ...]
    gap: str


@lru_cache(maxsize=2048)
def split_words(runs: tuple[TextRun, ...]) -> tuple[Word, ...]:
    """Split the runs of a leaf into words; style and link may change within a word.

    Nothing invalidates the cache: runs are immutable.
    """
    words: list[Word] = []
    pieces: list[tuple[Style, str]] = []  # of the word that the next run may continue
    for run in runs:
        style = (run.href, run.marks, run.placeholder)
        if "footnote" in run.marks:
            _attach_footnote((style, run.text), pieces, words)
            continue
        # The first text continues a word of the run before; then white space and texts alternate.
        text, *rest = _WHITE_SPACE.split(run.text)
        if text:
            pieces.append((style, text))
        if not rest:
            continue
        if pieces:
            words.append(_create_word(pieces, rest[0]))
        link = f"{_SEPARATOR}{run.href}" if run.href else ""
        complete = zip(rest[1:-1:2], rest[2::2], strict=True)
        words += [Word(text + link, ((style, text),), gap) for text, gap in complete]
        pieces = [(style, rest[-1])] if rest[-1] else []
    return (*words, _create_word(pieces, "")) if pieces else tuple(words)


def extract_word_keys(runs: tuple[TextRun, ...]) -> tuple[str, ...]:
    """Return the keys of the words of a leaf.

    Most leaves have neither links nor footnotes, and most are unchanged: their keys need no `Word` objects.
    """
    if any(run.href or "footnote" in run.marks for run in runs):
        return tuple(word.key for word in split_words(runs))
    return tuple("".join([run.text for run in runs]).split())


def _attach_footnote(sign: tuple[Style, str], pieces: list[tuple[Style, str]], words: list[Word]) -> None:
    """Add a footnote's sign to the word before it: it is not a word itself."""
    if pieces or not words:
        pieces.append(sign)
    else:
        words[-1] = words[-1]._replace(pieces=(*words[-1].pieces, sign))


def _create_word(pieces: Sequence[tuple[Style, str]], gap: str) -> Word:
    """Return a word of several pieces, such as "**p**olicy" or one with a footnote."""
    text_pieces = [(href, text) for (href, marks, _), text in pieces if "footnote" not in marks]
    text = "".join(text for _, text in text_pieces).strip()
    links = dict.fromkeys(href for href, _ in text_pieces if href)
    return Word(_SEPARATOR.join((text, *links)), tuple(pieces), gap)


def create_multiset(keys: Iterable[str]) -> Multiset:
    """Return a multiset of words: the n-th occurrence of a word becomes `(word, n)`.

    So `&` and `len` of sets work on multisets too.
    """
    counts: dict[str, int] = {}
    occurrences = []
    for key in keys:
        counts[key] = number = counts.get(key, 0) + 1
        occurrences.append((key, number))
    return frozenset(occurrences)


def compute_dice_similarity(old: Multiset, new: Multiset) -> float:
    """Return the Sørensen-Dice coefficient of two texts, from 0 to 1, whatever the order of their words."""
    return 2 * len(old & new) / (len(old) + len(new)) if old or new else 1.0


def compare_words(old: Sequence[Word], new: Sequence[Word]) -> Iterator[tuple[Mark, Word]]:
    """Yield the words of both texts with their marks; as few as possible are deleted and inserted.

    Unchanged words have their new style. Texts so long that comparing them would take seconds are replaced
    as a whole.
    """
    old_start = new_start = 0
    for old_match, new_match, size in find_matching_stretches([w.key for w in old], [w.key for w in new]):
        yield from ((DELETED, word) for word in old[old_start:old_match])
        yield from ((INSERTED, word) for word in new[new_start:new_match])
        yield from ((UNCHANGED, word) for word in new[new_match : new_match + size])
        old_start, new_start = old_match + size, new_match + size


def find_matching_stretches(
    old: Sequence[Hashable], new: Sequence[Hashable]
) -> Iterator[tuple[int, int, int]]:
    """Yield a longest common subsequence in runs: start in old, start in new, length.

    The last run is empty and starts at both ends. It is the only one if finding others would take seconds.
    """
    if len(old) * len(new) > _MAX_CELLS:
        return iter([(len(old), len(new), 0)])
    # Comparing integers is much faster than comparing words or tuples of words.
    numbers: dict[Hashable, int] = {}
    before, after = ([numbers.setdefault(item, len(numbers)) for item in side] for side in (old, new))
    return ((block.a, block.b, block.size) for block in LCSseq.opcodes(before, after).as_matching_blocks())


def join_words(marked_words: Sequence[tuple[Mark, Word]]) -> tuple[TextRun, ...]:
    """Return the runs of a leaf with these words; the white space after the last is left out."""
    runs: list[TextRun] = []
    for style, group in groupby(_iter_pieces(marked_words), key=itemgetter(0)):
        texts = [text for _, text in group]
        # Signs of two footnotes stay two runs, even side by side: each is a link.
        runs += [TextRun(text, *style) for text in (texts if "footnote" in style[1] else ["".join(texts)])]
    return tuple(runs)


def _iter_pieces(marked_words: Sequence[tuple[Mark, Word]]) -> Iterator[tuple[Style, str]]:
    """Yield the pieces of all words in their style; white space between two marks has no mark."""
    for number, (mark, word) in enumerate(marked_words, start=1):
        outer_marks = (mark,) if mark else ()
        is_last = number == len(marked_words)
        gap = "" if is_last else word.gap or " "
        mark_ends = not is_last and marked_words[number][0] != mark
        # A deleted footnote's sign would be a link to a note that is gone.
        pieces = [piece for piece in word.pieces if mark != DELETED or "footnote" not in piece[0][1]]
        for position, ((href, marks, placeholder), text) in enumerate(pieces, start=1):
            is_at_end = position == len(pieces)
            takes_gap = is_at_end and not mark_ends and "footnote" not in marks
            yield (href, outer_marks + marks, placeholder), text + gap if takes_gap else text
            if is_at_end and not takes_gap and gap:
                yield _PLAIN, gap
