"""Converts HTML to blocks of Markdown without losing a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote, urljoin

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from adoption.documents import markup_limits
from adoption.documents.blocks import ImportedBlock, convert_block, escape_markdown, join_words
from adoption.documents.footnotes import extract_notes
from adoption.documents.office_markup import TITLE_TAG, convert_office_markup, unwrap_redirect
from adoption.documents.page_parts import remove_contents_lists, remove_surroundings
from adoption.documents.plain_headings import is_numbered_line
from adoption.documents.report import ReportKind, ReportLine, report_dropped, shorten_quote
from common.errors import InputError
from common.messages import Message

# Elements that only group others; their content is imported without them.
_CONTAINER_TAGS = {
    "div", "section", "article", "main", "header", "footer", "nav", "aside", "figure", "center", "form",
    "address", "details", "summary", "fieldset", "legend", "hgroup", "dialog",
    "button", "label", "select", "option", "textarea",
}  # fmt: skip
_BLOCK_TAGS = {
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
    TITLE_TAG,
}
_TABLE_TAGS = ("thead", "tbody", "tfoot", "tr", "th", "td", "caption")
# Words that were deleted, or do not apply any more.
_STRUCK_TAGS = ("s", "strike", "del")
_INLINE_TAGS = {
    "li", "dt", "dd", "thead", "tbody", "tfoot", "tr", "th", "td", "caption",
    "a", "b", "strong", "em", "i", "code", "br", "span", "img", "sup", "sub", *_STRUCK_TAGS,
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"id", "class", "role", "style"},
    "a": {"href", "name"},
    "img": {"alt"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
}
# Elements whose content is never shown as text.
_HIDDEN_TAGS = {"script", "style", "template", "noscript", "svg", "iframe", "object", "title", "head"}
# Controls, zero-width characters and soft hyphens: editors paste them without seeing them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad"
    "\ufdd0-\ufdef]"  # no characters; footnotes.py marks the text with them
)
# What would end the address in a Markdown link, or begin other syntax there.
_UNSAFE_IN_ADDRESS = re.compile(r"""[\s()<>\\"`{}|^]""")
_SUPERSCRIPT_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MAX_SPAN = 100  # columns or rows of one cell; a hostile file could name a billion
_MAX_FILLED_CELLS = 2_000  # of one table; beyond, texts may stand in another column
# Longer than any indentation; the converter takes quadratic time for them.
_LONG_BLANKS = re.compile(r"(?<![ \t])[ \t]{200,}")


@dataclass(frozen=True, slots=True)
class ConvertedPage:
    """The blocks of a page, the Markdown of its footnotes by number, and the report of what was left out."""

    blocks: tuple[ImportedBlock, ...]
    footnotes: Mapping[int, str]
    report: tuple[ReportLine, ...]


def convert_html(html: str, *, is_full_page: bool, address: str = "") -> ConvertedPage:
    """Convert a page; of a full page, only its main content.

    Relative links are completed with the address of the page, if the file names it.
    """
    clean = nh3.clean(
        markup_limits.prepare_markup(_INVISIBLE.sub("", html)),
        tags=_CONTAINER_TAGS | _BLOCK_TAGS | _INLINE_TAGS,
        clean_content_tags=_HIDDEN_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    clean = _INVISIBLE.sub("", clean)  # what was written like &shy; too
    markup_limits.reject_deep_nesting(clean)
    try:
        soup = BeautifulSoup(_LONG_BLANKS.sub(" ", clean), "html.parser")
        convert_office_markup(soup)
        notes = extract_notes(soup)
        report = [report_dropped(Message("a comment"), text) for text in notes.comments]
        if is_full_page:
            report += remove_surroundings(soup)
        report += _dissolve_layout_tables(soup)
        report += remove_contents_lists(soup, address)
        _prepare_text(soup, address)
        report += _report_struck_words(soup)
        footnotes = {number: _convert_footnote(soup, tag, address) for number, tag in notes.footnotes.items()}
        return ConvertedPage(_convert_blocks(soup, soup), footnotes, tuple(report))
    except RecursionError:
        raise InputError(markup_limits.NESTED_TOO_DEEPLY) from None


def _prepare_text(soup: Tag, address: str) -> None:
    """Turn what Markdown does not have into text."""
    for image in soup.find_all("img"):
        image.replace_with(str(image.get("alt") or ""))
    for tag in soup.find_all(["sup", "sub"]):
        _convert_superscript(tag)
    for link in soup.find_all("a", href=True):
        _complete_or_unwrap_link(link, address)
    for table in soup.find_all("table"):
        _fill_row_spans(table)


def _convert_blocks(soup: BeautifulSoup, element: Tag) -> tuple[ImportedBlock, ...]:
    tags = (part for tag in _iter_blocks(soup, element) for part in _split_numbered_lines(soup, tag))
    return tuple(convert_block(tag) for tag in tags if tag.name == "hr" or join_words(tag))


def _convert_footnote(soup: BeautifulSoup, note: Tag, address: str) -> str:
    """Return the Markdown of a footnote, whose further blocks are indented below the first."""
    _prepare_text(note, address)
    markdown = "\n\n".join(
        block.markdown or escape_markdown(block.text) for block in _convert_blocks(soup, note)
    )
    return markdown.replace("\n", "\n    ").replace("\n    \n", "\n\n")


def _report_struck_words(soup: BeautifulSoup) -> Iterator[ReportLine]:
    """Report words that are struck out, which the content cannot have; they stay in the text."""
    for tag in soup.find_all(_STRUCK_TAGS):
        if words := join_words(tag):
            message = Message("lost structure: '{quote}' was struck out", quote=shorten_quote(words))
            yield ReportLine(ReportKind.LOSS, message, words)
        tag.unwrap()


def _convert_superscript(tag: Tag) -> None:
    """Replace a superscript number with Unicode digits: "2 år¹" must not become "2 år1"."""
    text = tag.get_text().strip()
    if tag.name == "sup" and text.isascii() and text.isdecimal():
        tag.replace_with(text.translate(_SUPERSCRIPT_DIGITS))
    else:
        tag.unwrap()


def _complete_or_unwrap_link(link: Tag, page_address: str) -> None:
    """Complete the address of a link; remove links within the page, whose targets are not imported."""
    address = str(link["href"]).strip()
    if address.startswith("#") or not address:
        link.unwrap()
        return
    try:
        full = unwrap_redirect(urljoin(page_address, address))
    except ValueError:
        full = address
    link["href"] = _UNSAFE_IN_ADDRESS.sub(lambda match: quote(match[0], safe=""), full)


def _dissolve_layout_tables(soup: BeautifulSoup) -> Iterator[ReportLine]:
    """Turn tables that arrange a page into containers: those around other tables, or headings with text.

    Those around tables are reported, because they may have been a table of data.
    """
    for table in [tag for tag in soup.find_all("table") if _is_layout(tag)]:
        if table.find("table") is not None:
            words = join_words(table)
            message = Message(
                "lost structure: the cells of a table around other tables became paragraphs: '{quote}'",
                quote=shorten_quote(words),
            )
            yield ReportLine(ReportKind.LOSS, message, words)
        for tag in table.find_all(_TABLE_TAGS):
            if tag.find_parent("table") is table:
                tag.name = "div"
        table.name = "div"


def _is_layout(table: Tag) -> bool:
    """Whether a table has another one in it, or a heading with other words in the same cell."""
    if table.find("table") is not None:
        return True
    headings = ((tag, tag.find_parent(["td", "th"])) for tag in table.find_all(re.compile("h[0-6]")))
    return any(cell is not None and join_words(cell) != join_words(tag) for tag, cell in headings)


def _fill_row_spans(table: Tag) -> None:
    """Insert an empty cell below one that spans rows: Markdown has no spans, and texts keep their columns."""
    rows_left: dict[int, int] = {}  # by column: the rows that a cell above still spans
    filled = 0
    for row in table.find_all("tr"):
        column = 0
        for cell in [*row.find_all(["td", "th"], recursive=False), None]:
            while rows_left.get(column) and filled < _MAX_FILLED_CELLS:
                filled += 1
                rows_left[column] -= 1
                empty = Tag(name="td")
                (row.append if cell is None else cell.insert_before)(empty)
                column += 1
            if cell is not None:
                rows_below = _parse_span(cell, "rowspan") - 1
                for _ in range(_parse_span(cell, "colspan")):
                    rows_left[column] = rows_below
                    column += 1


def _parse_span(cell: Tag, attribute: str) -> int:
    number = str(cell.get(attribute) or "1")
    return min(max(int(number), 1), _MAX_SPAN) if number.isascii() and number.isdecimal() else 1


def _iter_blocks(soup: BeautifulSoup, element: Tag) -> Iterator[Tag]:
    """Yield the blocks in order, also those inside containers; text outside any block becomes a paragraph.

    None on the stack marks the end of a container, which ends a paragraph too. The stack replaces recursion,
    which deep nesting could crash.
    """
    inline_nodes: list[Tag | NavigableString] = []
    stack: list[object] = list(reversed(element.contents))
    while stack:
        node = stack.pop()
        if isinstance(node, Tag) and _is_container(node):
            yield from _flush_paragraph(soup, inline_nodes)
            stack += [None, *reversed(node.contents)]
        elif isinstance(node, Tag) and node.name in _BLOCK_TAGS:
            yield from _flush_paragraph(soup, inline_nodes)
            yield node
        elif isinstance(node, Tag | NavigableString):
            inline_nodes.append(node)
        else:
            yield from _flush_paragraph(soup, inline_nodes)
    yield from _flush_paragraph(soup, inline_nodes)


def _is_container(tag: Tag) -> bool:
    """Whether a tag contains blocks, by its name or against the rules of HTML (`<b><p>`)."""
    return tag.name in _CONTAINER_TAGS or (
        tag.name not in _BLOCK_TAGS and tag.find([*_BLOCK_TAGS, *_CONTAINER_TAGS]) is not None
    )


def _flush_paragraph(soup: BeautifulSoup, inline_nodes: list[Tag | NavigableString]) -> Iterator[Tag]:
    """Yield a paragraph of the collected text, if there is any, and empty the list."""
    if inline_nodes:
        paragraph = soup.new_tag("p")
        paragraph.extend(list(inline_nodes))
        inline_nodes.clear()
        yield paragraph


def _split_numbered_lines(soup: BeautifulSoup, tag: Tag) -> Iterator[Tag]:
    """Yield a block; a paragraph in which a numbered line has text below it becomes several."""
    if tag.name != "p" or tag.find("br", recursive=False) is None:
        yield tag
        return
    lines: list[list[PageElement]] = [[]]
    for node in list(tag.contents):
        if isinstance(node, Tag) and node.name == "br":
            lines.append([])
        else:
            lines[-1].append(node)
    lines = [line for line in lines if _join_line(line)]
    numbered = [is_numbered_line(_join_line(line)) for line in lines]
    # Numbered lines below each other are a list.
    alone = [
        here and not any(numbered[max(index - 1, 0) : index] + numbered[index + 1 : index + 2])
        for index, here in enumerate(numbered)
    ]
    if len(lines) < 2 or not any(alone):  # noqa: PLR2004 - one line is no text below another
        yield tag
        return
    for _, group in groupby(range(len(lines)), key=lambda index: index if alone[index] else -1):
        paragraph = soup.new_tag("p")
        for number, index in enumerate(group):
            paragraph.extend([*([soup.new_tag("br")] if number else []), *lines[index]])
        yield paragraph


def _join_line(nodes: list[PageElement]) -> str:
    return " ".join("".join(node.get_text() for node in nodes).split())
