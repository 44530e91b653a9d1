"""Texts and notes as they are hashed, computed from their page (docs/reference/record.md).

Whatever the format does not name is an error: an element or an attribute could show other words than those
that are hashed, or hide some.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from verifier.html_reader import Element, PageError

_WITH_BLOCKS = frozenset(
    ["section", "ul", "ol", "li", "dl", "dd", "blockquote", "table", "thead", "tbody", "tr", "div", "span"]
)
_WITH_WORDS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "td", "th", "pre", "hr"])
IN_WORDS = frozenset(["strong", "em", "code", "a", "sup", "br"])
_NOT_PRINTED = frozenset({"div", "span"})
_VOID = frozenset({"br", "hr"})
# The attributes that there may be, and those of them that are hashed.
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "section": frozenset({"id", "lang"}),
    "span": frozenset({"id"}),
    "div": frozenset({"class", "tabindex", "role", "aria-label"}),
    "h2": frozenset({"data-number"}),
    "p": frozenset({"lang", "class"}),
    "ol": frozenset({"start", "class"}),
    "li": frozenset({"id"}),
    "th": frozenset({"scope", "data-label"}),
    "td": frozenset({"data-label"}),
    "sup": frozenset({"id"}),
    "a": frozenset({"href", "class", "data-number", "aria-label"}),
}
_PART_ATTRIBUTES = frozenset({"data-note", "data-salt", "data-part"})
_HASHED_ATTRIBUTES = frozenset({"href", "start", "data-salt", "data-part"})
_CLASSES: Mapping[str, str] = {"div": "scroll", "ol": "footnotes", "a": "back", "p": "title"}
# The attributes of a link back from a footnote and of one to it: style sheets draw what such links show.
_BACK_LINK = frozenset({"href", "class", "aria-label"})
_REFERENCE = frozenset({"href", "data-number", "aria-label"})
_LINK_MARKS = frozenset({"class", "data-number", "aria-label"})
_SCROLLING_BOX: Mapping[str, str] = {"class": "scroll", "tabindex": "0", "role": "group"}
_START = re.compile(r"[0-9]{1,9}")
_SPACE = re.compile(r"\s")
_SPACES = re.compile(r"\s+")
_SPACE_AROUND_BLOCKS = re.compile(r" ?(<(?!/?(?:a|code|em|strong|sup)\b)[^>]*+>) ?")
NOTE_PARTS = ("title", "summary", "action", "reason", "lower-reason")


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text, in hex; raise ValueError if it has half of a surrogate pair."""
    return hashlib.sha256(text.encode()).hexdigest()


def hash_value(value: object) -> str:
    """Return the SHA-256 of a value as canonical JSON, in hex; raise ValueError like `hash_text`."""
    return hash_text(json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True))


def hash_sections(article: Element) -> list[tuple[str, str]]:
    """Return the id and the hash of each section of a text; raise PageError for what no text has."""
    sections = list_elements(article)
    if any(isinstance(child, str) and child.strip() for child in article.children) or any(
        section.tag != "section" for section in sections
    ):
        raise PageError("has something outside the sections of the text")
    salts = article.attributes.get("data-salts")
    words = [""] * len(sections) if salts is None else salts.split()
    if len(words) != len(sections):
        raise PageError(f"has {len(words)} salts for {len(sections)} sections")
    for position, section in enumerate(sections, start=1):
        _check_section_number(section, str(position))
    return [
        (section.attributes.get("id", ""), hash_text(salt + render_plain_markup(section)))
        for salt, section in zip(words, sections, strict=True)
    ]


def hash_version(section_hashes: Iterable[tuple[str, str]]) -> str:
    """Return the hash of the text of a version from those of its sections, each with its id."""
    return hash_text("".join(digest for _, digest in section_hashes))


def hash_note(parts: Sequence[Element]) -> str:
    """Return the hash of a note from its parts; raise PageError for unknown ones or another order."""
    names = [part.attributes.get("data-part", "") for part in parts]
    if names != [name for name in NOTE_PARTS if name in names]:
        raise PageError(f"has a note with the parts {', '.join(names)!r:.80}")
    if len({part.attributes.get("data-salt") for part in parts}) != 1:
        raise PageError("has a note with several salts")
    return hash_text("".join(map(render_plain_markup, parts)))


def render_plain_markup(section: Element) -> str:
    """Return a section or a part of a note as it is hashed; raise PageError for what it must not have."""
    parts: list[str] = []
    allowed = _ATTRIBUTES["section"] | _PART_ATTRIBUTES if "data-part" in section.attributes else None
    _check_attributes(section, allowed)
    _render_element(section, parts)
    return _SPACE_AROUND_BLOCKS.sub(r"\1", _SPACES.sub(" ", "".join(parts)))


def _render_element(element: Element, parts: list[str]) -> None:
    tag = "p" if element.tag == "h1" else element.tag  # the title of a note as the heading of its page
    is_printed = tag not in _NOT_PRINTED
    if is_printed:
        hashed = (
            f' {name}="{escape(value)}"'
            for name, value in element.attributes.items()
            if name in _HASHED_ATTRIBUTES
        )
        parts.append(f"<{tag}{''.join(hashed)}>")
    if tag == "pre":
        parts.append(_render_code(element))
    elif tag == "sup":
        _check_footnote_reference(element)
    elif tag == "div":
        _check_scrolling_box(element)
    elif tag == "table":
        _check_cell_labels(element)
    for child in element.children if tag != "pre" else ():
        if isinstance(child, str):
            parts.append(escape(child, quote=False))
        else:
            if not _is_heading_of_page(element, child):
                _check_child(element, child)
            _render_element(child, parts)
    if is_printed and tag not in _VOID:
        parts.append(f"</{tag}>")


def _render_code(element: Element) -> str:
    """Return what is in a `pre`: an element `code`, whose white space is written so that it stays."""
    match element.children:
        case [Element(tag="code", attributes={}, children=[*texts]) as code] if not code.attributes:
            if all(isinstance(text, str) for text in texts):
                text = escape("".join(map(str, texts)), quote=False)
                return f"<code>{_SPACE.sub(lambda found: f'&#{ord(found[0])};', text)}</code>"
    raise PageError("has elements in preformatted text")


def _is_heading_of_page(parent: Element, child: Element) -> bool:
    """Whether an element is the title of a note that is the heading of its page, without attributes."""
    return child.tag == "h1" and not child.attributes and parent.attributes.get("data-part") == "title"


def _check_child(parent: Element, child: Element) -> None:
    """Raise PageError for an element that cannot be in another one."""
    allowed = IN_WORDS if parent.tag in _WITH_WORDS | IN_WORDS else _WITH_BLOCKS | _WITH_WORDS | IN_WORDS
    if child.tag not in allowed - {"section", "h1"}:
        raise PageError(f"has an element <{child.tag:.20}> where a text cannot have one")
    _check_attributes(child, None)
    if child.tag == "span" and child.children:
        raise PageError("has an element <span> that is no anchor")
    if child.tag == "a" and parent.tag != "sup" and child.attributes.keys() & _LINK_MARKS:
        is_back = parent.tag == "li" and "id" in parent.attributes and child is parent.children[-1]
        if not is_back or child.attributes.keys() != _BACK_LINK or child.children:
            raise PageError("has a link with other attributes than it may have")


def _check_attributes(element: Element, allowed: frozenset[str] | None) -> None:
    tag, attributes = element.tag, element.attributes
    if unknown := attributes.keys() - (allowed or _ATTRIBUTES.get(tag, frozenset[str]())):
        raise PageError(f"has an element <{tag:.20}> with an attribute {min(unknown)!r:.40}")
    if attributes.get("class") not in {None, _CLASSES.get(tag)}:
        raise PageError(f"has an element <{tag:.20}> of another class than it may have")
    if not _START.fullmatch(attributes.get("start", "1")):
        raise PageError("has a list whose first number cannot be read")


def _check_scrolling_box(element: Element) -> None:
    """Raise PageError unless a `div` is the box of one preformatted text."""
    fixed = {name: value for name, value in element.attributes.items() if name != "aria-label"}
    match element.children:
        case [Element(tag="pre")] if fixed == _SCROLLING_BOX:
            return
    raise PageError("has an element <div> that is not the box of preformatted text")


def _check_cell_labels(table: Element) -> None:
    """Raise PageError unless every label of a cell is the heading of its column."""
    rows = [row for part in list_elements(table) for row in list_elements(part)]
    headings = [_extract_letters(cell.get_text()) for cell in list_elements(rows[0])] if rows else []
    for row in rows:
        for number, cell in enumerate(list_elements(row)):
            label = cell.attributes.get("data-label")
            if label is not None and (
                row is rows[0] or [_extract_letters(label)] != headings[number : number + 1]
            ):
                raise PageError("has a cell with another label than the heading of its column")


def _extract_letters(text: str) -> str:
    """Return a text without white space, of which a heading may have more than its words on one line."""
    return _SPACES.sub("", text)


def _check_footnote_reference(element: Element) -> None:
    """Raise PageError unless the only thing in a `sup` is a link that shows the number of its footnote."""
    match element.children:
        case [Element(tag="a", children=[]) as link]:
            number = link.attributes.get("data-number", "")
            is_bare = link.attributes.keys() == _REFERENCE
            if is_bare and number and link.attributes["href"].endswith(f"-note-{number}"):
                return
    raise PageError("has an element <sup> that is no reference to a footnote")


def _check_section_number(section: Element, number: str) -> None:
    for heading in list_elements(section):
        if heading.tag == "h2" and heading.attributes.get("data-number", number) != number:
            raise PageError(f"shows another number than {number} at section {number}")


def list_elements(element: Element) -> list[Element]:
    """Return the elements directly in an element."""
    return [child for child in element.children if isinstance(child, Element)]
