"""The headings of columns at their cells, so that a narrow page can show a row as a list of label and value.

Style sheets draw the labels. They are attributes, not words of the text (docs/reference/record.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from policy.blocks import Block, iter_leaves

CELL_LABEL = "data-label"
_NO_WORDS = frozenset({"footnote", "helper", "visually-hidden"})


def label_cells(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return blocks in which each cell of a table, after the first of its row, has the heading of its column.

    In a redline it is the heading that there is now.
    """
    return tuple(_label_block(block, ()) for block in blocks)


def _label_block(block: Block, headings: Sequence[str]) -> Block:
    if block.is_leaf or block.tag == "thead":
        return block
    if block.tag == "table":
        headings = _list_headings(block)
    elif block.tag == "tr":
        return replace(block, children=tuple(_label_row(block.children, headings)))
    return replace(block, children=tuple(_label_block(child, headings) for child in block.children))


def _label_row(cells: Sequence[Block], headings: Sequence[str]) -> Iterable[Block]:
    """Yield the cells of a row; one without a heading of its own has no label."""
    for number, cell in enumerate(cells):
        heading = headings[number] if 0 < number < len(headings) else ""
        if not heading or CELL_LABEL in dict(cell.attrs):  # in a part of a table that was labelled as a whole
            yield cell
        else:
            yield replace(cell, attrs=(*cell.attrs, (CELL_LABEL, heading)))


def _list_headings(table: Block) -> tuple[str, ...]:
    """Return the words of the cells of the head."""
    rows = [row for part in table.children if part.tag == "thead" for row in part.children]
    return tuple(_join_words(cell) for cell in rows[0].children) if rows else ()


def _join_words(cell: Block) -> str:
    """Return the words of a heading, without those that were deleted unless all were."""
    runs = [run for leaf in iter_leaves((cell,)) for run in leaf.runs if _NO_WORDS.isdisjoint(run.marks)]
    kept = "".join(run.text for run in runs if "del" not in run.marks)
    return " ".join((kept if kept.strip() else "".join(run.text for run in runs)).split())
