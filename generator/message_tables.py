"""Tables in letters and feed entries: one of more than two columns is a list of labels and values.

It would be wider than a phone, and few mail programs let a reader scroll within a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from changelog.redline_changes import find_mark
from policy.blocks import Block, TextRun, iter_leaves
from policy.cell_labels import CELL_LABEL, label_cells

_COLUMNS = 2  # of the widest table that stays one
# For assistive technology it is no table; a program that does not know `display` shows one nevertheless.
_STYLES = {
    "table": "display:block;margin:0 0 12px",
    "thead": "display:block",
    "tbody": "display:block",
    "tr": "display:block;padding:6px 0;border-bottom:1px solid #8a94a3",
}
_STYLE_OF_CELL = "display:block;text-align:left;padding:0"
_STYLE_OF_FIRST_CELL = f"{_STYLE_OF_CELL};font-weight:700"  # it says what the row is about
_STYLE_OF_HEADING = "display:inline-block;text-align:left;padding:0 12px 0 0"


def label_wide_tables(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return blocks in which the cells of wide tables have their labels as attributes.

    The headings stay only if they changed themselves.
    """
    return tuple(map(_label_block, blocks))


def write_labels(block: Block) -> Block:
    """Return a block in which the cells of wide tables begin with their labels, one below the other."""
    if block.is_leaf:
        return block
    if block.tag == "table" and any(CELL_LABEL in dict(cell.attrs) for cell in _iter_cells(block)):
        parts = tuple(
            _add_style(replace(part, children=tuple(_stack_row(row, part.tag) for row in part.children)))
            for part in block.children
        )
        return replace(block, children=parts, attrs=(("style", _STYLES[block.tag]), ("role", "presentation")))
    return replace(block, children=tuple(map(write_labels, block.children)))


def _label_block(block: Block) -> Block:
    if block.is_leaf:
        return block
    if block.tag != "table":
        return replace(block, children=tuple(map(_label_block, block.children)))
    width = max((len(row.children) for part in block.children for row in part.children), default=0)
    if width <= _COLUMNS:
        return block
    (labelled,) = label_cells((block,))
    kept = (part for part in labelled.children if part.tag != "thead" or _has_change(part))
    return replace(labelled, children=tuple(kept))


def _has_change(head: Block) -> bool:
    return any(row.attrs for row in head.children) or any(
        find_mark(run) or run.former_href is not None for leaf in iter_leaves((head,)) for run in leaf.runs
    )


def _iter_cells(table: Block) -> Iterator[Block]:
    for part in table.children:
        for row in part.children:
            yield from row.children


def _stack_row(row: Block, part: str) -> Block:
    """Return a row whose cells are below one another; those without words are left out."""
    cells = [_add_label(cell) for cell in row.children if _has_words(cell)]
    styles = [_STYLE_OF_HEADING] * len(cells)
    if part != "thead":
        styles = [_STYLE_OF_FIRST_CELL, *[_STYLE_OF_CELL] * len(cells)]
    stacked = (replace(cell, attrs=(("style", style),)) for cell, style in zip(cells, styles, strict=False))
    return _add_style(replace(row, children=tuple(stacked)))


def _add_style(block: Block) -> Block:
    return replace(block, attrs=(("style", _STYLES[block.tag]), *block.attrs))


def _has_words(cell: Block) -> bool:
    return any(run.text.strip() for leaf in iter_leaves((cell,)) for run in leaf.runs)


def _add_label(cell: Block) -> Block:
    """Return a cell that begins with the heading of its column."""
    label = dict(cell.attrs).get(CELL_LABEL, "")
    if not label:
        return cell
    run = TextRun(f"{label}: ")
    if cell.is_leaf:
        return replace(cell, runs=(run, *cell.runs))
    first, *rest = cell.children
    return replace(cell, children=(replace(first, runs=(run, *first.runs)), *rest))
