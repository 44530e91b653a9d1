"""Compute all redlines of a history, and compare the words that they mark with the fewest possible.

`python -m bench.redlines REPOSITORY REF` computes all redlines of a history, to be timed from outside, and
prints the seconds of the comparisons alone.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from bench import history
from changelog.history import Revision, read_revisions
from changelog.redline import SectionRedline, compute_redline
from changelog.replay import build_version_log
from changelog.section_ids import map_to_current_ids
from policy.blocks import extract_words, iter_leaves
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


def count_marked_words(changes: Iterable[SectionRedline]) -> int:
    """Return how many words a redline shows as inserted or deleted."""
    runs = [
        run
        for change in changes
        for run in (*change.title, *(run for leaf in iter_leaves(change.blocks) for run in leaf.runs))
    ]
    return sum(len(run.text.split()) for run in runs if {"ins", "del"} & set(run.marks))


def count_fewest_marks(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words are outside a longest common subsequence, by bit vectors (Hyyrö 2004).

    Independent of the code that it judges.
    """
    start = next((index for index, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    if start is None:
        return abs(len(old) - len(new))
    old, new = old[start:], new[start:]
    positions: dict[str, int] = {}  # of each word in the old text, as a set of bits
    for index, word in enumerate(old):
        positions[word] = positions.get(word, 0) | 1 << index
    all_ones = (1 << len(old)) - 1
    row = all_ones
    for word in new:
        matches = row & positions.get(word, 0)
        row = ((row + matches) | (row - matches)) & all_ones
    common = len(old) - row.bit_count()
    return len(old) + len(new) - 2 * common


def list_words(document: Document) -> list[str]:
    words: list[str] = []
    for section in document.sections:
        words += [
            *section.title.split(),
            *(word for piece in extract_words(section.blocks) for word in piece.split()),
        ]
    return words


def measure_marking_ratio(past: Iterable[Revision]) -> float:
    """Return the words marked in all redlines of a history, divided by the fewest possible."""
    counts = [
        (
            count_marked_words(compare_documents(old, new)),
            count_fewest_marks(list_words(old), list_words(new)),
        )
        for old, new in iter_version_pairs(past)
    ]
    return sum(marked for marked, _ in counts) / sum(fewest for _, fewest in counts)


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
    start = time.perf_counter()
    for old, new in texts:
        compare_documents(old, new)
    print(time.perf_counter() - start)
