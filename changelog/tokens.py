"""Words and the punctuation between them, for comparing two texts word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from policy.blocks import iter_leaves
from policy.document import RenderedSection

END = "¶"  # added to the gap at the end of each block
_TOKEN = re.compile(r"[^\W_]+(?:[.,:/@'’+-][^\W_]+)*|\S")


class TokenizedText(NamedTuple):
    """The words of a text, and the punctuation between them: `gaps[n]` is before `words[n]`."""

    words: list[str]
    gaps: list[list[str]]


@lru_cache(maxsize=128)
def tokenize_section(section: RenderedSection) -> TokenizedText:
    """Return the tokens of title and text; signs of footnotes are not words. Nobody changes the lists.

    Nothing invalidates the cache: sections are immutable. Each is compared with the one before and after it.
    """
    texts = (
        "".join(run.text for run in leaf.runs if "footnote" not in run.marks)
        for leaf in iter_leaves(section.blocks)
    )
    return tokenize([section.title, *texts])


def tokenize(blocks: Sequence[str]) -> TokenizedText:
    """Split blocks into words and gaps. A word may have punctuation inside: "e-mail", "1,5", "kl.10"."""
    words: list[str] = []
    gaps: list[list[str]] = [[]]
    for text in blocks:
        for token in _TOKEN.findall(text):
            if token[0].isalnum():
                words.append(token)
                gaps.append([])
            else:
                gaps[-1].append(token)
        gaps[-1].append(END)
    return TokenizedText(words, gaps)


def list_words(text: str) -> list[str]:
    """Return the words of a text."""
    return [token for token in _TOKEN.findall(text) if token[0].isalnum()]
