"""The words of built pages, and how a redline marks them, read as a browser reads them.

Only the hooks of the pages are used (docs/reference/redline.md), nothing of the code that made them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from html.parser import HTMLParser
from itertools import groupby
from operator import attrgetter

# Elements before and after which a word ends.
_BLOCKS = frozenset(
    {"article", "blockquote", "dd", "details", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
    | {"li", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"}
)
_VOID_ELEMENTS = frozenset({"br", "hr", "img", "input", "wbr"})
_HELPER_CLASSES = frozenset({"helper", "visually-hidden"})
_MOVED_CLASSES = frozenset({"moved", "moved-here", "moved-away"})


@dataclass(frozen=True, slots=True)
class Piece:
    """Text without an element inside, and where it stands.

    `block` numbers the stretches of text that words cannot cross, `element` the ins and del elements, `moved`
    the outermost elements that moved, `section` the sections and `row` the table rows; -1 is outside of any.
    """

    text: str = ""
    block: int = 0
    mark: str = ""  # ins, del or nothing
    element: int = -1
    moved: int = -1
    section: int = -1
    row: int = -1
    is_helper: bool = False  # not the policy's
    is_collapsed: bool = False  # not seen before something is opened


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the policy."""

    word: str
    block: int = 0
    mark: str = ""
    moved: int = -1
    section: int = -1
    is_collapsed: bool = False


@dataclass(slots=True)
class MarkElement:
    """An ins or del element; a footnote number in it is drawn by the style sheet and is no text."""

    kind: str
    has_footnote_number: bool = False


@dataclass(slots=True)
class PageSection:
    """A section of the policy on a page: its id, or, where it is only named, the one that it links to."""

    id: str
    classes: frozenset[str]

    @property
    def is_named(self) -> bool:
        """Whether nothing in it changed, so that its words are not compared here."""
        return "same" in self.classes


@dataclass
class Page:
    """The policy or the redline on a page.

    `anchors` and `helper_links` have the number of the piece before which an id or a link of a helper stands.
    """

    attributes: dict[str, str] = field(default_factory=dict)  # of the article
    pieces: list[Piece] = field(default_factory=list)
    marks: list[MarkElement] = field(default_factory=list)
    sections: list[PageSection] = field(default_factory=list)
    anchors: dict[str, int] = field(default_factory=dict)
    helper_links: list[tuple[str, int]] = field(default_factory=list)

    def iter_sections(self) -> Iterator[tuple[PageSection | None, list[Piece]]]:
        """Yield each section with its pieces; text between sections has None."""
        for number, pieces in groupby(self.pieces, key=lambda piece: piece.section):
            yield self.sections[number] if number >= 0 else None, [*pieces]


@dataclass(slots=True)
class _OpenElement:
    tag: str
    piece: Piece  # what text inside of it becomes
    is_closed_details: bool = False


class _PageParser(HTMLParser):
    def __init__(self, is_wanted: Callable[[dict[str, str]], bool]) -> None:
        super().__init__()
        self.page = Page()
        self._is_wanted = is_wanted
        self._is_done = False
        self._open: list[_OpenElement] = []
        self._block = self._moved = self._row = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._open:
            self._open_element(tag, values)
        elif tag == "article" and not self._is_done and self._is_wanted(values):
            self.page.attributes = values
            self._open.append(_OpenElement(tag, Piece()))

    def _open_element(self, tag: str, values: dict[str, str]) -> None:
        page, outer = self.page, self._open[-1]
        self._block += tag in _BLOCKS
        if tag == "br":
            self.handle_data("\n")
        if "id" in values:
            page.anchors.setdefault(values["id"], len(page.pieces))
        if "data-number" in values and outer.piece.mark:
            page.marks[outer.piece.element].has_footnote_number = True
        if tag in _VOID_ELEMENTS:
            return
        piece = self._describe_text(tag, values, outer)
        self._open.append(_OpenElement(tag, piece, tag == "details" and "open" not in values))
        if tag == "a" and "href" in values:
            self._read_link(values["href"], piece)

    def _describe_text(self, tag: str, values: dict[str, str], outer: _OpenElement) -> Piece:
        """Return the piece that text in an element becomes."""
        piece, page, classes = outer.piece, self.page, frozenset(values.get("class", "").split())
        if (outer.is_closed_details and tag != "summary") or "hidden" in values:
            piece = replace(piece, is_collapsed=True)
        if classes & _HELPER_CLASSES:
            piece = replace(piece, is_helper=True)
        if classes & _MOVED_CLASSES and piece.moved < 0:
            piece = replace(piece, moved=self._moved)
            self._moved += 1
        if tag == "tr":
            piece = replace(piece, row=self._row)
            self._row += 1
        if tag in {"ins", "del"} and not piece.mark:
            piece = replace(piece, mark=tag, element=len(page.marks))
            page.marks.append(MarkElement(tag))
        if tag == "section":
            piece = replace(piece, section=len(page.sections))
            page.sections.append(PageSection(values.get("id", ""), classes))
        return piece

    def _read_link(self, target: str, piece: Piece) -> None:
        if piece.is_helper:
            self.page.helper_links.append((target, len(self.page.pieces)))
        section = self.page.sections[piece.section] if piece.section >= 0 else None
        if section and section.is_named and not section.id:
            section.id = target.partition("#")[2]

    def handle_endtag(self, tag: str) -> None:
        if not any(element.tag == tag for element in self._open):
            return
        while self._open.pop().tag != tag:  # peers leave elements open
            pass
        self._block += tag in _BLOCKS
        self._is_done = not self._open

    def handle_data(self, data: str) -> None:
        if self._open:
            piece = self._open[-1].piece
            self.page.pieces.append(replace(piece, text=data, block=self._block))


def read_redline(html: str) -> Page:
    """Return the redline of a change page."""
    return _read_page(html, lambda attributes: "redline" in attributes.get("class", "").split())


def read_version(html: str) -> Page:
    """Return the policy on the page of a version."""
    return _read_page(html, lambda attributes: "data-version" in attributes)


def read_article(html: str) -> Page:
    """Return the first article in HTML."""
    return _read_page(html, lambda _: True)


def _read_page(html: str, is_wanted: Callable[[dict[str, str]], bool]) -> Page:
    parser = _PageParser(is_wanted)
    parser.feed(html)
    parser.close()
    return parser.page


def list_tokens(pieces: Iterable[Piece]) -> list[Token]:
    """Return the words of the policy; one that is only partly marked makes two."""
    own = (piece for piece in pieces if not piece.is_helper)
    return [
        Token(word, *place)
        for place, group in groupby(own, key=attrgetter(*(f.name for f in fields(Token)[1:])))
        for word in "".join(piece.text for piece in group).split()
    ]


def join_words(pieces: Iterable[Piece]) -> list[str]:
    """Return the words of the policy; one that is only partly marked is still one."""
    by_block = groupby((piece for piece in pieces if not piece.is_helper), key=lambda piece: piece.block)
    return [word for _, group in by_block for word in "".join(piece.text for piece in group).split()]
