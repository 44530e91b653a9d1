"""The words of blocks as `policy.txt` and the JSON files have them (docs/reference/record.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from verifier.canonical_form import Block


def list_words(blocks: Iterable[Block], *, with_targets: bool = False) -> list[str]:
    """Return the words of blocks in order, each item of a numbered list after its number.

    With targets, the target of each link follows its words in angle brackets. References to footnotes are no
    words.
    """
    return [word for block in blocks for word in _iter_words(block, with_targets=with_targets)]


def _iter_words(block: Block, *, with_targets: bool) -> Iterator[str]:
    if block.words:
        yield from _render_line(block, with_targets=with_targets).split()
    for number, child in enumerate(block.blocks, start=block.start):
        if block.is_numbered:
            yield f"{number}."
        yield from _iter_words(child, with_targets=with_targets)


def _render_line(block: Block, *, with_targets: bool) -> str:
    parts: list[str] = []
    pieces = (piece for piece in block.words if "footnote" not in piece.styles)
    for target, group in groupby(pieces, key=lambda piece: piece.target):
        parts += (piece.text for piece in group)
        if target and with_targets:
            parts.append(f" <{target}>")
    return "".join(parts)
