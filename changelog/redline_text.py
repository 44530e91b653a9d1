"""Redlines as lines of text, with signs around deleted and inserted words, and helper words between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from changelog.redline_addresses import enclose_address
from changelog.redline_changes import Change, RedlineUnit, UnitState, find_mark
from changelog.redline_excerpts import SEPARATOR, annotate_unit, join_cells, shorten_old_place
from changelog.redline_helpers import HIDDEN, HelperWords, add_helper_words
from changelog.redline_sections import RedlineKind, SectionRedline
from changelog.redline_words import DELETED, INSERTED
from policy.blocks import TextRun


class MarkSigns(NamedTuple):
    """The signs before and after deleted and added words, and a function that escapes the text itself."""

    deleted: tuple[str, str]
    added: tuple[str, str]
    escape: Callable[[str], str] = str


PLAIN_SIGNS = MarkSigns(("[-", "-]"), ("{+", "+}"))  # as in `git diff --word-diff`


def format_changed_lines(
    redline: SectionRedline, words: HelperWords, signs: MarkSigns = PLAIN_SIGNS
) -> Iterator[str]:
    """Yield a line for the title, each block and each table row of a section that changed.

    Whoever prints the lines of a section that moved says so above them: its title is a line only if its words
    changed, and its old place has none.
    """
    if redline.kind is RedlineKind.MOVED_AWAY:
        return
    for change in redline.changes:
        if change.first == 0 and _tells_only_of_move(change):
            continue
        for unit in shorten_old_place(change):
            yield format_line(_list_runs(unit, words), signs)


def _tells_only_of_move(change: Change) -> bool:
    """Whether a change that begins with a title is nothing but a move of the section."""
    title = change.units[0]
    return title.state is UnitState.MOVED_HERE and not any(map(find_mark, title.block.runs))


def _list_runs(unit: RedlineUnit, words: HelperWords) -> list[TextRun]:
    """Return the runs of a unit on one line, with words of helpers."""
    (block,) = add_helper_words((annotate_unit(unit),), words)
    return join_cells(block)


def format_line(runs: Iterable[TextRun], signs: MarkSigns = PLAIN_SIGNS) -> str:
    """Return a leaf as one line; a deleted or added link has its target after its words."""
    shown = [run for run in runs if not {"footnote", HIDDEN} & set(run.marks)]
    parts = []
    for mark, group in groupby(close_gaps(shown), key=lambda marked: marked[0]):
        links = groupby((run for _, run in group), key=lambda run: run.href)
        text = signs.escape("".join(_format_link(href, list(linked), mark) for href, linked in links))
        before, after = {DELETED: signs.deleted, INSERTED: signs.added}.get(mark, ("", ""))
        body = text.strip() if mark else text
        # Markdown has no "~~ word~~": white space goes outside the signs.
        leading, trailing = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        parts.append(f"{leading}{before}{body}{after}{trailing}" if mark and body else text)
    return " ".join("".join(parts).split())


def close_gaps(runs: Sequence[TextRun]) -> list[tuple[str, TextRun]]:
    """Return each run with its mark; what stands between two marked words of a kind has their mark."""
    marked = [(find_mark(run), run) for run in runs]
    filled = [n for n, run in enumerate(runs) if run is not SEPARATOR and run.text.strip()]
    for before, after in pairwise(filled):
        if marked[before][0] == marked[after][0]:
            marked[before:after] = [(marked[before][0], run) for run in runs[before:after]]
    return marked


def _format_link(href: str, runs: list[TextRun], mark: str) -> str:
    """Return the words of a link, or of no link; with the target if they are deleted or added."""
    text = "".join(run.text for run in runs)
    return f"{text} {enclose_address(href)}" if href and mark else text
