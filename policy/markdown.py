"""Parses Markdown into blocks; the only module that uses markdown-it.

CommonMark with tables, definition lists, footnotes and placeholders. Raw HTML is shown as text, images become
links to themselves (no page loads anything from elsewhere), and links with a dangerous scheme become text
(docs/reference/content.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from policy.blocks import Block, TextRun, escape_invisible

# Names hold no braces, so that an unclosed placeholder does not swallow the next one.
PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s][^{}\n]*?)\s*\}\}")
TABLE_PLACEHOLDER = re.compile(r"table:\s*(\S+)")
TABLE_PLACEHOLDER_TAG = "table-placeholder"  # of the block that stands for a table of facts
# Template syntax of placeholders, Jinja or a page builder, which readers would see.
LEFTOVER_MARKUP = re.compile(r"\{\{|\{%|\[/?vc_")
# Browsers remove blanks and control characters before they read the scheme (WHATWG URL §4.4).
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x20]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HARMLESS_SCHEMES = {"http", "https", "mailto", "tel"}
# Blanks inside the braces of a simple name, and the braces as markdown-it encodes them in addresses.
_PADDED_PLACEHOLDER = re.compile(r"\{\{[ \t]*([\w.-]+)[ \t]*\}\}")
_ENCODED_PLACEHOLDER = re.compile(r"%7B%7B([\w.-]+)%7D%7D")
_INLINE_MARKS = {"strong": "strong", "em": "em"}
# The title of a section is an h2, so headings inside it begin one level below.
_HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6", "h6": "h6"}


@lru_cache(maxsize=512)
def parse_markdown(source: str, anchor: str = "") -> tuple[Block, ...]:
    """Return the blocks of a Markdown text; the ids of its footnotes begin with `anchor`.

    The cache needs no invalidation: its key is the complete input. Most sections of a revision are those of
    the one before, and each is parsed for several purposes (references, checks, rendering).
    """
    # The target of a Markdown link may not contain blanks, but placeholders are typed with them.
    tokens = _get_parser().parse(_PADDED_PLACEHOLDER.sub(r"{{\1}}", source))
    return _BlockBuilder(anchor).build_blocks(iter(tokens))


def create_text_runs(words: str) -> tuple[TextRun, ...]:
    """Return plain text, such as the words of a fact, as the runs of a leaf."""
    return (TextRun(escape_invisible(words)),)


def is_harmless_link(href: str) -> bool:
    """Whether a link is relative or has a scheme that cannot run code (not `javascript:` or `data:`)."""
    scheme = _SCHEME.match(_IGNORED_BY_BROWSERS.sub("", href))
    return scheme is None or scheme[1].lower() in _HARMLESS_SCHEMES


@lru_cache(maxsize=1)
def _get_parser() -> MarkdownIt:
    """Return the configured parser, built once in each process: it keeps no state between texts."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(deflist_plugin).use(footnote_plugin)
    # Raw HTML would escape every guarantee of the output (docs/decisions/raw-html-is-text.md).
    markdown.disable(["html_block", "html_inline"])
    setattr(markdown, "validateLink", is_harmless_link)  # noqa: B010 - the hook that the library documents
    markdown.inline.ruler.before("text", "placeholder", _parse_inline_placeholder)
    markdown.block.ruler.before(
        "paragraph",
        "table_placeholder",
        _parse_table_placeholder,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )
    return markdown


def _parse_inline_placeholder(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the library's own signature
    """Parse `{{ name }}` inside text: a markdown-it rule; returns False if there is no placeholder."""
    match = PLACEHOLDER.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        token = state.push("placeholder", "", 0)
        token.content = match[1]
        token.meta = {"line": state.src.count("\n", 0, state.pos)}
    state.pos = match.end()
    return True


def _parse_table_placeholder(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001 - as above
    """Parse `{{ table: KIND }}` on a line of its own: a markdown-it rule; returns False if there is none."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].strip()
    match = PLACEHOLDER.fullmatch(line)
    if not match or not TABLE_PLACEHOLDER.fullmatch(match[1]) or state.is_code_block(start):
        return False
    if not silent:
        token = state.push("table_placeholder", "", 0)
        token.content, token.map = match[1], [start, start + 1]
        state.line = start + 1
    return True


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
        elif token.type == "ordered_list_open" and token.attrGet("start"):
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
