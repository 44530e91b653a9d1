"""Parses Markdown into blocks.

Raw HTML is shown as text, images become links to themselves (no page loads anything from elsewhere), and
links with a dangerous scheme become text (docs/reference/content.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from common.characters import escape_invisible
from policy.blocks import Block, TextRun
from policy.fields import Locale
from policy.markdown_parser import PLACEHOLDER, TABLE_PLACEHOLDER, Token, is_harmless_link, parse_tokens

__all__ = ["PLACEHOLDER", "TABLE_PLACEHOLDER", "is_harmless_link", "parse_markdown"]


TABLE_PLACEHOLDER_TAG = "table-placeholder"  # of the block that stands for a table of facts
# Template syntax of placeholders, Jinja or a page builder, which readers would see.
LEFTOVER_MARKUP = re.compile(r"\{\{|\{%|\[/?vc_")
# The braces of a simple name as markdown-it encodes them in addresses.
_ENCODED_PLACEHOLDER = re.compile(r"%7B%7B([\w.-]+)%7D%7D")
_INLINE_MARKS = {"strong": "strong", "em": "em"}
# The title of a section is an h2, so headings inside it begin one level below.
_HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6", "h6": "h6"}


@lru_cache(maxsize=512)
def parse_markdown(source: str, anchor: str = "", locale: Locale = "") -> tuple[Block, ...]:
    """Return the blocks of a Markdown text; the ids of its footnotes begin with `anchor`.

    The language decides which lines begin with a date and not with the number of a list.

    The cache needs no invalidation: its key is the complete input. Most sections of a revision are those of
    the one before, and each is parsed for several purposes (references, checks, rendering).
    """
    return _BlockBuilder(anchor).build_blocks(iter(parse_tokens(source, locale)))


def create_text_runs(words: str) -> tuple[TextRun, ...]:
    """Return plain text, such as the words of a fact, as the runs of a leaf."""
    return (TextRun(escape_invisible(words)),)


class _BlockBuilder:
    """Builds the blocks of one text from markdown-it's flat list of tokens. `line` counts from 0."""

    def __init__(self, anchor: str) -> None:
        self.anchor = anchor
        self.line = 0

    def build_blocks(self, tokens: Iterator[Token]) -> tuple[Block, ...]:
        """Return the blocks up to the end of the current container, consuming its tokens."""
        blocks: list[Block] = []
        for token in tokens:
            if token.map:
                self.line = token.map[0]
            if token.nesting < 0:
                break
            blocks.extend(self.build_block(token, tokens))
        return tuple(blocks)

    def build_block(self, token: Token, tokens: Iterator[Token]) -> Iterable[Block]:
        """Return the block that begins with a token; several for a paragraph of a tight list."""
        line = self.line + 1
        match token.type:
            case "inline":
                return [Block("text", runs=self.build_runs(token), line=line)]
            case "table_placeholder":
                run = TextRun("", placeholder=token.content, line=line)
                return [Block(TABLE_PLACEHOLDER_TAG, runs=(run,), line=line)]
            case "fence" | "code_block":
                run = TextRun(escape_invisible(token.content.rstrip("\n")))
                return [Block("pre", runs=(run,), line=line)]
            case "hr":
                return [Block("hr", line=line)]
            case "footnote_anchor":  # blocks.py renders the link back from a footnote
                return []
        return self.build_container(token, self.build_blocks(tokens), line)

    def build_container(self, token: Token, children: tuple[Block, ...], line: int) -> Iterable[Block]:
        """Return the block for a container; a container of one bare text becomes a leaf itself."""
        tag, attrs = token.tag, tuple[tuple[str, str], ...]()
        if token.type == "paragraph_open" and token.hidden:
            return children
        if token.type == "footnote_block_open":
            tag, attrs = "ol", (("class", "footnotes"),)
        elif token.type == "footnote_open":
            tag, attrs = "li", (("id", self.get_footnote_anchor(token)),)
        elif token.type == "ordered_list_open" and token.attrGet("start") is not None:
            attrs = (("start", str(token.attrGet("start"))),)
        elif token.type == "th_open":
            attrs = (("scope", "col"),)
        tag = _HEADINGS.get(tag, tag)
        if len(children) == 1 and children[0].tag == "text":
            return [Block(tag, runs=children[0].runs, attrs=attrs, line=line)]
        return [Block(tag, children, attrs=attrs, line=line)]

    def get_footnote_anchor(self, token: Token) -> str:
        """Return the id of a footnote, which is unique on the page."""
        return f"{self.anchor}-note-{token.meta['id'] + 1}"

    def build_runs(self, inline: Token) -> tuple[TextRun, ...]:
        """Return the runs of an inline token, keeping track of the open links and marks."""
        runs: list[TextRun] = []
        marks: list[str] = []
        href = ""
        for token in inline.children or ():
            if token.type == "link_open":
                href = _decode_link_target(token.attrGet("href"))
            elif token.type == "link_close":
                href = ""
            elif token.nesting > 0:
                marks.append(_INLINE_MARKS[token.tag])
            elif token.nesting < 0:
                marks.pop()
            else:
                runs.append(self.build_run(token, href, tuple(marks)))
        return tuple(runs)

    def build_run(self, token: Token, href: str, marks: tuple[str, ...]) -> TextRun:
        """Return the run for one token without children."""
        match token.type:
            case "image":
                href = href or _decode_link_target(token.attrGet("src"))
                return TextRun(
                    escape_invisible(_extract_image_text(token)) or escape_invisible(href), href, marks
                )
            case "code_inline":
                marks = (*marks, "code")
            case "footnote_ref":
                marks = ("footnote", "repeated-footnote") if token.meta.get("subId") else ("footnote",)
                return TextRun(str(token.meta["id"] + 1), f"#{self.get_footnote_anchor(token)}", marks)
            case "placeholder":
                return TextRun("", href, marks, token.content, self.line + 1 + token.meta["line"])
        breaks = {"softbreak": " ", "hardbreak": "\n"}
        return TextRun(breaks.get(token.type) or escape_invisible(token.content), href, marks)


def _decode_link_target(address: object) -> str:
    """Return a link target as it was typed: markdown-it percent-encodes the braces of placeholders."""
    return _ENCODED_PLACEHOLDER.sub(r"{{\1}}", str(address or ""))


def _extract_image_text(image: Token) -> str:
    """Return the alternative text of an image, with its placeholders as typed."""
    return "".join(
        _extract_image_text(token)
        if token.children
        else f"{{{{ {token.content} }}}}"
        if token.type == "placeholder"
        else token.content
        for token in image.children or ()
    )
