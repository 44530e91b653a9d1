"""Redlines: all those of a history, and how many words they mark against the fewest that there could be.

`python -m bench.redlines REPOSITORY REF` makes all redlines of a history, to be timed from outside; it
prints the seconds of comparing alone.
"""

from __future__ import annotations

import random
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bench import history
from changelog.history import Revision, read_revisions
from changelog.redline import compute_redline, map_to_current_ids
from changelog.replay import build_version_log
from policy.blocks import extract_words, iter_leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from changelog.redline import SectionRedline
    from policy.document import Document

WORDS = 5_000


def pairs(past: Iterable[Revision]) -> Iterator[tuple[Document, Document]]:
    """Walk each version with the one before it, in each language."""
    found = build_version_log(past)
    for before, after in pairwise(found.versions):
        for locale in before.documents.keys() & after.documents.keys():
            yield before.documents[locale], after.documents[locale]


def compared(old: Document, new: Document) -> tuple[SectionRedline, ...]:
    return compute_redline(old, new, map_to_current_ids([new], {}))


def marked(changes: Iterable[SectionRedline]) -> int:
    """Count the words that a redline shows as inserted or deleted."""
    runs = [
        run
        for change in changes
        for run in (*change.title, *(run for leaf in iter_leaves(change.blocks) for run in leaf.runs))
    ]
    return sum(len(run.text.split()) for run in runs if {"ins", "del"} & set(run.marks))


def fewest(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the words outside a longest common subsequence, by rows of bits (Hyyrö 2004): no code of ours."""
    start = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    if start is None:
        return abs(len(old) - len(new))
    old, new = old[start:], new[start:]
    places: dict[str, int] = {}
    for at, word in enumerate(old):
        places[word] = places.get(word, 0) | 1 << at
    whole = (1 << len(old)) - 1
    row = whole
    for word in new:
        both = row & places.get(word, 0)
        row = ((row + both) | (row - both)) & whole
    common = len(old) - row.bit_count()
    return len(old) + len(new) - 2 * common


def said(document: Document) -> list[str]:
    words: list[str] = []
    for part in document.sections:
        words += [
            *part.title.split(),
            *(word for piece in extract_words(part.blocks) for word in piece.split()),
        ]
    return words


def excess(past: Iterable[Revision]) -> float:
    """Give the words marked in all redlines of a history over the fewest that could be."""
    both = [(marked(compared(old, new)), fewest(said(old), said(new))) for old, new in pairs(past)]
    return sum(mine for mine, _ in both) / sum(least for _, least in both)


def shuffled() -> list[Revision]:
    """Give a text of one paragraph and the same words in any order."""
    author, chance = history.Author("en", 1), random.Random(1)  # noqa: S311 - the same each time
    words = author.some(WORDS)
    return _story([" ".join(words)], [" ".join(chance.sample(words, len(words)))])


def unrelated() -> list[Revision]:
    """Give two texts of one paragraph each that share a language and nothing else."""
    author = history.Author("en", 1)
    return _story([" ".join(author.some(WORDS))], [" ".join(author.some(WORDS))])


def reordered() -> list[Revision]:
    """Give a text of paragraphs and the same paragraphs in any order."""
    author, chance = history.Author("en", 1), random.Random(1)  # noqa: S311 - the same each time
    text = [author.paragraph() for _ in range(WORDS // 70)]
    return _story(text, chance.sample(text, len(text)))


def _story(*texts: list[str]) -> list[Revision]:
    return [
        Revision(f"{number:040x}", 1_600_000_000 + number * 86_400, _files(text))
        for number, text in enumerate(texts)
    ]


def _files(text: list[str]) -> dict[str, bytes]:
    sections = {f"content/{locale}/01-del.md": history.section(locale, 1, text) for locale in ("nb", "en")}
    return {path: text.encode() for path, text in {"content/policy.yaml": history.POLICY, **sections}.items()}


if __name__ == "__main__":
    texts = list(pairs(read_revisions(Path(sys.argv[1]), sys.argv[2])))
    began = time.perf_counter()
    for old, new in texts:
        compared(old, new)
    print(time.perf_counter() - began)
