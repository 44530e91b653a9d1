"""The words of texts as `policy.txt` and the JSON files have them (docs/reference/record.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from verifier.html_reader import Element
from verifier.texts import IN_WORDS


def list_words(elements: Iterable[Element], *, with_targets: bool = False) -> list[str]:
    """Return the words of elements in order, each item of a numbered list after its number.

    With targets, the target of each link follows its words in angle brackets. References to footnotes are no
    words.
    """
    return [word for element in elements for word in _iter_words(element, with_targets=with_targets)]


def _iter_words(element: Element, *, with_targets: bool) -> Iterator[str]:
    # The numbers of footnotes are not printed.
    is_numbered = element.tag == "ol" and "class" not in element.attributes
    number = int(element.attributes.get("start", "1")) if is_numbered else 0
    line: list[Element | str] = []
    for child in element.children:
        if isinstance(child, str) or child.tag in IN_WORDS:
            line.append(child)
            continue
        yield from _split_line(line, with_targets=with_targets)
        line = []
        if is_numbered:
            yield f"{number}."
            number += 1
        yield from _iter_words(child, with_targets=with_targets)
    yield from _split_line(line, with_targets=with_targets)


def _split_line(line: Sequence[Element | str], *, with_targets: bool) -> list[str]:
    parts: list[str] = []
    for target, group in groupby(_iter_texts(line), key=lambda text: text[1]):
        words = "".join(text for text, _ in group)
        if target and with_targets and words.strip():
            words = f"{words.rstrip()} <{target}>{words[len(words.rstrip()) :]}"
        parts.append(words)
    return "".join(parts).split()


def _iter_texts(nodes: Iterable[Element | str], target: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text with the target of the link that it is in."""
    for node in nodes:
        if isinstance(node, str):
            yield node, target
        elif node.tag == "br":
            yield " ", target
        elif node.tag != "sup":
            yield from _iter_texts(node.children, node.attributes.get("href", target))
