"""Units of a text: the parts that a redline pairs, old with new.

A unit is the title of a section, a leaf block, a row of a table, or a term with its definitions. The cells of
a row, and a term and each of its definitions, are compared with their own counterparts only. A section that
is the same in both texts is one unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property, lru_cache
from itertools import chain
from typing import TypeAlias

from changelog.redline_words import Word, extract_word_keys, split_words
from policy.blocks import Block, Blocks, TextRun, iter_leaves
from policy.document import RenderedSection

Terms: TypeAlias = tuple[str, ...]  # words in lower case and without punctuation
Multiset: TypeAlias = frozenset[tuple[str, int]]

_PUNCTUATION = re.compile(r"[\W_]+")
HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
_CELL_BORDER = "\0"  # no word contains it: the words of a row are never those of a paragraph


class UnitKind(Enum):
    """What a unit is; only units of one kind pair, except for leaves with titles."""

    TITLE = auto()
    LEAF = auto()
    ROW = auto()
    ENTRY = auto()  # of a list of definitions
    SECTION = auto()


@dataclass(frozen=True, eq=False, slots=True)
class Container:
    """A block around units, such as a list, an item or a table; compared by identity."""

    block: Block

    @property
    def is_footnotes(self) -> bool:
        """Whether it is the list of footnotes at the end of a section."""
        return ("class", "footnotes") in self.block.attrs


@dataclass(frozen=True, eq=False)
class Unit:
    """One unit of a text and the containers around it, from the outermost in; compared by identity."""

    kind: UnitKind
    section: RenderedSection | None
    blocks: Blocks
    path: tuple[Container, ...] = ()

    @property
    def has_title(self) -> bool:
        """Whether it is the title of a section, or a section with its title."""
        return self.kind is UnitKind.TITLE or self.kind is UnitKind.SECTION

    @property
    def has_name(self) -> bool:
        """Whether its first cell or its term names it."""
        return self.kind is UnitKind.ROW or self.kind is UnitKind.ENTRY

    @cached_property
    def cells(self) -> Blocks:
        """The blocks that are compared with their counterparts only."""
        return self.blocks[0].children if self.kind is UnitKind.ROW else self.blocks

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of a unit in order."""
        return tuple(chain.from_iterable(split_words(leaf.runs) for leaf in iter_leaves(self.blocks)))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The texts of its words."""
        return tuple(chain.from_iterable(extract_word_keys(leaf.runs) for leaf in iter_leaves(self.blocks)))

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """Equal for units with the same words, cell by cell; a heading is none of another kind."""
        if not self.has_name:
            tag = self.blocks[0].tag if self.blocks else ""
            return (_CELL_BORDER, *self.keys) if tag in HEADINGS else self.keys or (_CELL_BORDER, tag)
        keys = (
            (cell.tag if self.kind is UnitKind.ENTRY else "", _CELL_BORDER, *list_keys(cell))
            for cell in self.cells
        )
        return tuple(chain.from_iterable(keys))

    @cached_property
    def terms(self) -> Multiset:
        """Its words in lower case and without punctuation, which say how alike two units are."""
        return create_multiset(self.term_list)

    @cached_property
    def term_list(self) -> Terms:
        """The same words in order."""
        return _list_terms(self.keys)

    @cached_property
    def name_terms(self) -> Multiset:
        """The words of the first cell, which names a row, or of a defined term."""
        return create_multiset(_list_terms(list_keys(self.cells[0]))) if self.cells else frozenset()


def list_keys(block: Block) -> tuple[str, ...]:
    """Return the texts of the words of a block."""
    return tuple(chain.from_iterable(extract_word_keys(leaf.runs) for leaf in iter_leaves((block,))))


def _list_terms(keys: Iterable[str]) -> Terms:
    """Return words in lower case without punctuation; what is only punctuation is left out."""
    return tuple(filter(None, map(_simplify_word, keys)))


@lru_cache(maxsize=65_536)
def _simplify_word(word: str) -> str:
    """Return a word in lower case without punctuation. A policy has a few thousand different words."""
    return _PUNCTUATION.sub("", word.casefold())


def compute_dice(old: Multiset, new: Multiset) -> float:
    """Return the Sørensen-Dice coefficient of two texts, from 0 to 1, whatever the order of their words."""
    return 2 * len(old & new) / (len(old) + len(new)) if old or new else 1.0


@lru_cache(maxsize=512)
def create_multiset(keys: tuple[str, ...]) -> Multiset:
    """Return a multiset of words: the n-th occurrence of a word becomes `(word, n)`.

    So `&` and `len` of sets work on multisets too. Nothing invalidates the cache: most blocks of a section
    are those of the version before.
    """
    counts: dict[str, int] = {}
    occurrences = []
    for key in keys:
        counts[key] = number = counts.get(key, 0) + 1
        occurrences.append((key, number))
    return frozenset(occurrences)


@lru_cache(maxsize=128)
def list_section_units(section: RenderedSection, start: int = 0, stop: int | None = None) -> tuple[Unit, ...]:
    """Return the units of a section, or of some of its blocks; its title is always the first.

    Nothing invalidates the cache: sections are immutable. The units of a section take ten times the memory of
    its text, so it holds little more than two versions in one language.
    """
    return (
        Unit(UnitKind.TITLE, section, (Block("h2", runs=(TextRun(section.title),)),)),
        *list_units(section.blocks[start:stop], section),
    )


def list_units(blocks: Blocks, section: RenderedSection | None = None) -> tuple[Unit, ...]:
    """Return the units of blocks, in reading order."""
    return tuple(_iter_units(blocks, (), section))


def _iter_units(
    blocks: Blocks, path: tuple[Container, ...], section: RenderedSection | None
) -> Iterator[Unit]:
    for block in blocks:
        if block.is_leaf and block.tag == "li":
            # An item that holds only text, as a container like any other item.
            text = Block("text", runs=block.runs)
            yield Unit(UnitKind.LEAF, section, (text,), (*path, Container(block)))
        elif block.is_leaf:
            yield Unit(UnitKind.LEAF, section, (block,), path)
        elif block.tag == "tr":
            yield Unit(UnitKind.ROW, section, (block,), path)
        elif block.tag == "dl":
            inside = (*path, Container(block))
            yield from (
                Unit(UnitKind.ENTRY, section, entry, inside) for entry in _list_entries(block.children)
            )
        else:
            yield from _iter_units(block.children, (*path, Container(block)), section)


def _list_entries(blocks: Blocks) -> Iterator[Blocks]:
    """Yield each term of a list of definitions with its definitions."""
    entry: list[Block] = []
    for block in blocks:
        if block.tag == "dt" and entry:
            yield tuple(entry)
            entry = []
        entry.append(block)
    if entry:
        yield tuple(entry)


@lru_cache(maxsize=512)
def create_section_unit(section: RenderedSection) -> Unit:
    """Return a section that is the same in both texts as one unit. Sections are immutable, as above."""
    return Unit(UnitKind.SECTION, section, section.blocks)
