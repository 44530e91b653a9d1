"""Compares the words that an editor typed with those that readers see.

Markdown consumes characters: a cell too many, the title of a link, a footnote that nothing refers to, a
second definition. Nobody would miss them on the page. So the letters and digits of the source, minus known
markup, must be those of its tokens, in the same order.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from rapidfuzz.distance import LCSseq

from policy.markdown_parser import Token

_WORD = re.compile(r"[^\W_]+")
_FOOTNOTE_LABEL = re.compile(r"\[\^[^\[\]\s]+\]")
# The second part of [words][label].
_REFERENCE_LABEL = re.compile(r"(?<=\])\[([^\[\]]+)\]")
_ENTITY = re.compile(r"&(?:#\w{1,8}|\w{1,32});")
_TEXT_TYPES = {"text", "text_special", "softbreak", "hardbreak"}
_MAX_COMPARED_WORDS = (
    20_000  # words are compared with words, a bit each; beyond, the first difference is found
)


class UnprintedWords(NamedTuple):
    """Words of the source that readers do not see; `line` counts from 1."""

    line: int
    text: str


def find_unprinted_words(
    source: str, tokens: Sequence[Token], environment: dict[str, Any]
) -> Iterator[UnprintedWords]:
    """Yield the words of a Markdown text that no reader sees, in order.

    The tokens and the environment are those of `parse_unmoved_tokens`.
    """
    typed = list(_iter_typed_words(source, environment))
    printed = list(_iter_words(_iter_printed_texts(tokens, environment)))
    if "".join(word for _, word in typed) == "".join(printed):
        return
    yield from _compare_words(typed, printed)


def _iter_typed_words(source: str, environment: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield line and text of the words of the source, without labels and definitions of references."""
    references = environment.get("references", {})
    defined = {
        line
        for definition in (*references.values(), *environment.get("duplicate_refs", ()))
        for line in range(*definition["map"])
    }
    for number, line in enumerate(source.split("\n")):
        if number in defined:
            continue
        text = _FOOTNOTE_LABEL.sub(" ", line)
        text = _REFERENCE_LABEL.sub(
            lambda match: " " if _normalize_label(match[1]) in references else match[0], text
        )
        for word in _WORD.findall(_decode_entities(text)):
            yield number + 1, word


def _normalize_label(label: str) -> str:
    """Return a label as the parser compares it."""
    return " ".join(label.split()).lower().upper()


def _decode_entities(text: str) -> str:
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)


def _iter_words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from _WORD.findall(_decode_entities(_FOOTNOTE_LABEL.sub(" ", text)))


def _iter_printed_texts(tokens: Iterable[Token], environment: dict[str, Any]) -> Iterator[str]:
    """Yield what readers see of block tokens: texts, targets of links, and numbers of lists."""
    for token in tokens:
        match token.type:
            case "inline":
                yield from _iter_inline_texts(token.children or (), environment)
            case "list_item_open":
                yield token.info
            case "fence" | "code_block" | "table_placeholder":
                yield token.content


def _iter_inline_texts(tokens: Iterable[Token], environment: dict[str, Any]) -> Iterator[str]:
    """Yield what readers see of the tokens of one leaf. Neighbouring texts are joined: "[^" may be split."""
    targets: list[str] = []
    for is_text, group in groupby(tokens, key=lambda token: token.type in _TEXT_TYPES):
        if is_text:
            yield "".join(token.content or "\n" for token in group)
            continue
        for token in group:
            yield from _iter_texts_of_token(token, targets, environment)


def _iter_texts_of_token(token: Token, targets: list[str], environment: dict[str, Any]) -> Iterator[str]:
    """Yield what readers see of a token that is not text; `targets` are those of the links that are open."""
    match token.type:
        case "link_open":
            # The target of a reference is in its definition; that of an address in <> is its text.
            is_typed_here = "label" not in token.meta and token.markup != "autolink"
            targets.append(str(token.attrGet("href") or "") if is_typed_here else "")
        case "link_close":
            yield targets.pop()
        case "image":
            yield from _iter_inline_texts(token.children or (), environment)
            if "label" not in token.meta:
                yield str(token.attrGet("src") or "")
        case "footnote_ref" if "label" not in token.meta:  # ^[a footnote inside the text]
            yield environment["footnotes"]["list"][token.meta["id"]]["content"]
        case "placeholder" | "code_inline":
            yield token.content


def _compare_words(typed: list[tuple[int, str]], printed: list[str]) -> Iterator[UnprintedWords]:
    """Yield each stretch of typed words that is not printed in its place."""
    words = [word for _, word in typed]
    if max(len(words), len(printed)) > _MAX_COMPARED_WORDS:
        first = next(
            (n for n, (one, other) in enumerate(zip(words, printed, strict=False)) if one != other),
            min(len(words), len(printed)),
        )
        if first < len(words):
            yield UnprintedWords(typed[first][0], words[first])
        return
    for is_equal, group in groupby(LCSseq.opcodes(words, printed), key=lambda step: step.tag == "equal"):
        steps = list(group)
        start, end = steps[0].src_start, steps[-1].src_end
        other_start, other_end = steps[0].dest_start, steps[-1].dest_end
        # "person**opplysninger**" is one word for readers.
        is_printed = is_equal or "".join(words[start:end]) == "".join(printed[other_start:other_end])
        if start < end and not is_printed:
            yield UnprintedWords(typed[start][0], " ".join(words[start:end]))
