"""Compute all redlines of a history, and compare the words that they mark with the fewest that are readable.

`python -m bench.redlines REPOSITORY REF` computes all redlines of a history, to be timed from outside, and
prints the seconds of the comparisons alone: wall time and CPU time.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import count, groupby, pairwise
from pathlib import Path

from bench import history
from bench.readable_words import count_fewest_readable_marks
from bench.redline_measures import count_marked_words
from bench.redline_pages import Token
from changelog.history import Revision, read_revisions
from changelog.redline import compute_redline
from changelog.redline_sections import RedlineKind, SectionRedline
from changelog.replay import build_version_log
from changelog.section_ids import map_to_current_ids
from policy.blocks import Block, TextRun, extract_words, iter_leaves
from policy.document import Document

WORDS = 5_000


def iter_version_pairs(past: Iterable[Revision]) -> Iterator[tuple[Document, Document]]:
    """Yield each version's document and the one before it, in each language."""
    found = build_version_log(past)
    for before, after in pairwise(found.versions):
        for locale in before.documents.keys() & after.documents.keys():
            yield before.documents[locale], after.documents[locale]


def compare_documents(old: Document, new: Document) -> tuple[SectionRedline, ...]:
    return compute_redline(old, new, map_to_current_ids([new], {}))


def list_redline_words(changes: Iterable[SectionRedline]) -> list[Token]:
    """Return the words of a redline as a page of it would have them."""
    numbers = count()
    words: list[Token] = []
    for change in changes:
        is_moved = change.kind in {RedlineKind.MOVED_HERE, RedlineKind.MOVED_AWAY}
        title = Block("h2", runs=change.title)
        words += _iter_words((title, *change.blocks), numbers, next(numbers) if is_moved else -1)
    return words


def _iter_words(blocks: Iterable[Block], numbers: Iterator[int], moved: int) -> Iterator[Token]:
    """Yield the words of blocks; what moved as one has the same number."""
    for block in blocks:
        own_moved = next(numbers) if moved < 0 and "moved" in dict(block.attrs) else moved
        if not block.is_leaf:
            yield from _iter_words(block.children, numbers, own_moved)
            continue
        at = next(numbers)
        for mark, runs in groupby(block.runs, key=_find_mark):
            for word in "".join(run.text for run in runs).split():
                yield Token(word, at, mark, own_moved)


def _find_mark(run: TextRun) -> str:
    return next((mark for mark in run.marks if mark in {"ins", "del"}), "")


def list_words(document: Document) -> list[Token]:
    """Return the words of a document with the number of the block that each stands in."""
    leaves = [
        leaf
        for section in document.sections
        for leaf in (Block("h2", runs=(TextRun(section.title),)), *iter_leaves(section.blocks))
    ]
    return [Token(word, number) for number, leaf in enumerate(leaves) for word in extract_words([leaf])]


def measure_marking_ratio(past: Iterable[Revision]) -> float:
    """Return the words marked in all redlines of a history, divided by the fewest that are readable."""
    marked = fewest = 0
    for old, new in iter_version_pairs(past):
        marked += count_marked_words(list_redline_words(compare_documents(old, new)))
        fewest += count_fewest_readable_marks(list_words(old), list_words(new))
    return marked / fewest


def build_shuffled_history() -> list[Revision]:
    """Return a history of one paragraph and the same words in random order."""
    author, chance = history.Author("en", 1), random.Random(1)  # noqa: S311 - the same each time
    words = author.pick_words(WORDS)
    return _build_history([" ".join(words)], [" ".join(chance.sample(words, len(words)))])


def build_unrelated_history() -> list[Revision]:
    """Return a history of two paragraphs that share nothing but the language."""
    author = history.Author("en", 1)
    return _build_history([" ".join(author.pick_words(WORDS))], [" ".join(author.pick_words(WORDS))])


def build_reordered_history() -> list[Revision]:
    """Return a history of many paragraphs and the same paragraphs in random order."""
    author, chance = history.Author("en", 1), random.Random(1)  # noqa: S311 - the same each time
    text = [author.write_paragraph() for _ in range(WORDS // 70)]
    return _build_history(text, chance.sample(text, len(text)))


def _build_history(*texts: list[str]) -> list[Revision]:
    return [
        Revision(f"{number:040x}", 1_600_000_000 + number * 86_400, _build_files(text))
        for number, text in enumerate(texts)
    ]


def _build_files(text: list[str]) -> dict[str, bytes]:
    sections = {
        f"content/{locale}/01-del.md": history.format_section(locale, 1, text) for locale in ("nb", "en")
    }
    return {path: text.encode() for path, text in {"content/policy.yaml": history.POLICY, **sections}.items()}


if __name__ == "__main__":
    texts = list(iter_version_pairs(read_revisions(Path(sys.argv[1]), sys.argv[2])))
    gc.set_threshold(20_000, *gc.get_threshold()[1:])  # as a build does, see generator/build.py
    start, cpu = time.perf_counter(), time.process_time()
    for old, new in texts:
        compare_documents(old, new)
    print(time.perf_counter() - start, time.process_time() - cpu)
