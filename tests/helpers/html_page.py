"""An HTML page parsed for tests: links, ids, assets and the words of its article."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = {"p", "ul", "ol", "li", "dt", "dd", "table", "tr", "td", "th", "pre", "section", "div", "span", "br"}


@dataclass
class HtmlPage(HTMLParser):
    """One HTML file; `words` are those of its article, each with the mark (ins, del) around it, if any."""

    text: str
    ids: list[str] = field(default_factory=list)
    links: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)  # tag, address, attributes
    words: list[tuple[str, str]] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, dict[str, str]]] = []
        self._pieces: list[tuple[str, str]] = []
        self.feed(self.text)
        self.close()
        self.unclosed = [tag for tag, _ in self._open]
        self.words = self._split_words()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if "id" in known:
            self.ids.append(known["id"])
        self.links += [(tag, known[name], known) for name in ("href", "src", "action") if name in known]
        if tag in BLOCKS | HEADINGS:
            self._pieces.append(("", "\n"))
        if tag not in VOID:
            self._open.append((tag, known))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1][0] == tag, f"</{tag}> closes <{self._open[-1][0]}>"
        self._open.pop()
        if tag in BLOCKS | HEADINGS:
            self._pieces.append(("", "\n"))

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        hidden = any("visually-hidden" in known.get("class", "").split() for _, known in self._open)
        if "article" in tags and not hidden:
            mark = next((tag for tag in tags if tag in {"ins", "del"}), "")
            self._pieces.append((mark, data))

    def _split_words(self) -> list[tuple[str, str]]:
        return [(mark, word) for mark, text in self._pieces for word in text.split()]

    def text_without(self, without: str = "") -> str:
        """Return the text of the article without whitespace and without the words inside one mark."""
        return "".join(word for mark, word in self.words if mark != without or not mark)


def read_page(path: Path) -> HtmlPage:
    """Parse an HTML file."""
    return HtmlPage(path.read_text(encoding="utf-8"))
