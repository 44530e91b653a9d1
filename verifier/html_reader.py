"""Reads a page into a tree of elements, in time that grows with its length only.

It accepts less than a browser, which guesses what is meant where markup is wrong: every element must be
closed where it should be, and every attribute named once. So a page that it accepts is read in one way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

_MAX_DEPTH = 100  # elements inside each other; a text has some ten, and functions that walk the tree recurse
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_RAW_TEXT = frozenset({"script", "style", "textarea", "title"})  # elements without elements in them
_TEXT = re.compile(r"[^<]++")
_DOCTYPE = re.compile(r"<!doctype\b[^<>]*+>", re.IGNORECASE)
_END_TAG = re.compile(r"</([a-zA-Z][a-zA-Z0-9-]*+)\s*+>")
_START_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*+)")
_ATTRIBUTE = re.compile(r"""\s++([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?+""")
_TAG_END = re.compile(r"\s*+/?>")


class PageError(Exception):
    """What is wrong with a page, as the end of a sentence about it."""


@dataclass(slots=True)
class Element:
    """An element with its attributes, and the elements and texts in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def find_all(self, attribute: str) -> Iterator[Element]:
        """Yield every element below that has an attribute, in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                if attribute in child.attributes:
                    yield child
                yield from child.find_all(attribute)

    def get_text(self) -> str:
        """Return all text in the element."""
        return "".join(child if isinstance(child, str) else child.get_text() for child in self.children)


def parse_page(content: bytes) -> Element:
    """Return the root of a page, an element without a tag; raise PageError if it cannot be read."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise PageError("is not UTF-8") from None
    builder = _TreeBuilder()
    position = 0
    try:
        while position < len(text):
            position = builder.read_token(text, position)
    except ValueError:  # of `unescape`, for a reference with thousands of digits
        raise PageError("has a character reference that cannot be read") from None
    if len(builder.open_elements) > 1:
        raise PageError(f"has an element <{builder.open_elements[-1].tag}> that is not closed")
    return builder.root


class _TreeBuilder:
    def __init__(self) -> None:
        self.root = Element("")
        self.open_elements = [self.root]

    def read_token(self, text: str, position: int) -> int:
        """Read what begins at a position; return where it ends."""
        if found := _TEXT.match(text, position):
            self._add(unescape(found[0]))
        elif found := _START_TAG.match(text, position):
            return self._read_start_tag(found[1].lower(), text, found.end())
        elif found := _END_TAG.match(text, position):
            self._close(found[1].lower())
        elif text.startswith("<!--", position):
            end = text.find("-->", position + 4)
            # Browsers end these comments earlier than others.
            if end < 0 or text.startswith((">", "->"), position + 4):
                raise PageError("has a comment that does not end")
            self._add(Element("!--"))
            return end + 3
        elif not (found := _DOCTYPE.match(text, position)) or len(self.open_elements) > 1:
            raise PageError(f"has markup that cannot be read: {text[position : position + 20]!r}")
        return found.end()

    def _read_start_tag(self, tag: str, text: str, position: int) -> int:
        attributes: dict[str, str] = {}
        while found := _ATTRIBUTE.match(text, position):
            name = found[1].lower()
            if name in attributes:
                raise PageError(f"has an element <{tag}> with two attributes {name!r:.40}")
            attributes[name] = unescape(
                next((value for value in found.groups()[1:] if value is not None), "")
            )
            position = found.end()
        if not (found := _TAG_END.match(text, position)):
            raise PageError(f"has an element <{tag}> whose attributes cannot be read")
        element = Element(tag, attributes)
        self._add(element)
        if tag in _RAW_TEXT:
            return self._read_raw_text(element, text, found.end())
        if tag not in _VOID:
            if len(self.open_elements) > _MAX_DEPTH:
                raise PageError(f"has more than {_MAX_DEPTH} elements inside each other")
            self.open_elements.append(element)
        return found.end()

    def _read_raw_text(self, element: Element, text: str, position: int) -> int:
        """Read up to the end tag of an element in which there are no other elements."""
        end = re.compile(rf"</{element.tag}\s*+>", re.IGNORECASE).search(text, position)
        if end is None:
            raise PageError(f"has an element <{element.tag}> that is not closed")
        element.children.append(unescape(text[position : end.start()]))
        return end.end()

    def _close(self, tag: str) -> None:
        if self.open_elements[-1].tag != tag:
            raise PageError(f"has an end tag </{tag}> without its start tag")
        self.open_elements.pop()

    def _add(self, child: Element | str) -> None:
        self.open_elements[-1].children.append(child)
