"""The canonical form of a text: what a reader sees of it, in words and in form, and nothing else.

Two texts with the same form look the same to every reader. It holds the block elements with their nesting,
the kind and first number of each list, headings, rows and cells, emphasis, and the words with their link
targets, in order. Bullet characters, delimiters, wrapped lines, blank lines between the items of a list,
classes, ids and languages leave no trace in it. It can be computed from the `<article>` of a published page
too: every part is an element, an attribute or a text there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import NamedTuple

from policy.blocks import Block, TextRun, iter_leaves

_SPACE = re.compile(r"\s+")
# Without blank lines between them, Markdown gives these bare text instead of a paragraph.
_HOLDERS_OF_PARAGRAPHS = {"li", "dd"}
# Marks that are no emphasis: of redlines, and of further references to one footnote.
_MARKS_WITHOUT_STYLE = {"ins", "del", "repeated-footnote"}


class StyledText(NamedTuple):
    """Words with the same emphasis and link; `styles` are in alphabetical order.

    A line break is a line feed. The number of a footnote has the style `footnote`. White space between two
    pieces is at the start of the second.
    """

    text: str
    styles: tuple[str, ...] = ()
    href: str = ""


class CanonicalBlock(NamedTuple):
    """A block element: words if it is a leaf, otherwise blocks. `start` is the first number of an `ol`."""

    tag: str
    words: tuple[StyledText, ...] = ()
    children: tuple[CanonicalBlock, ...] = ()
    start: int = 0


def build_canonical_section(title: str, blocks: Iterable[Block]) -> CanonicalBlock:
    """Return the canonical form of a section: its heading, then its blocks."""
    heading = CanonicalBlock("h2", (StyledText(" ".join(title.split())),))
    return CanonicalBlock("section", children=(heading, *map(_build_block, blocks)))


def render_canonical_json(value: object) -> bytes:
    """Return a value as canonical JSON (RFC 8785), which is what hashes are computed from.

    The value consists of objects with ASCII keys, arrays, strings, booleans, integers and null: for these,
    sorted keys and no white space are all that the RFC asks for. Blocks and pieces of text are arrays.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def have_same_words(old: Iterable[Block], new: Iterable[Block]) -> bool:
    """Whether two texts have the same words with the same link targets, in the same order."""
    return all(before == after for before, after in zip_longest(_iter_words(old), _iter_words(new)))


def _iter_words(blocks: Iterable[Block]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield all words in order, each with its link targets; numbers of lists and footnotes are no words."""
    for leaf in iter_leaves(blocks):
        word, targets = "", tuple[str, ...]()
        for piece in _join_words(leaf.runs):
            if "footnote" in piece.styles:
                continue
            # A word may consist of several pieces: "**p**olicy".
            first, *others = _SPACE.split(piece.text)
            for part, begins_word in ((first, False), *((other, True) for other in others)):
                if begins_word and word:
                    yield word, targets
                    word, targets = "", ()
                if part:
                    word += part
                    targets = targets if piece.href in {"", *targets} else (*targets, piece.href)
        if word:
            yield word, targets


def list_footnote_places(block: CanonicalBlock) -> list[tuple[int, str]]:
    """Return each footnote reference in order: the number of words before it, and its sign."""
    places: list[tuple[int, str]] = []
    count = 0
    for leaf in _iter_leaves(block):
        for piece in leaf.words:
            if "footnote" in piece.styles:
                places.append((count, piece.text))
            else:
                count += len(piece.text.split())
    return places


def has_moved_words_in_tables(old: CanonicalBlock, new: CanonicalBlock) -> bool:
    """Whether two texts have equally many tables, and one of them has other numbers of words in its cells."""
    before, after = _list_table_shapes(old), _list_table_shapes(new)
    return len(before) == len(after) and before != after


def _list_table_shapes(block: CanonicalBlock) -> list[list[list[int]]]:
    """Return the number of words in each cell of each row, for every table in order."""
    if block.tag == "table":
        return [[[_count_words(cell) for cell in row.children] for row in _iter_rows(block)]]
    return [shape for child in block.children for shape in _list_table_shapes(child)]


def _count_words(block: CanonicalBlock) -> int:
    return sum(len(piece.text.split()) for leaf in _iter_leaves(block) for piece in leaf.words)


def _iter_rows(block: CanonicalBlock) -> Iterator[CanonicalBlock]:
    """Yield the rows of a table."""
    for child in block.children:
        if child.tag == "tr":
            yield child
        else:
            yield from _iter_rows(child)


def _iter_leaves(block: CanonicalBlock) -> Iterator[CanonicalBlock]:
    """Yield the leaves of a block in reading order."""
    if not block.children:
        yield block
    for child in block.children:
        yield from _iter_leaves(child)


def _build_block(block: Block) -> CanonicalBlock:
    """Return the canonical form of one block."""
    tag = "p" if block.tag == "text" else block.tag
    start = int(dict(block.attrs).get("start", 1)) if tag == "ol" else 0
    if not block.is_leaf:
        return CanonicalBlock(tag, children=tuple(map(_build_block, block.children)), start=start)
    if tag == "pre":  # readers see the blanks and lines of code as they stand
        return CanonicalBlock(tag, (StyledText("".join(run.text for run in block.runs)),))
    words = _join_words(block.runs)
    if words and tag in _HOLDERS_OF_PARAGRAPHS:
        return CanonicalBlock(tag, children=(CanonicalBlock("p", words),))
    return CanonicalBlock(tag, words, start=start)


def _join_words(runs: Iterable[TextRun]) -> tuple[StyledText, ...]:
    """Return the words of a leaf in as few pieces as possible, without white space around them."""
    pieces: list[StyledText] = []
    gap = ""  # the white space since the last word
    for run in runs:
        text = run.text.strip()
        start = run.text.index(text)
        gap += run.text[:start] if text else run.text
        if not text:
            continue
        styles = _list_styles(run.marks) if run.marks else ()
        words = _collapse_spaces(text)
        if pieces and gap:
            words = (_collapse_spaces(gap) or " ") + words
        _append_piece(pieces, StyledText(words, styles, "" if "footnote" in styles else run.href))
        gap = run.text[start + len(text) :]
    return tuple(pieces)


def _list_styles(marks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*marks} - _MARKS_WITHOUT_STYLE))


def _append_piece(pieces: list[StyledText], piece: StyledText) -> None:
    """Add a piece; one of the same style as the last becomes part of it."""
    if pieces and pieces[-1][1:] == piece[1:]:
        pieces[-1] = pieces[-1]._replace(text=pieces[-1].text + piece.text)
    else:
        pieces.append(piece)


def _collapse_spaces(text: str) -> str:
    """Return a text with single spaces for white space inside it, and with its line breaks."""
    if "\n" not in text:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))
