"""An HTML page parsed for tests: links, ids, assets and the words of its article."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
HELPERS = {"helper", "visually-hidden"}
MOVED = {"moved", "moved-here", "moved-away"}


class Piece(NamedTuple):
    """Text of an article that is the policy's: the mark around it, its section, and the element that moved.

    A section that is only named has its title alone. `moved` numbers the outermost elements that moved.
    """

    mark: str
    text: str
    section: str
    is_named: bool
    moved: int


@dataclass
class HtmlPage(HTMLParser):
    """One HTML file; `pieces` are the texts of its article."""

    text: str
    ids: list[str] = field(default_factory=list)
    links: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)  # tag, address, attributes
    pieces: list[Piece] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, dict[str, str]]] = []
        self._moved: list[int] = []  # how many elements are open where one that moved begins
        self._moved_count = 0
        self.feed(self.text)
        self.close()
        self.unclosed = [tag for tag, _ in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if "id" in known:
            self.ids.append(known["id"])
        self.links += [(tag, known[name], known) for name in ("href", "src", "action") if name in known]
        if tag in VOID:
            return
        if MOVED & _read_classes(known) and not self._moved:
            self._moved.append(len(self._open))
            self._moved_count += 1
        self._open.append((tag, known))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1][0] == tag, f"</{tag}> closes <{self._open[-1][0]}>"
        self._open.pop()
        if self._moved == [len(self._open)]:
            self._moved.clear()

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if "article" not in tags or any(HELPERS & _read_classes(known) for _, known in self._open):
            return
        mark = next((tag for tag in tags if tag in {"ins", "del"}), "")
        section = next((known for tag, known in self._open if tag == "section"), {})
        is_named = "same" in _read_classes(section)
        moved = self._moved_count if self._moved else 0
        self.pieces.append(Piece(mark, "".join(data.split()), section.get("id", ""), is_named, moved))

    def read_sections(self) -> dict[str, str]:
        """Return the text of each section of an article without white space."""
        groups = groupby(self.pieces, lambda piece: piece.section)
        return {section: "".join(piece.text for piece in own) for section, own in groups if section}

    def read_text(self) -> str:
        """Return the text of the article without white space."""
        return "".join(piece.text for piece in self.pieces)

    def read_redline(self, texts: dict[str, str]) -> tuple[str, str]:
        """Return the old and the new text of a redline; `texts` are those of the sections of the new one."""
        marks: dict[int, set[str]] = {}
        for piece in self.pieces:
            if piece.text:
                marks.setdefault(piece.moved, set()).add(piece.mark)
        old = new = ""
        for section, group in groupby(self.pieces, lambda piece: (piece.section, piece.is_named)):
            if section[1]:
                old, new = old + texts[section[0]], new + texts[section[0]]
                continue
            pieces = list(group)
            new += "".join(piece.text for piece in pieces if piece.mark != "del")
            # What moved stood at the place where all of it is deleted.
            old += "".join(
                piece.text
                for piece in pieces
                if piece.mark != "ins" and (not piece.moved or marks[piece.moved] == {"del"})
            )
        return old, new


def _read_classes(attributes: dict[str, str]) -> set[str]:
    return set(attributes.get("class", "").split())


def read_page(path: Path) -> HtmlPage:
    """Parse an HTML file."""
    return HtmlPage(path.read_text(encoding="utf-8"))


def read_html(path: Path) -> str:
    """Return the HTML of a page, with ordinary blanks in dates."""
    return path.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
