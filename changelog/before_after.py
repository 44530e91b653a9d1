"""What stood before each change of a redline and what stands after it, in plain words and without marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from changelog.redline_addresses import enclose_address
from changelog.redline_changes import CONTINUES, BlockPair, find_mark, list_pairs
from changelog.redline_sections import SectionRedline
from changelog.redline_words import DELETED, INSERTED, Mark
from policy.blocks import Block, TextRun, iter_leaves

CELL_SEPARATOR = " | "


class TextPair(NamedTuple):
    """The lines of a paragraph or table row before and after a change, and what no word tells of it.

    One side is empty if nothing stood or stands there. The target of a link that changed follows its words.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    is_moved: bool
    has_other_link: bool
    forms: str
    has_same_words: bool


def list_text_pairs(redline: SectionRedline) -> Iterator[TextPair]:
    """Yield a pair for each block or table row that changed, in order; a block that moved is one pair."""
    for change in redline.changes:
        yield from map(_create_text_pair, list_pairs(change))


def _create_text_pair(pair: BlockPair) -> TextPair:
    return TextPair(
        tuple(_render_old_lines(pair.before)),
        tuple(filter(None, (_render_unit(block, DELETED) for block in pair.after))),
        pair.is_moved,
        any(
            run.former_href is not None
            for leaf in iter_leaves((*pair.before, *pair.after))
            for run in leaf.runs
        ),
        pair.forms,
        _list_words(pair.before, INSERTED) == _list_words(pair.after, DELETED),
    )


def _list_words(blocks: Iterable[Block], left_out: Mark) -> list[str]:
    runs = (run for leaf in iter_leaves(blocks) for run in leaf.runs)
    return "".join(run.text for run in runs if left_out not in run.marks).split()


def _render_old_lines(blocks: Iterable[Block]) -> list[str]:
    """Return what stood before; a block that was split is one line."""
    lines: list[str] = []
    for block in blocks:
        line = _render_unit(block, INSERTED)
        if lines and CONTINUES in dict(block.attrs):
            lines[-1] = f"{lines[-1]} {line}".rstrip()
        elif line:
            lines.append(line)
    return lines


def _render_unit(block: Block, left_out: Mark) -> str:
    """Return a block on one line, without the words of one mark; the cells of a row are separated."""
    if block.tag != "tr":
        return _render_leaves(block, left_out)
    # A cell that is left out as a whole is one of a column that came or went.
    cells = [_render_leaves(cell, left_out) for cell in block.children if not _is_left_out(cell, left_out)]
    return CELL_SEPARATOR.join(cells) if any(cells) else ""


def _is_left_out(cell: Block, left_out: Mark) -> bool:
    marks = [find_mark(run) for leaf in iter_leaves((cell,)) for run in leaf.runs if run.text.strip()]
    return bool(marks) and set(marks) == {left_out}


def _render_leaves(block: Block, left_out: Mark) -> str:
    return " ".join(filter(None, (_render_runs(leaf.runs, left_out) for leaf in iter_leaves((block,)))))


def _render_runs(runs: Iterable[TextRun], left_out: Mark) -> str:
    """Return the words of runs; the target of a link is in angle brackets if it changed."""
    shown = (run for run in runs if left_out not in run.marks and "footnote" not in run.marks)
    parts = []
    for href, group in groupby(shown, key=lambda run: _find_target(run, left_out)):
        linked = list(group)
        words = "".join(run.text for run in linked)
        if href and words.strip() and any(run.former_href is not None for run in linked):
            words = f"{words.rstrip()} {enclose_address(href)}{words[len(words.rstrip()) :]}"
        parts.append(words)
    return " ".join("".join(parts).split())


def _find_target(run: TextRun, left_out: Mark) -> str:
    """Return where the words of a run lead after the change, or before it if what is inserted is left out."""
    return run.former_href if left_out == INSERTED and run.former_href is not None else run.href
