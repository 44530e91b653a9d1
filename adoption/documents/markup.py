"""Converts HTML to blocks of Markdown without losing a word.

The only module that uses nh3, Beautiful Soup and markdownify.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urljoin

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markdownify import ATX, MarkdownConverter

from adoption.documents import markup_limits
from common.characters import normalize_text
from common.errors import InputError
from policy import blocks, markdown

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
}
_INLINE_TAGS = {
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
# What surrounds the text of a saved page that has no main element.
_SURROUNDING_TAGS = ("nav", "header", "footer", "aside", "form")
# Elements whose content is never shown as text.
_HIDDEN_TAGS = {"script", "style", "template", "noscript", "svg", "iframe", "object", "title", "head"}
# Where a placeholder or a shortcode would begin. A blank after it makes it plain text and changes no word.
_ACTIVE_SYNTAX = re.compile(r"\{(?=[{%])|\[(?=/?vc_)", re.IGNORECASE)
# Controls, zero-width characters and soft hyphens: editors paste them without seeing them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]"
)
# What would end the address in a Markdown link, or begin other syntax there.
_UNSAFE_IN_ADDRESS = re.compile(r"""[\s()<>\\"`{}|^]""")
_SUPERSCRIPT_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MAX_SPAN = 100  # columns or rows of one cell; a hostile file could name a billion
_MAX_FILLED_CELLS = 2_000  # of one table; beyond, texts may stand in another column
# Longer than any indentation; the converter takes quadratic time for them.
_LONG_BLANKS = re.compile(r"(?<![ \t])[ \t]{200,}")
# Every ASCII punctuation character can be escaped in CommonMark (§2.4).
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class ImportedBlock:
    """A heading (`level` 1 to 6), or another block with its Markdown.

    `kind` is its tag, `text` its words, and `item_texts` those of each list item or table row.
    `lost_structure` if Markdown cannot express the block, which has become plain text.
    """

    kind: str
    text: str
    markdown: str = ""
    level: int = 0
    lost_structure: bool = False
    item_texts: tuple[str, ...] = ()


def _create_converter(*, escape: bool) -> MarkdownConverter:
    """Return a converter to Markdown; with `escape`, it escapes what might be syntax."""
    return MarkdownConverter(
        heading_style=ATX,
        bullets="-",
        escape_misc=escape,
        escape_asterisks=escape,
        escape_underscores=escape,
        table_infer_header=True,
        autolinks=False,
    )


def extract_letters_and_digits(text: str) -> str:
    """Return the letters and digits of a text in order, to verify that a conversion keeps them all."""
    return "".join(re.findall(r"[^\W_]", normalize_text(text)))


def convert_html(html: str, *, is_full_page: bool, site: str = "") -> tuple[tuple[ImportedBlock, ...], str]:
    """Return the blocks of a page, and the words around its content that were left out (menus and the like).

    Relative links are completed with `site`, if the file names it.
    """
    allowed = _CONTAINER_TAGS | _BLOCK_TAGS | _INLINE_TAGS
    clean = nh3.clean(
        markup_limits.prepare_markup(_INVISIBLE.sub("", html)),
        tags=allowed,
        clean_content_tags=_HIDDEN_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    markup_limits.reject_deep_nesting(clean)
    try:
        soup = BeautifulSoup(_LONG_BLANKS.sub(" ", clean), "html.parser")
        for image in soup.find_all("img"):
            image.replace_with(str(image.get("alt") or ""))
        for tag in soup.find_all(["sup", "sub"]):
            _convert_superscript(tag)
        for link in soup.find_all("a", href=True):
            _complete_or_unwrap_link(link, site)
        for table in soup.find_all("table"):
            _fill_row_spans(soup, table)
        surrounding_text = _remove_surroundings(soup) if is_full_page else ""
        blocks = (_convert_block(tag) for tag in _iter_blocks(soup) if tag.name == "hr" or _join_words(tag))
        return tuple(blocks), surrounding_text
    except RecursionError:
        raise InputError(markup_limits.NESTED_TOO_DEEPLY) from None


def _convert_superscript(tag: Tag) -> None:
    """Replace a superscript number with Unicode digits: "2 år¹" must not become "2 år1"."""
    text = tag.get_text().strip()
    if tag.name == "sup" and text.isascii() and text.isdecimal():
        tag.replace_with(text.translate(_SUPERSCRIPT_DIGITS))
    else:
        tag.unwrap()


def _complete_or_unwrap_link(link: Tag, site: str) -> None:
    """Complete the address of a link; remove links within the page, whose targets are not imported."""
    address = str(link["href"]).strip()
    if address.startswith("#") or not address:
        link.unwrap()
        return
    try:
        full = urljoin(f"{site}/", address) if site else address
    except ValueError:
        full = address
    link["href"] = _UNSAFE_IN_ADDRESS.sub(lambda match: quote(match[0], safe=""), full)


def _fill_row_spans(soup: BeautifulSoup, table: Tag) -> None:
    """Insert an empty cell below one that spans rows: Markdown has no spans, and texts keep their columns."""
    rows_left: dict[int, int] = {}  # by column: the rows that a cell above still spans
    filled = 0
    for row in table.find_all("tr"):
        column = 0
        for cell in [*row.find_all(["td", "th"], recursive=False), None]:
            while rows_left.get(column) and filled < _MAX_FILLED_CELLS:
                filled += 1
                rows_left[column] -= 1
                empty = soup.new_tag("td")
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


def _remove_surroundings(soup: BeautifulSoup) -> str:
    """Remove all but the main content of a saved page; return the words that were removed."""
    main = soup.find("main") or soup.find("article")
    if isinstance(main, Tag):
        content = main.extract()
        removed_text = soup.get_text(" ", strip=True)
        soup.clear()
        soup.append(content)
        return removed_text
    removed = [
        tag.extract() for tag in soup.find_all(_SURROUNDING_TAGS) if not tag.find_parent(_SURROUNDING_TAGS)
    ]
    return " ".join(tag.get_text(" ", strip=True) for tag in removed)


def _iter_blocks(soup: BeautifulSoup) -> Iterator[Tag]:
    """Yield the blocks in order, also those inside containers; text outside any block becomes a paragraph.

    None on the stack marks the end of a container, which ends a paragraph too. The stack replaces recursion,
    which deep nesting could crash.
    """
    inline_nodes: list[Tag | NavigableString] = []
    stack: list[object] = list(reversed(soup.contents))
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


def _join_words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _convert_block(tag: Tag) -> ImportedBlock:
    """Convert one block, and verify that its Markdown has the same letters.

    A paragraph that is all bold and begins with a number is a heading: page builders often make them so.
    """
    text = _join_words(tag)
    bold = tag.name == "p" and len(tag.contents) == 1 and tag.find(["strong", "b"], recursive=False)
    if re.fullmatch("h[1-6]", tag.name) or (bold and re.match(r"\d+(\.\d+)*[.)]?\s", text)):
        return ImportedBlock(
            "heading", _break_active_syntax(text), level=int(tag.name[1]) if tag.name != "p" else 2
        )
    for string in tag.find_all(string=_ACTIVE_SYNTAX):
        string.replace_with(_break_active_syntax(str(string)))
    item_texts = tuple(_join_words(item) for item in tag.find_all(["li", "tr"])) or (text,)
    converted = _choose_plainer_markdown(
        *(str(_create_converter(escape=escape).convert_soup(tag)).strip() for escape in (True, False))
    )
    rendered = "".join(
        blocks.render_line(leaf.runs) for leaf in blocks.iter_leaves(markdown.parse_markdown(converted))
    )
    # The link targets in angle brackets are not part of the page's text.
    if extract_letters_and_digits(re.sub(r"<[^<>]*>", "", rendered)) == extract_letters_and_digits(
        tag.get_text()
    ):
        return ImportedBlock(tag.name, text, converted, item_texts=item_texts)
    plain = escape_markdown(" ".join(tag.get_text().split()))
    return ImportedBlock(tag.name, text, plain, lost_structure=True, item_texts=item_texts)


def _choose_plainer_markdown(escaped: str, plain: str) -> str:
    """Return the Markdown without backslashes if it means the same as the escaped one."""
    return plain if markdown.parse_markdown(plain) == markdown.parse_markdown(escaped) else escaped


def _break_active_syntax(text: str) -> str:
    """Return the text with a blank inside each sequence that would begin a placeholder or a shortcode."""
    return _ACTIVE_SYNTAX.sub(lambda match: f"{match[0]} ", text)


def escape_markdown(text: str) -> str:
    """Return Markdown that shows exactly this text."""
    return _choose_plainer_markdown(_PUNCTUATION.sub(r"\\\1", text), text)
