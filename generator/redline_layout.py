"""The layout of a redline on a page: where its counters stand, and which unchanged blocks are collapsed.

What stays in sight are the changes, one block before and one after each, and what says where they are: the
nearest heading above, the term of a definition, the first words of an item, the head of a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from changelog.redline_changes import RedlineUnit, is_unit
from changelog.redline_sections import SectionRedline
from policy.blocks import Block, Blocks, TextRun, extract_words

# The place of a counter in HTML: its number depends on the page. No text of a policy contains the character.
COUNTER_PLACE = "\0"
_LONG_PASSAGE = 40  # words: a shorter one is read sooner than it is opened
_HEADINGS = {"h3", "h4", "h5", "h6"}
# What may stand in these is narrowly defined, so they are split where something in them is collapsed.
_LISTS = {"ul", "ol", "dl"}
_ROW_GROUPS = {"thead", "tbody"}


class SummaryWords(NamedTuple):
    """What a collapsed passage is called; where it has more than one part, `{count}` is their number."""

    paragraph: str
    paragraphs: str
    item: str
    items: str
    row: str
    rows: str


def add_counter_places(redline: SectionRedline, heading: Block, blocks: Blocks) -> tuple[Block, Blocks]:
    """Return the title and the blocks of a section with a place for a counter in each change.

    They must have the units of the redline, whatever words were added to them.
    """
    counter = _CounterPlaces({start for start, _ in _list_changed_ranges(redline)})
    heading, *rest = [counter.add_to_block(block) for block in (heading, *blocks)]
    return heading, tuple(rest)


class _CounterPlaces:
    """Adds places for counters to the units at some positions."""

    def __init__(self, starts: set[int]) -> None:
        self._starts = starts
        self._position = -1

    def add_to_block(self, block: Block) -> Block:
        if not is_unit(block):
            return replace(block, children=tuple(self.add_to_block(child) for child in block.children))
        self._position += 1
        return _add_counter(block) if self._position in self._starts else block


def _add_counter(block: Block) -> Block:
    """Return a block whose first leaf begins with the place of a counter."""
    if block.is_leaf:
        return replace(block, runs=(TextRun(COUNTER_PLACE, marks=("helper",)), *block.runs))
    first, *rest = block.children
    return replace(block, children=(_add_counter(first), *rest))


def collapse_unchanged_blocks(redline: SectionRedline, blocks: Blocks, words: SummaryWords) -> Blocks:
    """Return the blocks of a section, which must have the units of the redline, with passages collapsed."""
    return _Collapser(redline, words).collapse(blocks)


def _list_changed_ranges(redline: SectionRedline) -> list[tuple[int, int]]:
    """Return the first unit of each change, and the one after its last.

    A section of which no unit changed, such as one of a section that was split, is one change in its title.
    """
    return [(change.first, change.first + len(change.units)) for change in redline.changes] or [(0, 1)]


def _find_visible_units(redline: SectionRedline) -> set[int]:
    """Return the positions of the units that stay in sight."""
    visible = {0}
    for start, end in _list_changed_ranges(redline):
        visible |= set(range(start - 1, end + 1))
        above = range(start - 1, 0, -1)
        visible |= set([n for n in above if redline.units[n].block.tag in _HEADINGS][:1])
    return visible


class _Part(NamedTuple):
    """A block inside a container, and whether something in it stays in sight."""

    block: Block
    is_visible: bool
    words: int
    units: int  # headings are not counted
    group: Block | None = None  # of a table, such as its head


class _Collapser:
    """Collapses the blocks of one section in order."""

    def __init__(self, redline: SectionRedline, words: SummaryWords) -> None:
        self._units: Sequence[RedlineUnit] = redline.units
        self._visible = _find_visible_units(redline)
        self._words = words
        self._position = 0  # the title

    def collapse(self, blocks: Blocks) -> Blocks:
        """Return blocks of a container that may hold any block."""
        return tuple(
            block
            for is_visible, parts in self._group_parts(list(self._list_parts(blocks)))
            for block in (
                [part.block for part in parts]
                if is_visible
                else [self._create_details(tuple(part.block for part in parts), parts, "paragraph")]
            )
        )

    def _list_parts(self, blocks: Blocks) -> Iterator[_Part]:
        """Yield the blocks of a container, which are several for one that is split."""
        for block in blocks:
            part = self._measure(block)
            if is_unit(block) or not part.is_visible:
                self._position += sum(1 for _ in _iter_units(block))
                yield part
                continue
            for piece in self._collapse_inside(block):
                yield part._replace(block=piece)

    def _measure(self, block: Block) -> _Part:
        """Return what a block holds, without going on."""
        count = sum(1 for _ in _iter_units(block))
        positions = range(self._position + 1, self._position + 1 + count)
        units = [self._units[position].block for position in positions]
        return _Part(
            block,
            not self._visible.isdisjoint(positions),
            len(extract_words(units)),
            sum(unit.tag not in _HEADINGS for unit in units),
        )

    def _collapse_inside(self, block: Block) -> Blocks:
        """Return the pieces of a container of which something is visible."""
        if block.tag in _LISTS:
            return self._collapse_list(block)
        if block.tag == "table":
            return self._collapse_table(block)
        if block.tag == "li":
            self._visible.add(self._position + 1)  # the first words of an item say what is in it
        return (replace(block, children=self.collapse(block.children)),)

    def _group_parts(self, parts: Sequence[_Part]) -> Iterator[tuple[bool, list[_Part]]]:
        """Yield runs of blocks that stay in sight, among them short ones that need not, and of others."""
        runs = [(is_visible, list(group)) for is_visible, group in groupby(parts, lambda p: p.is_visible)]
        shown = [
            (is_visible or sum(part.words for part in run) <= _LONG_PASSAGE, run) for is_visible, run in runs
        ]
        for is_shown, group in groupby(shown, lambda item: item[0]):
            yield is_shown, [part for _, run in group for part in run]

    def _collapse_list(self, block: Block) -> Blocks:
        """Return a list, split where items are collapsed; a numbered one keeps its numbers."""
        parts = list(self._list_parts(block.children))
        parts = list(_join_definitions(parts)) if block.tag == "dl" else parts
        number = int(dict(block.attrs).get("start", 1))
        pieces: list[Block] = []
        for is_visible, run in self._group_parts(parts):
            items = tuple(child for part in run for child in _list_children(part.block))
            piece = _create_piece(block, items, is_first=not pieces, start=number)
            number = _count_on(items, number)
            noun = "paragraph" if block.tag == "dl" else "item"
            pieces.append(piece if is_visible else self._create_details((piece,), run, noun))
        return tuple(pieces)

    def _collapse_table(self, block: Block) -> Blocks:
        """Return a table, split where rows are collapsed: its head stays in sight."""
        rows: list[_Part] = []
        for child in block.children:
            if child.tag not in _ROW_GROUPS:
                rows += self._list_parts((child,))
                continue
            rows += [
                part._replace(is_visible=part.is_visible or child.tag == "thead", group=child)
                for part in self._list_parts(child.children)
            ]
        runs = list(self._group_parts(rows))
        pieces: list[Block] = []
        for is_visible, run in runs:
            piece = _create_piece(block, tuple(_group_rows(run)), is_first=not pieces)
            piece = _add_class(piece, "part") if len(runs) > 1 else piece
            pieces.append(piece if is_visible else self._create_details((piece,), run, "row"))
        return tuple(pieces)

    def _create_details(self, blocks: Blocks, parts: Sequence[_Part], noun: str) -> Block:
        """Return blocks collapsed under the number of what is in them."""
        count = len(parts) if noun in {"item", "row"} else max(sum(part.units for part in parts), 1)
        template = getattr(self._words, noun if count == 1 else f"{noun}s")
        summary = Block(
            "summary", runs=(TextRun(template.format(count=count)),), attrs=(("class", "helper"),)
        )
        return Block("details", (summary, *blocks), attrs=(("class", "unchanged"),))


def _iter_units(block: Block) -> Iterator[Block]:
    if is_unit(block):
        yield block
        return
    for child in block.children:
        yield from _iter_units(child)


def _create_piece(block: Block, children: Blocks, *, is_first: bool, start: int = 1) -> Block:
    """Return a container with some of its children."""
    attrs = {name: value for name, value in block.attrs if name != "start" and (is_first or name != "id")}
    if block.tag == "ol" and start != 1:
        attrs["start"] = str(start)
    return replace(block, children=children, attrs=tuple(attrs.items()))


def _count_on(items: Blocks, number: int) -> int:
    """Return the number after those of some items of a list."""
    for item in items:
        attrs = dict(item.attrs)
        if "gone" not in attrs.get("class", "").split():
            number = int(attrs.get("value", number)) + 1
    return number


def _join_definitions(parts: Sequence[_Part]) -> Iterator[_Part]:
    """Yield terms with their definitions as one part: neither stands alone."""
    group: list[_Part] = []
    for part in (*parts, None):
        if group and (part is None or (part.block.tag == "dt" and group[-1].block.tag != "dt")):
            yield _Part(
                Block("dl", tuple(own.block for own in group)),
                any(own.is_visible for own in group),
                sum(own.words for own in group),
                sum(own.block.tag == "dt" for own in group),
            )
            group = []
        if part is not None:
            group.append(part)


def _list_children(block: Block) -> Blocks:
    """Return the elements of a list that a part stands for."""
    return block.children if block.tag == "dl" else (block,)


def _group_rows(rows: Iterable[_Part]) -> Iterator[Block]:
    """Yield the groups of a table with some of their rows; a row in none of them by itself."""
    for _, own in groupby(rows, lambda row: id(row.group or row.block)):
        group = list(own)
        parent, children = group[0].group, tuple(row.block for row in group)
        yield replace(parent, children=children) if parent else children[0]


def _add_class(block: Block, name: str) -> Block:
    attrs = dict(block.attrs)
    attrs["class"] = f"{attrs['class']} {name}" if "class" in attrs else name
    return replace(block, attrs=tuple(attrs.items()))
