"""The canonical form of texts and notes, computed from their page, and their hashes (docs/reference/record.md).

Whatever the format does not name is an error: an element or an attribute could show other words than those that
are hashed, or hide some.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.html_reader import Element, PageError

_WITH_BLOCKS = frozenset("section ul ol li dl dd blockquote table thead tbody tr".split())
_WITH_WORDS = frozenset("p h2 h3 h4 h5 h6 dt td th pre hr".split())
_TRANSPARENT = frozenset({"div", "span"})
_STYLES = frozenset({"strong", "em", "code"})
_IN_WORDS = _STYLES | {"a", "sup", "br"}
# The attributes that there may be, apart from those of the elements that hold a text or a note.
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "section": frozenset({"id", "lang"}),
    "span": frozenset({"id"}),
    "div": frozenset({"class", "tabindex", "role", "aria-label"}),
    "h2": frozenset({"data-number"}),
    "p": frozenset({"lang"}),
    "ol": frozenset({"start", "class"}),
    "li": frozenset({"id"}),
    "th": frozenset({"scope"}),
    "sup": frozenset({"id"}),
    "a": frozenset({"href", "class", "data-number", "aria-label"}),
}
_CLASSES: Mapping[str, str] = {"div": "scroll", "ol": "footnotes", "a": "back"}
_START = re.compile(r"[0-9]{1,9}")
NOTE_PARTS = ("title", "summary", "action", "reason", "lower-reason")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words with the same styles and link target."""

    text: str
    styles: tuple[str, ...] = ()
    target: str = ""

    def describe(self) -> list[object]:
        """Return the piece as it is hashed."""
        return [self.text, list(self.styles), self.target]


_LINE_BREAK = Piece("\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A block with words or blocks. `is_numbered` tells that the numbers of an `ol` are part of its plain text."""

    tag: str
    words: tuple[Piece, ...] = ()
    blocks: tuple[Block, ...] = ()
    start: int = 0
    is_numbered: bool = False

    def describe(self) -> list[object]:
        """Return the block as it is hashed."""
        pieces = [piece.describe() for piece in self.words]
        return [self.tag, pieces, [block.describe() for block in self.blocks], self.start]


def hash_value(value: object, salt: str = "") -> str:
    """Return the SHA-256 of a salt followed by a value as canonical JSON, in hex.

    Raises ValueError for text that is no Unicode, such as half of a surrogate pair.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256((salt + text).encode()).hexdigest()


def read_sections(article: Element) -> tuple[Block, ...]:
    """Return the sections of a text; raise PageError for anything else in it."""
    sections = read_blocks(article.children)
    if any(section.tag != "section" for section in sections):
        raise PageError("has words outside the sections of the text")
    for position, section in enumerate(_list_elements(article), start=1):
        _check_section_number(section, str(position))
    return sections


def _list_elements(element: Element) -> list[Element]:
    return [child for child in element.children if isinstance(child, Element)]


def _check_section_number(section: Element, number: str) -> None:
    for heading in _list_elements(section):
        if heading.tag == "h2" and heading.attributes.get("data-number", number) != number:
            raise PageError(f"shows another number than {number} at section {number}")


def hash_text(article: Element, sections: Sequence[Block]) -> str:
    """Return the hash of a text from its sections and the salts at its element; raise PageError for others."""
    salts = article.attributes.get("data-salts")
    words = [""] * len(sections) if salts is None else salts.split()
    if len(words) != len(sections):
        raise PageError(f"has {len(words)} salts for {len(sections)} sections")
    return hash_value([hash_value(section.describe(), salt) for section, salt in zip(sections, words, strict=True)])


def read_note(element: Element) -> dict[str, tuple[Block, ...]]:
    """Return the parts of a note by name; raise PageError for unknown ones or another order."""
    parts = list(element.find_all("data-part"))
    names = [part.attributes["data-part"] for part in parts]
    if names != [name for name in NOTE_PARTS if name in names]:
        raise PageError(f"has a note with the parts {', '.join(names)!r:.80}")
    return {name: _read_note_part(part) for name, part in zip(names, parts, strict=True)}


def _read_note_part(part: Element) -> tuple[Block, ...]:
    attributes = {name: value for name, value in part.attributes.items() if name != "data-part"}
    if attributes.keys() - {"class"} or attributes.get("class", "") not in {"", "title", "summary"}:
        raise PageError("has a part of a note with attributes that it must not have")
    return read_blocks([Element(part.tag, {}, part.children)])


def hash_note(element: Element, parts: Mapping[str, Sequence[Block]]) -> str:
    """Return the hash of a note from its parts and the salt at its element."""
    described = [[name, [block.describe() for block in blocks]] for name, blocks in parts.items()]
    return hash_value(described, element.attributes.get("data-salt", ""))


def read_blocks(nodes: Iterable[Element | str]) -> tuple[Block, ...]:
    """Return the blocks among elements and texts; words between two of them are a paragraph."""
    blocks: list[Block] = []
    between: list[Element | str] = []
    for node in nodes:
        if isinstance(node, str) or node.tag in _IN_WORDS:
            between.append(node)
            continue
        _append_paragraph(blocks, between)
        between = []
        _check_attributes(node)
        if node.tag in _TRANSPARENT:
            blocks += read_blocks(node.children)
        else:
            blocks.append(_read_block(node))
    _append_paragraph(blocks, between)
    return tuple(blocks)


def _append_paragraph(blocks: list[Block], nodes: Sequence[Element | str]) -> None:
    if words := _join_words(_iter_texts(nodes)):
        blocks.append(Block("p", words))


def _read_block(element: Element) -> Block:
    tag = element.tag
    if tag == "pre":
        _check_code(element)
        return Block("pre", (Piece(element.get_text()),))
    if tag in _WITH_WORDS:
        return Block(tag, _join_words(_iter_texts(element.children)))
    if tag not in _WITH_BLOCKS:
        raise PageError(f"has an element <{tag:.20}> that a text cannot have")
    blocks = read_blocks(element.children)
    if tag != "ol":
        return Block(tag, blocks=blocks)
    start = element.attributes.get("start", "1")
    if not _START.fullmatch(start):
        raise PageError("has a list whose first number cannot be read")
    return Block(tag, blocks=blocks, start=int(start), is_numbered="class" not in element.attributes)


def _check_code(element: Element) -> None:
    for child in _list_elements(element):
        if child.tag != "code" or child.attributes or _list_elements(child):
            raise PageError("has elements in preformatted text")


def _check_attributes(element: Element) -> None:
    allowed = _ATTRIBUTES.get(element.tag, frozenset[str]())
    if unknown := element.attributes.keys() - allowed:
        raise PageError(f"has an element <{element.tag:.20}> with an attribute {min(unknown)!r:.40}")
    if element.attributes.get("class") not in {None, _CLASSES.get(element.tag)}:
        raise PageError(f"has an element <{element.tag:.20}> of another class than it may have")


def _iter_texts(
    nodes: Iterable[Element | str], styles: frozenset[str] = frozenset(), target: str = ""
) -> Iterator[tuple[str, Piece]]:
    """Yield each text with a piece of its style; `_LINE_BREAK` for an element `br`."""
    for node in nodes:
        if isinstance(node, str):
            yield node, Piece("", tuple(sorted(styles)), target)
            continue
        if node.tag not in _IN_WORDS:
            raise PageError(f"has an element <{node.tag:.20}> in words, which a text cannot have")
        _check_attributes(node)
        if node.tag == "br":
            yield "", _LINE_BREAK
        elif node.tag == "sup":
            yield _read_footnote_number(node), Piece("", tuple(sorted(styles | {"footnote"})))
        else:
            own = styles | {node.tag} if node.tag in _STYLES else styles
            yield from _iter_texts(node.children, own, node.attributes.get("href", target))


def _read_footnote_number(reference: Element) -> str:
    match reference.children:
        case [Element(tag="a", children=[]) as link] if "data-number" in link.attributes:
            _check_attributes(link)
            return link.attributes["data-number"]
    raise PageError("has an element <sup> that is no reference to a footnote")


def _join_words(texts: Iterable[tuple[str, Piece]]) -> tuple[Piece, ...]:
    """Return texts as few pieces; white space between two of them is at the start of the second."""
    pieces: list[tuple[list[str], Piece]] = []
    gap = ""
    for text, kind in texts:
        if kind is _LINE_BREAK:
            gap = gap.strip(" ") + "\n"
            continue
        words = " ".join(text.split())
        if text[:1].isspace():
            gap = gap or " "
        if not words:
            continue
        is_first = not pieces
        if is_first or pieces[-1][1] != kind:
            pieces.append(([], kind))
        pieces[-1][0].append(words if is_first else gap + words)
        gap = " " if text[-1].isspace() else ""
    return tuple(Piece("".join(parts), kind.styles, kind.target) for parts, kind in pieces)
