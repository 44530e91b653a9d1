"""The canonical form of a text computed from its page, as a reader's browser could do it.

It uses nothing of the product but the two types, so that it tests how policy/canonical.py reads the blocks.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from policy.canonical import CanonicalBlock, StyledText

_INLINE = {"strong", "em", "code", "a", "sup"}
# Boxes for scrolling and anchors of former ids: they hold no text of their own.
_TRANSPARENT = {"div", "span", "article"}
_VOID = {"br", "hr"}


class _Element:
    def __init__(self, tag: str, attrs: dict[str, str]) -> None:
        self.tag, self.attrs = tag, attrs
        self.children: list[_Element | str] = []


class _TreeParser(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("article", {})
        self.open = [self.root]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_canonical_sections(html: str) -> list[CanonicalBlock]:
    """Return the sections of the article of a page."""
    article = re.search(r"<article data-version.*?</article>", html, re.DOTALL)
    assert article
    return read_canonical_blocks(article[0])


def read_canonical_blocks(html: str) -> list[CanonicalBlock]:
    """Return the blocks of a fragment of HTML."""
    return _read_blocks(_TreeParser(html).root)


def _read_blocks(element: _Element) -> list[CanonicalBlock]:
    blocks: list[CanonicalBlock] = []
    inline: list[_Element | str] = []

    def end_paragraph() -> None:
        if words := _read_words(inline):
            blocks.append(CanonicalBlock("p", words))
        inline.clear()

    for child in element.children:
        if isinstance(child, str) or child.tag in {*_INLINE, "br"}:
            inline.append(child)
        else:
            end_paragraph()
            blocks += _read_blocks(child) if child.tag in _TRANSPARENT else [_read_block(child)]
    end_paragraph()
    return blocks


def _read_block(element: _Element) -> CanonicalBlock:
    start = int(element.attrs.get("start", 1)) if element.tag == "ol" else 0
    if element.tag == "pre":
        return CanonicalBlock("pre", (StyledText(_read_code(element)),))
    if element.tag in {"p", "h2", "h3", "h4", "h5", "h6", "dt", "td", "th", "hr"}:
        return CanonicalBlock(element.tag, _read_words(element.children))
    return CanonicalBlock(element.tag, children=tuple(_read_blocks(element)), start=start)


def _read_code(element: _Element) -> str:
    return "".join(child if isinstance(child, str) else _read_code(child) for child in element.children)


def _read_words(children: list[_Element | str]) -> tuple[StyledText, ...]:
    """Return the pieces of a leaf, with single spaces; neighbours of equal style are one piece."""
    characters: list[tuple[str, tuple[str, ...], str]] = []
    _collect_characters(children, (), "", characters)
    pieces: list[StyledText] = []
    space = ""
    for text, styles, href in characters:
        if text.isspace():
            space += text
            continue
        between = ("\n" * space.count("\n") or space[:1]) if pieces else ""
        space = ""
        if pieces and pieces[-1][1:] == (styles, href):
            pieces[-1] = StyledText(pieces[-1].text + between + text, styles, href)
        else:
            pieces.append(StyledText(between + text, styles, href))
    return tuple(pieces)


def _collect_characters(
    children: list[_Element | str],
    styles: tuple[str, ...],
    href: str,
    found: list[tuple[str, tuple[str, ...], str]],
) -> None:
    for child in children:
        if isinstance(child, str):
            found += [(" " if character.isspace() else character, styles, href) for character in child]
        elif child.tag == "br":
            found.append(("\n", styles, href))
        elif child.tag == "sup":  # a footnote reference, whose number the style sheet shows
            (link,) = (inner for inner in child.children if isinstance(inner, _Element))
            found.append((link.attrs["data-number"], tuple(sorted({*styles, "footnote"})), ""))
        elif child.tag == "a":
            _collect_characters(child.children, styles, child.attrs["href"], found)
        else:
            _collect_characters(child.children, tuple(sorted({*styles, child.tag})), href, found)
