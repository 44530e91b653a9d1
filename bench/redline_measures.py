"""What one redline page shows its reader, and how much of that the change made necessary."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bench.change_navigation import count_unmarked_changes, find_lost_changes
from bench.readable_words import count_fewest_readable_marks
from bench.redline_pages import Page, Piece, Token, join_words, list_tokens

_ISLAND, _SHORE = 2, 4  # a kept run of at most so many words, between changes of at least so many
_OTHER_TEXT = 0.8  # so much of both versions is marked


@dataclass(frozen=True, slots=True)
class RedlineMeasure:
    """One redline page in numbers; `untruth` says where its words are not those of its versions."""

    old_version: str
    new_version: str
    words: int  # of both versions
    is_changed: bool  # something is shown, if only the form or a link
    marked: int
    fewest: int
    untruth: str
    islands: int
    marks: int
    unmarked_changes: int  # of a link, of the form or of the place
    empty_marks: int
    adjacent_marks: int
    unchanged_words_seen: int
    helper_words: int
    lost_changes: str  # why a reader cannot go from change to change

    @property
    def ratio(self) -> float:
        """Words marked for each word that a readable redline has to mark."""
        if not self.fewest:
            return math.inf if self.marked else 1.0
        return self.marked / self.fewest

    @property
    def excess(self) -> int:
        """Words marked beyond what is needed; a page that marks fewer makes up for no other."""
        return max(self.marked - self.fewest, 0)

    @property
    def is_other_text(self) -> bool:
        """Whether one text replaced another, of which no redline can be read.

        What a page marks is not enough: a redline of the same text that marks all of it has failed.
        """
        return self.marked >= _OTHER_TEXT * self.words and 2 * self.fewest >= self.words


def measure_redline(redline: Page, old: Page, new: Page) -> RedlineMeasure:
    """Measure the redline on a page; `old` and `new` are the pages of its two versions."""
    before, after = list_tokens(old.pieces), list_tokens(new.pieces)
    shown = [token for token in list_tokens(redline.pieces) if not _is_named(redline, token.section)]
    marks = count_full_marks(redline)
    return RedlineMeasure(
        old_version=redline.attributes.get("data-from", ""),
        new_version=redline.attributes.get("data-to", ""),
        words=len(before) + len(after),
        is_changed=bool(shown),
        marked=count_marked_words(shown),
        fewest=count_fewest_readable_marks(before, after),
        untruth=find_untruth(redline, old, new),
        islands=count_islands(shown),
        marks=marks,
        unmarked_changes=count_unmarked_changes(redline),
        empty_marks=len(redline.marks) - marks,
        adjacent_marks=count_adjacent_marks(redline),
        unchanged_words_seen=count_unchanged_words_seen(shown),
        helper_words=count_helper_words(redline),
        lost_changes=find_lost_changes(redline),
    )


def _is_named(redline: Page, section: int) -> bool:
    return section >= 0 and redline.sections[section].is_named


def count_marked_words(tokens: Sequence[Token]) -> int:
    """Return how many words are marked; those of a moved block count at one of its two places.

    Of what is marked inside a block at its new place, only insertions count: what is deleted there is among
    the words of its old place.
    """
    marked = sum(bool(token.mark) for token in tokens if token.moved < 0)
    gone = come = inserted = 0
    for words in _group_moved_words(tokens).values():
        marks = {token.mark for token in words}
        if marks == {"del"}:
            gone += len(words)
        elif marks == {"ins"}:
            come += len(words)
        else:
            inserted += sum(token.mark == "ins" for token in words)
    return marked + max(gone, come) + inserted


def _group_moved_words(tokens: Iterable[Token]) -> Mapping[int, list[Token]]:
    """Return the words of each moved element."""
    elements: dict[int, list[Token]] = defaultdict(list)
    for token in tokens:
        if token.moved >= 0:
            elements[token.moved].append(token)
    return elements


def find_untruth(redline: Page, old: Page, new: Page) -> str:
    """Return where a redline differs from the words of its versions; nothing if it is true.

    A section that is only named stands for the words that it has in the new version. They have to be those of
    the old version too, and together the sections have to be all.
    """
    bodies = {section.id: join_words(pieces) for section, pieces in new.iter_sections() if section}
    old_places = {
        number
        for number, words in _group_moved_words(list_tokens(redline.pieces)).items()
        if all(token.mark == "del" for token in words)
    }
    shown_new: list[str] = []
    shown_old: list[str] = []
    for section, pieces in redline.iter_sections():
        if section and section.is_named:
            if section.id not in bodies:
                return f"names a section {section.id!r} that the new version has not"
            shown_new += bodies[section.id]
            shown_old += bodies[section.id]
            continue
        shown_new += join_words(piece for piece in pieces if piece.mark != "del")
        shown_old += join_words(
            piece
            for piece in pieces
            if piece.mark != "ins" and (piece.moved < 0 or piece.moved in old_places)
        )
    differences = (
        _describe_difference("without deletions", shown_new, join_words(new.pieces)),
        _describe_difference("without insertions", shown_old, join_words(old.pieces)),
    )
    return "; ".join(filter(None, differences))


def _describe_difference(side: str, found: Sequence[str], expected: Sequence[str]) -> str:
    if found == expected:
        return ""
    most = min(len(found), len(expected))
    at = next((n for n in range(most) if found[n] != expected[n]), most)
    near = slice(max(at - 3, 0), at + 5)
    return (
        f"{side}, word {at} of {len(found)} (expected {len(expected)}): "
        f'"{" ".join(found[near])}" for "{" ".join(expected[near])}"'
    )


def count_islands(tokens: Iterable[Token]) -> int:
    """Return how many kept runs of one or two words stand between longer changes of the same block."""
    islands = 0
    for _, block in groupby(tokens, key=lambda token: token.block):
        runs = [
            (is_marked, len([*run])) for is_marked, run in groupby(block, key=lambda token: bool(token.mark))
        ]
        for (_, before), (is_marked, size), (_, after) in zip(runs, runs[1:], runs[2:], strict=False):
            islands += not is_marked and size <= _ISLAND and min(before, after) >= _SHORE
    return islands


def count_full_marks(redline: Page) -> int:
    """Return how many ins and del elements mark something of the policy."""
    with_words = {piece.element for piece in redline.pieces if piece.text.strip() and not piece.is_helper}
    return sum(n in with_words or mark.has_footnote_number for n, mark in enumerate(redline.marks))


def count_adjacent_marks(redline: Page) -> int:
    """Return how many ins or del elements follow another of their kind with no word between them."""
    adjacent = 0
    last = Piece()
    for piece in redline.pieces:
        if piece.is_helper or not piece.text.strip():
            continue
        is_same_kind = (piece.mark, piece.block) == (last.mark, last.block)
        adjacent += bool(piece.mark) and is_same_kind and piece.element != last.element
        last = piece
    return adjacent


def count_unchanged_words_seen(tokens: Sequence[Token]) -> int:
    """Return how many unmarked words are seen before anything is opened."""
    return sum(not token.mark and not token.is_collapsed for token in tokens)


def count_helper_words(redline: Page) -> int:
    """Return how many words of a redline are not the policy's, seen or not."""
    return len("".join(piece.text if piece.is_helper else " " for piece in redline.pieces).split())
