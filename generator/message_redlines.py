"""The redline of a letter or feed entry: the blocks that changed, with every change in words.

Text mail has no marks, many readers of feeds show none, and screen readers announce none. No run keeps a
link: the addresses of links that changed stand in the text, since a letter links only to the policy itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from changelog.redline_changes import AWAY, MOVED, find_mark
from changelog.redline_excerpts import select_short_changes
from changelog.redline_helpers import HELPER, HelperWords, add_helper_words
from changelog.redline_sections import SectionRedline
from changelog.redline_text import close_gaps
from generator.message_tables import label_wide_tables, write_labels
from policy.blocks import Block, TextRun, iter_leaves
from policy.cell_labels import CELL_LABEL

_KEPT_ATTRS = {"start", "value", CELL_LABEL}  # numbers of lists, and headings of columns
# The style of an item of a numbered list that has no number itself.
UNNUMBERED_ITEM = "margin:0 0 4px;list-style-type:none"
_HEADINGS = {"h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}  # the redline itself is below an h2


class ChangedSection(NamedTuple):
    """A section that changed: its title, and the blocks that show the title and the changes."""

    name: str
    blocks: tuple[Block, ...]


def build_changed_sections(
    sections: Iterable[SectionRedline], words: HelperWords, gettext: Callable[[str], str]
) -> Iterator[ChangedSection]:
    """Yield the sections that changed; `words` are those of pages."""
    # Marks are in words already.
    words = words._replace(
        deleted="",
        inserted="",
        replaced="",
        moved_here=f"[{words.moved_here}]",
        moved_away=f"[{words.moved_away}]",
        shortens_addresses=False,
    )
    openings = {"ins": gettext("[added: "), "del": gettext("[deleted: ")}
    for section in sections:
        if not section.has_own_change:
            continue
        excerpt = select_short_changes(section)
        shown = (excerpt.title, *label_wide_tables(excerpt.blocks))
        marked = (_spell_out_marks(block, openings) for block in shown)
        blocks = [write_labels(_simplify(block)) for block in add_helper_words(marked, words)]
        if not section.changes:
            text = gettext("Only the form of this section has changed, not its words.")
            blocks.append(Block("p", runs=(TextRun(text),)))
        yield ChangedSection(section.section.title, tuple(blocks))


def _spell_out_marks(block: Block, openings: Mapping[str, str]) -> Block:
    """Return a block with marks in words; a row that is marked as a whole says so once.

    What moved away is not deleted: the words of a helper say where it is.
    """
    if dict(block.attrs).get(MOVED) == AWAY:
        return block
    if block.tag == "tr" and (mark := _find_whole_mark(block)):
        leaves = [list(_name_targets(_drop_footnotes(leaf.runs))) for leaf in iter_leaves((block,))]
        return _replace_runs(block, iter(_enclose(leaves, openings[mark])))
    if block.is_leaf:
        return replace(block, runs=tuple(_spell_out_runs(_drop_footnotes(block.runs), openings)))
    return replace(block, children=tuple(_spell_out_marks(child, openings) for child in block.children))


def _spell_out_runs(runs: Sequence[TextRun], openings: Mapping[str, str]) -> Iterator[TextRun]:
    for mark, group in groupby(close_gaps(runs), key=itemgetter(0)):
        own = [run for _, run in group]
        if not mark:
            yield from own
            continue
        # What stands between two marked words is part of the same mark.
        marked = [run if find_mark(run) else replace(run, marks=(mark, *run.marks)) for run in own]
        yield from _enclose([list(_name_targets(marked))], openings[mark])[0]


def _drop_footnotes(runs: Iterable[TextRun]) -> list[TextRun]:
    """Return the words alone: the signs of footnotes have no target in a letter."""
    return [run for run in runs if "footnote" not in run.marks]


def _find_whole_mark(row: Block) -> str:
    """Return the mark that all words of a row have, or an empty string."""
    marks = {find_mark(run) for leaf in iter_leaves((row,)) for run in leaf.runs if run.text.strip()}
    return marks.pop() if len(marks) == 1 else ""


def _name_targets(runs: Iterable[TextRun]) -> Iterator[TextRun]:
    """Yield marked runs, each link to another site followed by its address, unless its words are that."""
    for href, group in groupby(runs, key=lambda run: run.href):
        own = list(group)
        yield from own
        words = "".join(run.text for run in own).strip()
        if "://" in href and words and words not in href:
            yield replace(own[-1], text=f" <{href}>")


def _enclose(leaves: list[list[TextRun]], opening: str) -> list[list[TextRun]]:
    """Return the runs of leaves with `opening` before the first word and a bracket after the last."""
    places = [(n, m) for n, runs in enumerate(leaves) for m, run in enumerate(runs) if run.text.strip()]
    if not places:
        return leaves
    (first, start), (last, end) = places[0], places[-1]
    run = leaves[first][start]
    leaves[first][start] = replace(run, text=opening + run.text)
    # The closing bracket goes before trailing blanks, so that it touches the last word.
    run = leaves[last][end]
    words = run.text.rstrip()
    leaves[last][end] = replace(run, text=f"{words}]{run.text[len(words) :]}")
    return leaves


def _replace_runs(block: Block, leaves: Iterator[list[TextRun]]) -> Block:
    """Return a block with other runs in its leaves, in reading order."""
    if block.is_leaf:
        return replace(block, runs=tuple(next(leaves)))
    return replace(block, children=tuple(_replace_runs(child, leaves) for child in block.children))


def _simplify(block: Block) -> Block:
    """Return a block as mail programs and readers of feeds get it: without links, classes and anchors."""
    return replace(
        block,
        tag=_HEADINGS.get(block.tag, block.tag),
        children=tuple(map(_simplify, block.children)),
        runs=tuple(
            replace(run, href="", marks=tuple(mark for mark in run.marks if mark != HELPER))
            for run in block.runs
        ),
        attrs=(*_list_styles(block), *(pair for pair in block.attrs if pair[0] in _KEPT_ATTRS)),
    )


def _list_styles(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the style of an item that the new text has not: it has no number, as on pages."""
    if block.tag == "li" and "gone" in dict(block.attrs).get("class", "").split():
        yield "style", UNNUMBERED_ITEM
