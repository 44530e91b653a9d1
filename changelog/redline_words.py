"""Words of a redline: the runs of a leaf as words, two lists of words compared, and words as runs again."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal, NamedTuple, TypeAlias

from rapidfuzz.distance import LCSseq

from changelog.redline_forms import FormChange, find_emphasis_forms
from policy.blocks import TextRun, count_common_ends

# The marks of a redline, named like HTML's elements. No mark: the word is in both texts.
Mark: TypeAlias = Literal["", "ins", "del"]
UNCHANGED: Final = ""
INSERTED: Final = "ins"
DELETED: Final = "del"


class Style(NamedTuple):
    """How a piece of a word is set, and where it leads."""

    href: str = ""
    marks: tuple[str, ...] = ()
    placeholder: str = ""
    former_href: str | None = None


_WHITE_SPACE = re.compile(r"(\s+)")
MAX_CELLS = 400_000_000  # old words times new words, a bit each: 50 MB and a tenth of a second
# Kept words between two changes stay as they are, unless both changes are longer than they are.
_SHORT_ISLAND, _LONG_CHANGE = 2, 4  # words; a change's deleted and inserted words together


class Word(NamedTuple):
    """A word in pieces of one style each, and the white space after it.

    Two words are the same if their text, the `key`, is. Emphasis and links do not count.
    """

    key: str
    pieces: tuple[tuple[Style, str], ...]
    gap: str


class MarkedWord(NamedTuple):
    """A word of a redline.

    `ends_old_leaf` tells the last word of each leaf of the old text, `forms` how a word that stayed differs
    in emphasis, footnotes, or the line break after it.
    """

    mark: Mark
    word: Word
    ends_old_leaf: bool = False
    forms: frozenset[FormChange] = frozenset()


@lru_cache(maxsize=512)
def split_words(runs: tuple[TextRun, ...]) -> tuple[Word, ...]:
    """Split the runs of a leaf into words; style and link may change within a word.

    Nothing invalidates the cache: runs are immutable.
    """
    words: list[Word] = []
    pieces: list[tuple[Style, str]] = []  # of the word that the next run may continue
    for run in runs:
        style = Style(run.href, run.marks, run.placeholder)
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
        complete = zip(rest[1:-1:2], rest[2::2], strict=True)
        words += [Word(text, ((style, text),), gap) for text, gap in complete]
        pieces = [(style, rest[-1])] if rest[-1] else []
    return (*words, _create_word(pieces, "")) if pieces else tuple(words)


def extract_word_keys(runs: tuple[TextRun, ...]) -> tuple[str, ...]:
    """Return the keys of the words of a leaf.

    Most leaves have no footnotes, and most are unchanged: their keys need no `Word` objects.
    """
    if any("footnote" in run.marks for run in runs):
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
    text = "".join(text for style, text in pieces if "footnote" not in style.marks)
    return Word(text.strip(), tuple(pieces), gap)


def compare_words(old: Sequence[Word], new: Sequence[Word]) -> list[MarkedWord]:
    """Return the words of both texts with their marks, in readable stretches.

    As few words as possible are deleted and inserted; then kept words between two longer changes are deleted
    and inserted too, because nobody can read a text that alternates between two. Kept words have their new
    style, and know where their link led before. Texts so long that comparing them would take seconds are
    replaced as a whole.
    """
    marked: list[MarkedWord] = []
    old_start = new_start = 0
    for old_match, new_match, size in match_words([word.key for word in old], [word.key for word in new]):
        marked += [MarkedWord(DELETED, word, not word.gap) for word in old[old_start:old_match]]
        marked += [MarkedWord(INSERTED, word) for word in new[new_start:new_match]]
        kept = zip(old[old_match : old_match + size], new[new_match : new_match + size], strict=True)
        marked += [
            MarkedWord(UNCHANGED, after, not after.gap) if before == after else _keep_word(before, after)
            for before, after in kept
        ]
        old_start, new_start = old_match + size, new_match + size
    return marked


def _keep_word(old: Word, new: Word) -> MarkedWord:
    """Return a word of both texts in its new style; its pieces know where they led before, if elsewhere."""
    forms = _find_forms(old, new)
    if old.pieces != new.pieces and any(style.href for style, _ in (*old.pieces, *new.pieces)):
        new = _note_former_links(old, new)
    return MarkedWord(UNCHANGED, new, not old.gap, forms)


def _note_former_links(old: Word, new: Word) -> Word:
    """Return a word whose pieces know where they led before, if elsewhere."""
    # Pieces may be divided differently: the old link of each letter decides. Footnotes are no letters.
    former = [style.href for style, text in old.pieces if "footnote" not in style.marks for _ in text.strip()]
    pieces: list[tuple[Style, str]] = []
    position = 0
    for style, text in new.pieces:
        if "footnote" in style.marks:
            pieces.append((style, text))
            continue
        letters = [(letter, former[min(position + n, len(former) - 1)]) for n, letter in enumerate(text)]
        position += len(text)
        for href, group in groupby(letters, key=itemgetter(1)):
            part = "".join(letter for letter, _ in group)
            pieces.append((style if href == style.href else style._replace(former_href=href), part))
    return new._replace(pieces=tuple(pieces))


def _find_forms(old: Word, new: Word) -> frozenset[FormChange]:
    """Return whether a word has another emphasis or footnote, or another line break after it."""
    forms: set[FormChange] = set()
    if old.gap and new.gap and ("\n" in old.gap) != ("\n" in new.gap):
        forms.add(FormChange.LINE_BREAKS)
    if old.pieces != new.pieces:
        before, after = _list_styles(old), _list_styles(new)
        if before != after:
            forms |= find_emphasis_forms(before, after)
    return frozenset(forms)


def _list_styles(word: Word) -> list[frozenset[str]]:
    """Return the emphasis of each letter, and whether a footnote follows."""
    return [
        frozenset(style.marks) - {"repeated-footnote"}
        for style, text in word.pieces
        for _ in ("1" if "footnote" in style.marks else text.strip())
    ]


Stretch: TypeAlias = tuple[int, int, int]  # start in old, start in new, length


def match_words(old: Sequence[str], new: Sequence[str]) -> list[Stretch]:
    """Return the stretches of words that a redline keeps."""
    if place := _find_whole_text(old, new):
        return [place, (len(old), len(new), 0)]
    return absorb_islands(_join_stretches(old, new, find_matching_stretches(old, new)))


def _find_whole_text(old: Sequence[str], new: Sequence[str]) -> Stretch | None:
    """Return where all of one text stands in the other, so that what was added around it is not mixed in."""
    shorter, longer = sorted((old, new), key=len)
    if not shorter or not all(longer):  # the sign of a footnote alone is a word without text
        return None
    before, found, _ = f" {' '.join(longer)} ".partition(f" {' '.join(shorter)} ")
    if not found:
        return None
    start = len(before.split())
    return (0, start, len(old)) if shorter is old else (start, 0, len(new))


def _join_stretches(old: Sequence[str], new: Sequence[str], stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join a stretch with the next one where the same words stand beside it too.

    "[we] keep a. We [keep b]" has two stretches of old words, "keep a. [We keep b]" one.
    """
    joined: list[Stretch] = []
    for stretch in stretches:
        i, j, size = stretch
        if joined and size:
            before_i, before_j, before_size = joined[-1]
            end_i, end_j = before_i + before_size, before_j + before_size
            first = old[before_i:end_i]
            if (end_i == i and new[j - before_size : j] == first and j - before_size >= before_j) or (
                end_j == j and old[i - before_size : i] == first and i - before_size >= before_i
            ):
                joined.pop()
                stretch = (i - before_size, j - before_size, size + before_size)  # noqa: PLW2901 - larger
        joined.append(stretch)
    return joined


def absorb_islands(matches: Iterable[Stretch]) -> list[Stretch]:
    """Leave out matching stretches that are too short beside the changes around them.

    A stretch is left out if it is shorter than the longer side of the change before it and of the one after
    it, and shorter than all that is deleted and all that is inserted in both: a text that much is added
    around stays. One or two words between changes of four or more are always left out. What is left out
    becomes part of the change, which may make its neighbours too short, until nothing changes. The last
    stretch is empty and stays.
    """
    kept: list[Stretch] = [(0, 0, 0)]  # an empty stretch in front, so that each has a change before it
    for stretch in matches:
        kept.append(stretch)
        # A longer change behind may absorb the stretches before it, one after the other.
        while len(kept) > 2 and _is_island(kept[-3], kept[-2], kept[-1]):  # noqa: PLR2004 - three in a row
            del kept[-2]
    return kept[1:]


def _is_island(before: Stretch, stretch: Stretch, after: Stretch) -> bool:
    """Whether a stretch is too short to stay between the changes that separate it from its neighbours."""
    size = stretch[2]
    (deleted_before, inserted_before), (deleted_after, inserted_after) = (
        [later[side] - earlier[side] - earlier[2] for side in (0, 1)]
        for earlier, later in ((before, stretch), (stretch, after))
    )
    is_between_longer = size < max(deleted_before, inserted_before) and size < max(
        deleted_after, inserted_after
    )
    if is_between_longer and size < min(deleted_before + deleted_after, inserted_before + inserted_after):
        return True
    least = min(deleted_before + inserted_before, deleted_after + inserted_after)
    return size <= _SHORT_ISLAND and least >= _LONG_CHANGE


def find_matching_stretches(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[Stretch]:
    """Yield a longest common subsequence in stretches.

    The last one is empty and starts at both ends. It is the only one if finding others would take seconds.
    """
    if len(old) * len(new) > MAX_CELLS:
        yield (len(old), len(new), 0)
        return
    start, end = count_common_ends(old, new)
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if start:
        yield (0, 0, start)
    if before and after:
        # Comparing integers is much faster than comparing words or tuples of words.
        numbers: dict[Hashable, int] = {}
        sides = ([numbers.setdefault(item, len(numbers)) for item in side] for side in (before, after))
        blocks = LCSseq.opcodes(*sides).as_matching_blocks()
        yield from ((block.a + start, block.b + start, block.size) for block in blocks if block.size)
    if end:
        yield (len(old) - end, len(new) - end, end)
    yield (len(old), len(new), 0)


def join_words(marked_words: Sequence[MarkedWord]) -> tuple[TextRun, ...]:
    """Return the runs of a leaf with these words; the white space after the last is left out."""
    runs: list[TextRun] = []
    for style, group in groupby(_iter_pieces(marked_words), key=itemgetter(0)):
        texts = [text for _, text in group]
        # Signs of two footnotes stay two runs, even side by side: each is a link.
        runs += [TextRun(text, *style) for text in (texts if "footnote" in style.marks else ["".join(texts)])]
    return tuple(runs)


def _iter_pieces(marked_words: Sequence[MarkedWord]) -> Iterator[tuple[Style, str]]:
    """Yield the pieces of all words in their style; white space between two styles has only their mark."""
    start = 0
    while start < len(marked_words):
        mark = marked_words[start].mark
        stop = _find_end_of_style(marked_words, start)
        words = [item.word for item in marked_words[start:stop]]
        gap = "" if stop == len(marked_words) else words[-1].gap or " "
        if len(words) > 1:
            text = "".join([word.pieces[0][1] + (word.gap or " ") for word in words[:-1]])
            yield _add_mark(words[0].pieces[0][0], mark), text + words[-1].pieces[0][1]
        else:
            # A deleted footnote's sign would be a link to a note that is gone.
            shown = (p for p in words[0].pieces if mark != DELETED or "footnote" not in p[0].marks)
            yield from ((_add_mark(style, mark), text) for style, text in shown)
        if gap:
            yield _find_style_between(marked_words[stop - 1], marked_words[stop]), gap
        start = stop


def _find_style_between(before: MarkedWord, after: MarkedWord) -> Style:
    """Return the style of the white space between two words: their mark and link, if they share them."""
    marks = (before.mark,) if before.mark and before.mark == after.mark else ()
    (last, _), (first, _) = before.word.pieces[-1], after.word.pieces[0]
    if before.mark != after.mark or not last.href or last.href != first.href or "footnote" in last.marks:
        return Style(marks=marks)
    former = last.former_href if last.former_href == first.former_href else None
    return Style(last.href, marks, former_href=former)


def _find_end_of_style(marked_words: Sequence[MarkedWord], start: int) -> int:
    """Return the end of the words that have one mark and one style; a word of several pieces is alone."""
    mark, word = marked_words[start].mark, marked_words[start].word
    stop = start + 1
    style = word.pieces[0][0]
    if len(word.pieces) > 1 or "footnote" in style.marks:
        return stop
    while stop < len(marked_words):
        item = marked_words[stop]
        if item.mark != mark or len(item.word.pieces) > 1 or item.word.pieces[0][0] != style:
            break
        stop += 1
    return stop


def _add_mark(style: Style, mark: Mark) -> Style:
    return style._replace(marks=(mark, *style.marks)) if mark else style
