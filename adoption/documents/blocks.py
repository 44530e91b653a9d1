"""Converts one block of HTML to Markdown without losing a word."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bs4 import Tag
from bs4.element import NavigableString
from markdownify import ATX, MarkdownConverter

from adoption.documents.footnotes import list_marks, remove_marks, replace_marks
from adoption.documents.words import extract_letters_and_digits
from policy import blocks, markdown

# Elements inside which words go on.
_TEXT_TAGS = {"a", "b", "strong", "em", "i", "code", "span", "img", "sup", "sub", "s", "strike", "del"}
_MAX_HEADING_LENGTH = 400  # longer ones are text that somebody made large
# Where a placeholder or a shortcode would begin. A blank after it makes it plain text and changes no word.
_ACTIVE_SYNTAX = re.compile(r"\{(?=[{%])|\[(?=/?vc_)", re.IGNORECASE)
# Every ASCII punctuation character can be escaped in CommonMark (§2.4).
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class ImportedBlock:
    """A heading (`level` 1 to 6, or 0 for the title of a document), or another block with its Markdown.

    `kind` is its tag, `text` its words, and `item_texts` those of each list item or table row.
    `lost_structure` if Markdown cannot express the block, which has become plain text. `is_bold` for a
    paragraph with nothing in it that is not. `notes` are the numbers of the footnotes that it refers to.
    """

    kind: str
    text: str
    markdown: str = ""
    level: int = 0
    lost_structure: bool = False
    item_texts: tuple[str, ...] = ()
    is_bold: bool = False
    is_single_line: bool = True
    notes: tuple[int, ...] = ()


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


def get_classes(tag: Tag) -> str:
    """Return the classes of an element, with blanks between them."""
    value = tag.get("class")
    return " ".join(value) if isinstance(value, list) else value or ""


def join_words(tag: Tag) -> str:
    """Return the words of an element; those of different blocks, cells and lines are never joined."""
    parts: list[str] = []
    previous: Tag | None = None
    for node in tag.descendants:
        if isinstance(node, NavigableString):
            block = next((parent for parent in node.parents if parent.name not in _TEXT_TAGS), None)
            parts.append(str(node) if block is previous else f" {node}")
            previous = block
        elif isinstance(node, Tag) and node.name == "br":
            previous = None
    return " ".join("".join(parts).split())


def convert_block(tag: Tag) -> ImportedBlock:
    """Convert one block, and verify that its Markdown has the same letters."""
    notes = list_marks(tag.get_text())
    text = remove_marks(join_words(tag))
    is_heading = re.fullmatch("h[0-6]", tag.name) is not None
    if is_heading and len(text) <= _MAX_HEADING_LENGTH:
        return ImportedBlock("heading", _break_active_syntax(text), level=int(tag.name[1]), notes=notes)
    for string in tag.find_all(string=_ACTIVE_SYNTAX):
        string.replace_with(_break_active_syntax(str(string)))
    item_texts = tuple(remove_marks(join_words(item)) for item in tag.find_all(["li", "tr"])) or (text,)
    if is_heading:
        tag.name = "p"
    block = ImportedBlock(
        tag.name,
        text,
        lost_structure=is_heading,
        item_texts=item_texts,
        is_bold=tag.name == "p" and _is_bold(tag),
        is_single_line=tag.find("br") is None,
        notes=notes,
    )
    converted = _choose_plainer_markdown(
        *(str(_create_converter(escape=escape).convert_soup(tag)).strip() for escape in (True, False))
    )
    rendered = "".join(
        blocks.render_line(leaf.runs)
        for leaf in blocks.iter_leaves(markdown.parse_markdown(remove_marks(converted)))
    )
    # The link targets in angle brackets are not part of the page's text.
    if extract_letters_and_digits(re.sub(r"<[^<>]*>", "", rendered)) == extract_letters_and_digits(
        tag.get_text()
    ):
        return replace(block, markdown=replace_marks(converted))
    plain = replace_marks(escape_markdown(join_words(tag)))
    return replace(block, markdown=plain, lost_structure=True)


def _is_bold(paragraph: Tag) -> bool:
    """Whether all words of a paragraph are bold, as page builders write headings."""
    bold = paragraph.find(["strong", "b"])
    return isinstance(bold, Tag) and join_words(bold) == join_words(paragraph)


def _choose_plainer_markdown(escaped: str, plain: str) -> str:
    """Return the Markdown without backslashes if it means the same as the escaped one."""
    # What looks like the mark of a footnote would be one as soon as the section has a footnote.
    is_same = "[^" not in plain and markdown.parse_markdown(plain) == markdown.parse_markdown(escaped)
    return plain if is_same else escaped


def _break_active_syntax(text: str) -> str:
    """Return the text with a blank inside each sequence that would begin a placeholder or a shortcode."""
    return _ACTIVE_SYNTAX.sub(lambda match: f"{match[0]} ", text)


def escape_markdown(text: str) -> str:
    """Return Markdown that shows exactly this text."""
    return _choose_plainer_markdown(_PUNCTUATION.sub(r"\\\1", text), text)
