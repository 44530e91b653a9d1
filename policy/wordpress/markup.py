"""HTML in, pieces of Markdown out, no word lost on the way: the only place that knows nh3 and markdownify."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markdownify import ATX, MarkdownConverter

from common.errors import InputError
from policy import blocks, markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOXES = {
    "div", "section", "article", "main", "header", "footer", "nav", "aside", "figure", "center", "form",
    "address", "details", "summary", "fieldset", "legend", "hgroup", "dialog",
    "button", "label", "select", "option", "textarea",
}  # fmt: skip
_BLOCKS = {
    "p",
    "ul",
    "ol",
    "dl",
    "table",
    "blockquote",
    "pre",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "figcaption",
}
_INSIDE = {
    "li", "dt", "dd", "thead", "tbody", "tfoot", "tr", "th", "td", "caption",
    "a", "b", "strong", "em", "i", "code", "br", "span", "img", "sup", "sub",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"alt"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
}
_AROUND = ("nav", "header", "footer", "aside", "form")
_SILENT = {"script", "style", "template", "noscript", "svg", "iframe", "object", "title", "head"}
# Where a placeholder or a shortcode would begin; a blank takes nothing from the words.
_LIVE = re.compile(r"\{(?=[{%])|\[(?=/?vc_)", re.IGNORECASE)
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]"
)
# What would end the address of a Markdown link, or begin another thing there.
_NO_ADDRESS = re.compile(r"""[\s()<>\\"`{}|^]""")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WIDEST = 100  # columns or rows that one cell reaches over, at most
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading (`level` 1 to 6), or a block with its Markdown; `text` are its words, `kind` its tag.

    `lines` are the words of each item or row; `flat` says that the block has lost its form.
    """

    kind: str
    text: str
    markdown: str = ""
    level: int = 0
    flat: bool = False
    lines: tuple[str, ...] = ()


def _converter(*, escape: bool) -> MarkdownConverter:
    return MarkdownConverter(
        heading_style=ATX,
        bullets="-",
        escape_misc=escape,
        escape_asterisks=escape,
        escape_underscores=escape,
        table_infer_header=True,
        autolinks=False,
    )


def letters(text: str) -> str:
    """Give the letters and digits of a text in order: what no import may lose or invent."""
    return "".join(re.findall(r"[^\W_]", unicodedata.normalize("NFC", text)))


def pieces(html: str, *, whole: bool, site: str = "") -> tuple[tuple[Piece, ...], str]:
    """Give the pieces in order, and the words around them that were left out (menus of a saved page).

    Links that begin at the page lead on from `site`, where the file says which it is.
    """
    allowed = _BOXES | _BLOCKS | _INSIDE
    clean = nh3.clean(
        _HIDDEN.sub("", html),
        tags=allowed,
        clean_content_tags=_SILENT,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    try:
        soup = BeautifulSoup(clean, "html.parser")
        for image in soup.find_all("img"):
            image.replace_with(str(image.get("alt") or ""))
        for note in soup.find_all(["sup", "sub"]):
            _raise(note)
        for link in soup.find_all("a", href=True):
            _lead(link, site)
        for table in soup.find_all("table"):
            _square(soup, table)
        left = _without_surroundings(soup) if whole else ""
        return tuple(_piece(tag) for tag in _top(soup) if tag.name == "hr" or _said(tag)), left
    except RecursionError:
        raise InputError("the page is nested too deeply to be a text; take out what wraps it") from None


def _raise(note: Tag) -> None:
    """Keep a raised number raised: «2 år¹» must not become «2 år1»."""
    words = note.get_text().strip()
    if note.name == "sup" and words.isascii() and words.isdecimal():
        note.replace_with(words.translate(_RAISED))
    else:
        note.unwrap()


def _lead(link: Tag, site: str) -> None:
    """Let a link lead where it did; one to a place on its own page loses it, for the page is parted."""
    address = str(link["href"]).strip()
    if address.startswith("#") or not address:
        link.unwrap()
        return
    try:
        whole = urljoin(f"{site}/", address) if site else address
    except ValueError:
        whole = address
    link["href"] = _NO_ADDRESS.sub(lambda found: quote(found[0], safe=""), whole)


def _square(soup: BeautifulSoup, table: Tag) -> None:
    """Lay empty cells where a cell reaches down from the row before: a word stays in its column."""
    reaching: dict[int, int] = {}
    for row in table.find_all("tr"):
        place = 0
        for cell in [*row.find_all(["td", "th"], recursive=False), None]:
            while reaching.get(place):
                reaching[place] -= 1
                empty = soup.new_tag("td")
                (row.append if cell is None else cell.insert_before)(empty)
                place += 1
            if cell is not None:
                down = _span(cell, "rowspan") - 1
                for _ in range(_span(cell, "colspan")):
                    reaching[place] = down
                    place += 1


def _span(cell: Tag, which: str) -> int:
    number = str(cell.get(which) or "1")
    return min(max(int(number), 1), _WIDEST) if number.isascii() and number.isdecimal() else 1


def _without_surroundings(soup: BeautifulSoup) -> str:
    """Keep the main part of a saved page; give the words of what was left out."""
    main = soup.find("main") or soup.find("article")
    if isinstance(main, Tag):
        kept = main.extract()
        left = soup.get_text(" ", strip=True)
        soup.clear()
        soup.append(kept)
        return left
    around = [tag.extract() for tag in soup.find_all(_AROUND) if not tag.find_parent(_AROUND)]
    return " ".join(tag.get_text(" ", strip=True) for tag in around)


def _top(soup: BeautifulSoup) -> Iterator[Tag]:
    """Walk the blocks in order, boxes opened; words that stand by themselves become a paragraph."""
    loose: list[Tag | NavigableString] = []
    stack: list[object] = list(reversed(soup.contents))
    while stack:
        node = stack.pop()
        if isinstance(node, Tag) and _opens(node):
            yield from _gathered(soup, loose)
            stack += [None, *reversed(node.contents)]
        elif isinstance(node, Tag) and node.name in _BLOCKS:
            yield from _gathered(soup, loose)
            yield node
        elif isinstance(node, Tag | NavigableString):
            loose.append(node)
        else:
            yield from _gathered(soup, loose)
    yield from _gathered(soup, loose)


def _opens(tag: Tag) -> bool:
    """Whether a tag is a box, by its name or because it holds blocks that it should not (`<b><p>`)."""
    return tag.name in _BOXES or (tag.name not in _BLOCKS and tag.find([*_BLOCKS, *_BOXES]) is not None)


def _gathered(soup: BeautifulSoup, loose: list[Tag | NavigableString]) -> Iterator[Tag]:
    if loose:
        paragraph = soup.new_tag("p")
        paragraph.extend(list(loose))
        loose.clear()
        yield paragraph


def _said(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _piece(tag: Tag) -> Piece:
    text = _said(tag)
    bold = tag.name == "p" and len(tag.contents) == 1 and tag.find(["strong", "b"], recursive=False)
    if re.fullmatch("h[1-6]", tag.name) or (bold and re.match(r"\d+(\.\d+)*[.)]?\s", text)):
        return Piece("heading", _tamed(text), level=int(tag.name[1]) if tag.name != "p" else 2)
    for words in tag.find_all(string=_LIVE):
        words.replace_with(_tamed(str(words)))
    lines = tuple(_said(item) for item in tag.find_all(["li", "tr"])) or (text,)
    made = _plainest(*(str(_converter(escape=e).convert_soup(tag)).strip() for e in (True, False)))
    seen = "".join(
        blocks.render_line(leaf.runs) for leaf in blocks.iter_leaves(markdown.parse_markdown(made))
    )
    if letters(re.sub(r"<[^<>]*>", "", seen)) == letters(tag.get_text()):
        return Piece(tag.name, text, made, lines=lines)
    words_alone = " ".join(tag.get_text().split())
    return Piece(tag.name, text, escaped(words_alone), flat=True, lines=lines)


def _plainest(sure: str, plain: str) -> str:
    """Prefer the Markdown without backslashes where it is read as the very same blocks."""
    return plain if markdown.parse_markdown(plain) == markdown.parse_markdown(sure) else sure


def _tamed(text: str) -> str:
    return _LIVE.sub(lambda found: f"{found[0]} ", text)


def escaped(text: str) -> str:
    """Give words as Markdown that says just them."""
    return _plainest(_MARKS.sub(r"\\\1", text), text)
