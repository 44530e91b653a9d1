"""Texts of notices on other websites, as lines: paragraphs and items of lists, without any markup.

Scripts elsewhere build elements from them (docs/reference/output.md): no text is ever parsed as HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypedDict

from policy.blocks import Block, extract_words

DEPTH_LIMIT = 5  # of nested lists, for notices


class NoticeLine(TypedDict):
    """A paragraph, whose `item` is None, or an item of a list after its sign: "-" or a number such as "3.".

    `depth` is the number of lists that it is in.
    """

    text: str
    item: str | None
    depth: int


def list_notice_lines(blocks: Iterable[Block]) -> list[NoticeLine]:
    """Return blocks as lines; the cells of a table row are on one line."""
    return [line for block in blocks for line in _iter_lines(block, 0) if any(map(str.isalnum, line["text"]))]


def _iter_lines(block: Block, depth: int) -> Iterator[NoticeLine]:
    if block.tag in {"ul", "ol"}:
        yield from _iter_items(block, min(depth + 1, DEPTH_LIMIT))
    elif block.is_leaf or block.tag == "tr":
        cells = (block,) if block.is_leaf else block.children
        text = " | ".join(filter(None, (" ".join(extract_words([cell])) for cell in cells)))
        yield {"text": text, "item": None, "depth": depth}
    else:
        for child in block.children:
            yield from _iter_lines(child, depth)


def _iter_items(block: Block, depth: int) -> Iterator[NoticeLine]:
    number = int(dict(block.attrs).get("start", 1))
    for item in block.children:
        number = int(dict(item.attrs).get("value", number))
        sign = f"{number}." if block.tag == "ol" else "-"
        lines = list(_iter_own_lines(item, depth))
        if lines and lines[0]["item"] is None:
            lines[0]["item"] = sign
        yield from lines
        number += 1


def _iter_own_lines(item: Block, depth: int) -> Iterator[NoticeLine]:
    if item.is_leaf:
        yield from _iter_lines(Block("text", runs=item.runs), depth)
    for child in item.children:
        yield from _iter_lines(child, depth)
