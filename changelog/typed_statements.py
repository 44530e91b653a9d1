"""What editors typed in sections, as far as it may say who gets data, why and for how long.

Two texts with the same statements may still differ in any other word. Facts have a comparison of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from changelog.weighty_words import find_weighty_words
from languages.loader import get_language
from policy.blocks import Block, iter_leaves
from policy.checks.context import PLACEHOLDER_SIGN, extract_source_text, split_sentences
from policy.fields import Locale
from policy.markdown import parse_markdown
from policy.models import Section

_SIGNS = f".,:;!?()«»“”\"'{PLACEHOLDER_SIGN}"


def count_statements(sections: Iterable[Section]) -> Counter[str]:
    """Count the weighty words of sections, their words about storage, their names and their typed tables."""
    counts: Counter[str] = Counter()
    for section in sections:
        counts.update(_list_statements(section.title, section.body, section.id, section.locale))
    return counts


@lru_cache(maxsize=1024)
def _list_statements(title: str, body: str, anchor: str, locale: Locale) -> tuple[str, ...]:
    """Return the statements of a section; the cache needs no invalidation: its key is the complete input."""
    blocks = parse_markdown(body, anchor, locale)
    texts = [title, *map(extract_source_text, iter_leaves(blocks))]
    storage = get_language(locale).checks.phrases.storage
    return (
        *(word.casefold() for text in texts for word in find_weighty_words(text, locale)),
        *(match[0].casefold() for text in texts if storage for match in storage.finditer(text)),
        *dict.fromkeys(name for text in texts for name in _list_names(text)),
        *(" | ".join(map(extract_source_text, iter_leaves([table]))) for table in _iter_tables(blocks)),
    )


def _list_names(text: str) -> Iterator[str]:
    """Yield the words with a capital that no sentence begins with."""
    for sentence in split_sentences(text):
        for word in sentence.split()[1:]:
            name = word.strip(_SIGNS)
            if name[:1].isupper():
                yield name


def _iter_tables(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the tables that editors typed."""
    for block in blocks:
        if block.tag == "table":
            yield block
        else:
            yield from _iter_tables(block.children)
