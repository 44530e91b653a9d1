"""A redline as lines of text: what was deleted and added between signs, one leaf a line."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from policy.blocks import iter_leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from changelog.redline import SectionRedline
    from policy.blocks import TextRun


class MarkSigns(NamedTuple):
    """What stands before and behind deleted and added words, and how words are escaped between them."""

    deleted: tuple[str, str]
    added: tuple[str, str]
    escape: Callable[[str], str] = str


PLAIN_SIGNS = MarkSigns(("[-", "-]"), ("{+", "+}"))  # as `git diff --word-diff` writes them


def format_changed_lines(change: SectionRedline, signs: MarkSigns = PLAIN_SIGNS) -> Iterator[str]:
    """Give the title and each leaf of a section in which something was deleted or added."""
    for runs in (change.title, *(leaf.runs for leaf in iter_leaves(change.blocks))):
        if any(mark in {"ins", "del"} for run in runs for mark in run.marks):
            yield format_line(runs, signs)


def format_line(runs: Iterable[TextRun], signs: MarkSigns = PLAIN_SIGNS) -> str:
    """Give the words of a leaf, marked; a link that changed is told by its target."""
    said = [run for run in runs if "note" not in run.marks]
    parts = []
    for mark, group in groupby(said, key=_mark):
        own = list(group)
        text = (_words(target, list(linked), mark) for target, linked in groupby(own, lambda run: run.href))
        words = signs.escape("".join(text))
        before, after = {"del": signs.deleted, "ins": signs.added}.get(mark, ("", ""))
        body = words.strip() if mark else words
        lead, trail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
        parts.append(f"{lead}{before}{body}{after}{trail}" if mark and body else words)
    return " ".join("".join(parts).split())


def _mark(run: TextRun) -> str:
    return next((mark for mark in run.marks if mark in {"ins", "del"}), "")


def _words(target: str, runs: list[TextRun], mark: str) -> str:
    text = "".join(run.text for run in runs)
    return f"{text} <{target}>" if target and mark else text
