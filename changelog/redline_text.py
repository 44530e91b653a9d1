"""Redlines as lines of text, with signs around deleted and inserted words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from changelog.redline import SectionRedline
from changelog.redline_words import DELETED, INSERTED
from policy.blocks import TextRun, iter_leaves


class MarkSigns(NamedTuple):
    """The signs before and after deleted and added words, and a function that escapes the text itself."""

    deleted: tuple[str, str]
    added: tuple[str, str]
    escape: Callable[[str], str] = str


PLAIN_SIGNS = MarkSigns(("[-", "-]"), ("{+", "+}"))  # as in `git diff --word-diff`


def format_changed_lines(redline: SectionRedline, signs: MarkSigns = PLAIN_SIGNS) -> Iterator[str]:
    """Yield the title and each leaf of a section in which something is deleted or added."""
    for runs in (redline.title, *(leaf.runs for leaf in iter_leaves(redline.blocks))):
        if any(_find_mark(run) for run in runs):
            yield format_line(runs, signs)


def format_line(runs: Iterable[TextRun], signs: MarkSigns = PLAIN_SIGNS) -> str:
    """Return a leaf as one line; a deleted or added link has its target after its words."""
    runs_without_footnotes = [run for run in runs if "footnote" not in run.marks]
    parts = []
    for mark, group in groupby(runs_without_footnotes, key=_find_mark):
        links = groupby(group, key=lambda run: run.href)
        text = signs.escape("".join(_format_link(href, list(linked), mark) for href, linked in links))
        before, after = {DELETED: signs.deleted, INSERTED: signs.added}.get(mark, ("", ""))
        body = text.strip() if mark else text
        # Markdown has no "~~ word~~": white space goes outside the signs.
        leading, trailing = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        parts.append(f"{leading}{before}{body}{after}{trailing}" if mark and body else text)
    return " ".join("".join(parts).split())


def _find_mark(run: TextRun) -> str:
    """Return the redline mark of a run, or an empty string."""
    return next((mark for mark in run.marks if mark in {INSERTED, DELETED}), "")


def _format_link(href: str, runs: list[TextRun], mark: str) -> str:
    """Return the words of a link, or of no link; with the target if they are deleted or added."""
    text = "".join(run.text for run in runs)
    return f"{text} <{href}>" if href and mark else text
