"""Reads the HTML of a page, a feed entry or a letter into the units that a reader sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count

from tests.redline.expectations import normalize

_BLOCKS = {
    *("article", "section", "div", "details", "summary", "nav", "header", "footer", "main", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "blockquote", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tr", "td", "th"),
}
_VOID = {"br", "hr", "meta", "link", "img", "input", "wbr"}
_MOVED = {"moved", "moved-here", "moved-away"}
_HELPERS = {"helper", "visually-hidden", "legend", "label", "summary"}


@dataclass
class Piece:
    """A stretch of a unit's words: the mark around it, and which element that is."""

    text: str
    mark: str = ""
    element: int = 0


_END_OF_CELL = Piece(" ", element=-1)


@dataclass
class Helper:
    """Words of a page that are not the policy's, and where their links lead."""

    text: str
    is_hidden: bool
    addresses: list[str] = field(default_factory=list)


@dataclass
class Unit:
    """A paragraph, heading, item, term, definition or table row of a redline.

    `moved` is the element that moved and contains it, or is it; one that is carried moved with its section.
    """

    tag: str
    section: str = ""
    moved: int = 0
    is_carried: bool = False
    is_collapsed: bool = False
    pieces: list[Piece] = field(default_factory=list)
    helpers: list[Helper] = field(default_factory=list)

    @property
    def new(self) -> str:
        return self._join("del")

    @property
    def old(self) -> str:
        return self._join("ins")

    @property
    def text(self) -> str:
        return self._join("")

    def _join(self, without: str) -> str:
        return normalize("".join(piece.text for piece in self.pieces if not without or piece.mark != without))

    def split_cells(self) -> list[list[Piece]]:
        """Return the pieces of each cell of a row; of another unit, all of them."""
        cells: list[list[Piece]] = [[]]
        for piece in self.pieces:
            if piece == _END_OF_CELL:
                cells.append([])
            else:
                cells[-1].append(piece)
        return cells

    def list_cells(self, without: str = "") -> list[str]:
        """Return the words of each cell of a row, without those of one mark; empty cells are left out."""
        texts = (
            "".join(piece.text for piece in cell if not without or piece.mark != without)
            for cell in self.split_cells()
        )
        return [text for text in map(normalize, texts) if text]

    @property
    def is_marked(self) -> bool:
        return any(piece.mark and piece.text.strip() for piece in self.pieces)

    def count_marked_words(self) -> int:
        """Return how many words are marked, wholly or in part."""
        return sum(len(self.list_words(mark)) for mark in ("del", "ins"))

    def list_words(self, mark: str) -> list[str]:
        """Return the words with a mark; half a word is the whole word."""
        found = []
        marks = [(letter, piece.mark) for piece in self.pieces for letter in piece.text]
        kept = [(letter, own) for letter, own in marks if own in {"", mark}]
        word: list[tuple[str, str]] = []
        for letter, own in [*kept, (" ", "")]:
            if letter.isspace():
                if any(each == mark for _, each in word):
                    found.append("".join(each for each, _ in word))
                word = []
            else:
                word.append((letter, own))
        return found

    def list_stretches(self) -> list[tuple[str, str]]:
        """Return the marks with their words in order; neighbours of one element or none are one."""
        result: list[tuple[str, str, int]] = []
        for piece in self.pieces:
            if result and (result[-1][0], result[-1][2]) == (piece.mark, piece.element):
                result[-1] = (piece.mark, result[-1][1] + piece.text, piece.element)
            else:
                result.append((piece.mark, piece.text, piece.element))
        return [(mark, text) for mark, text, _ in result if mark or text.strip()]


class RedlineHtml(HTMLParser):
    """The units and helpers of HTML; of a whole page, those of the element that has `inside` as a class."""

    def __init__(self, html: str, inside: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.units: list[Unit] = []
        self.helpers: list[Helper] = []
        self.ids: list[str] = []
        self.empty_marks: list[str] = []
        self.sections: dict[str, str] = {}
        self._inside = inside
        self._open: list[tuple[str, dict[str, str], int]] = []
        self._numbers = count(1)
        self._unit: Unit | None = None
        self._filled: set[int] = set()
        self.feed(html)
        self.close()
        self._end_unit()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "br":
            self._add_text(" ")
        if tag in _VOID:
            return
        self._open.append((tag, known, next(self._numbers)))
        if not self._is_inside():
            return
        if tag in _BLOCKS:
            self._start_block(tag)
        if self._unit:
            self._note_move()
        if "id" in known:
            self.ids.append(known["id"])
        if tag == "section" and known.get("class"):
            self.sections[known.get("id", f"?{len(self.sections)}")] = known["class"]
        if "data-number" in known:  # a footnote's number is not one of the words
            self._fill_marks()
        self._read_helper(tag, known)

    def _read_helper(self, tag: str, known: dict[str, str]) -> None:
        """Note the helper that an element begins, or the address of a link in one."""
        if self._is_helper(known):
            helper = Helper("", "visually-hidden" in known["class"].split())
            self.helpers.append(helper)
            if self._unit:
                self._unit.helpers.append(helper)
        if known.get("data-label"):
            self.helpers.append(Helper(known["data-label"], is_hidden=False))
        if tag == "a" and self.helpers and any(self._is_helper(each) for _, each, _ in self._open):
            self.helpers[-1].addresses.append(known.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        while self._open:
            name, _, number = self._open.pop()
            if name in {"ins", "del"} and number not in self._filled and self._is_inside():
                self.empty_marks.append(name)
            if name == tag:
                break
        if tag in _BLOCKS:
            if tag in {"td", "th"} and self._unit:
                self._unit.pieces.append(_END_OF_CELL)
            elif not any(name == "tr" for name, _, _ in self._open):
                self._end_unit()

    def handle_data(self, data: str) -> None:
        if not self._is_inside():
            return
        if any(self._is_helper(known) for _, known, _ in self._open):
            self.helpers[-1].text += data
            return
        self._add_text(data)

    def _add_text(self, text: str) -> None:
        if self._unit is None and text.strip():
            self._start_block(next((tag for tag, _, _ in reversed(self._open) if tag in _BLOCKS), "p"))
        if self._unit is None:
            return
        mark, element = next(
            ((tag, number) for tag, _, number in self._open if tag in {"ins", "del"}), ("", 0)
        )
        if text.strip():
            self._fill_marks()
        self._unit.pieces.append(Piece(text, mark, element))

    def _fill_marks(self) -> None:
        self._filled |= {number for tag, _, number in self._open if tag in {"ins", "del"}}

    def _start_block(self, tag: str) -> None:
        if any(name == "tr" for name, _, _ in self._open[:-1]):
            return
        self._end_unit()
        self._unit = Unit(tag, self._find_section(), is_collapsed=self._is_collapsed())
        self._note_move()

    def _note_move(self) -> None:
        """Tell the unit which element that moved it is in; the words of an item may have one of their own."""
        for tag, known, number in self._open:
            if _MOVED & set(known.get("class", "").split()):
                self._unit.moved, self._unit.is_carried = number, tag == "section"
                return

    def _end_unit(self) -> None:
        if self._unit and self._unit.text:
            self.units.append(self._unit)
        self._unit = None

    def _find_section(self) -> str:
        """Return the id of the section, or a name for one without."""
        return next(
            (known.get("id", f"?{number}") for tag, known, number in self._open if tag == "section"), ""
        )

    def _is_collapsed(self) -> bool:
        """Whether readers see it only after they opened something."""
        names = [name for name, _, _ in self._open]
        return any(
            tag == "details" and "open" not in known and "summary" not in names[place:]
            for place, (tag, known, _) in enumerate(self._open)
        )

    def _is_inside(self) -> bool:
        return not self._inside or any(
            self._inside in known.get("class", "").split() or self._inside in known
            for _, known, _ in self._open
        )

    @staticmethod
    def _is_helper(known: dict[str, str]) -> bool:
        return bool(_HELPERS & set(known.get("class", "").split()))
