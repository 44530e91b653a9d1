"""Markdown in, blocks out: the only place that knows markdown-it.

CommonMark with tables, definition lists and footnotes. Raw HTML is text, images are links to themselves
(nothing remote is ever loaded), and a link that could do harm is no link (contract §1).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from policy.blocks import Block, TextRun, escape_invisible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s][^{}\n]*?)\s*\}\}")
TABLE_PLACEHOLDER = re.compile(r"table:\s*(\S+)")
LEFTOVER = re.compile(r"\{\{|\{%|\[/?vc_")
_DROPPED = re.compile(r"[\x00-\x20]")  # what a browser takes out of an address before it reads the scheme
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HARMLESS = {"http", "https", "mailto", "tel"}
_TIGHTEN = re.compile(r"\{\{[ \t]*([\w.-]+)[ \t]*\}\}")
_SLOT_IN_TARGET = re.compile(r"%7B%7B([\w.-]+)%7D%7D")
_LOOKS = {"strong": "strong", "em": "em"}
_HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6", "h6": "h6"}


def parse_markdown(source: str, anchor: str = "") -> tuple[Block, ...]:
    """Read Markdown into blocks; `anchor` begins the ids of its footnotes. Lines count from 1."""
    return _parse(source, anchor)


def make_text_runs(words: str) -> tuple[TextRun, ...]:
    """Give words that are no Markdown, a fact's say, as the runs of a leaf."""
    return (TextRun(escape_invisible(words)),)


@lru_cache(maxsize=512)
def _parse(source: str, anchor: str) -> tuple[Block, ...]:
    # A link's target holds no blanks: `[x]({{ a.b }})` is one only once the placeholder has none.
    tokens = _markdown().parse(_TIGHTEN.sub(r"{{\1}}", source))
    return _Reader(anchor).blocks(iter(tokens))


def is_harmless_link(href: str) -> bool:
    """Whether a link may stand: a relative one, or one of the schemes that only lead somewhere."""
    scheme = _SCHEME.match(_DROPPED.sub("", href))
    return scheme is None or scheme[1].lower() in _HARMLESS


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(deflist_plugin).use(footnote_plugin)
    markdown.disable(["html_block", "html_inline"])
    setattr(markdown, "validateLink", is_harmless_link)  # noqa: B010 - the hook that the library documents
    markdown.inline.ruler.before("text", "slot", _slot_rule)
    markdown.block.ruler.before(
        "paragraph", "table_slot", _table_rule, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    return markdown


def _slot_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the library's own signature
    found = PLACEHOLDER.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        token = state.push("slot", "", 0)
        token.content = found[1]
        token.meta = {"line": state.src.count("\n", 0, state.pos)}
    state.pos = found.end()
    return True


def _table_rule(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001 - as above
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].strip()
    found = PLACEHOLDER.fullmatch(line)
    if not found or not TABLE_PLACEHOLDER.fullmatch(found[1]) or state.is_code_block(start):
        return False
    if not silent:
        token = state.push("table_slot", "", 0)
        token.content, token.map = found[1], [start, start + 1]
        state.line = start + 1
    return True


class _Reader:
    """Folds the flat tokens of one text into blocks."""

    def __init__(self, anchor: str) -> None:
        self.anchor = anchor
        self.line = 0

    def blocks(self, tokens: Iterator[Token]) -> tuple[Block, ...]:
        """Read up to the end of the container that the tokens stand in."""
        found: list[Block] = []
        for token in tokens:
            if token.map:
                self.line = token.map[0]
            if token.nesting < 0:
                break
            found.extend(self.block(token, tokens))
        return tuple(found)

    def block(self, token: Token, tokens: Iterator[Token]) -> Iterable[Block]:
        line = self.line + 1
        match token.type:
            case "inline":
                return [Block("text", runs=self.runs(token), line=line)]
            case "table_slot":
                return [
                    Block("table-slot", runs=(TextRun("", placeholder=token.content, line=line),), line=line)
                ]
            case "fence" | "code_block":
                return [
                    Block("pre", runs=(TextRun(escape_invisible(token.content.rstrip("\n"))),), line=line)
                ]
            case "hr":
                return [Block("hr", line=line)]
            case "footnote_anchor":
                return []
        return self.container(token, self.blocks(tokens), line)

    def container(self, token: Token, inside: tuple[Block, ...], line: int) -> Iterable[Block]:
        tag, attrs = token.tag, tuple[tuple[str, str], ...]()
        if token.type == "paragraph_open" and token.hidden:
            return inside
        if token.type == "footnote_block_open":
            tag, attrs = "ol", (("class", "footnotes"),)
        elif token.type == "footnote_open":
            tag, attrs = "li", (("id", self.note(token)),)
        elif token.type == "ordered_list_open" and token.attrGet("start"):
            attrs = (("start", str(token.attrGet("start"))),)
        elif token.type == "th_open":
            attrs = (("scope", "col"),)
        tag = _HEADINGS.get(tag, tag)
        if len(inside) == 1 and inside[0].tag == "text":
            return [Block(tag, runs=inside[0].runs, attrs=attrs, line=line)]
        return [Block(tag, inside, attrs=attrs, line=line)]

    def note(self, token: Token) -> str:
        return f"{self.anchor}-note-{token.meta['id'] + 1}"

    def runs(self, inline: Token) -> tuple[TextRun, ...]:
        found: list[TextRun] = []
        marks: list[str] = []
        href = ""
        for token in inline.children or ():
            if token.type == "link_open":
                href = _target(token.attrGet("href"))
            elif token.type == "link_close":
                href = ""
            elif token.nesting > 0:
                marks.append(_LOOKS[token.tag])
            elif token.nesting < 0:
                marks.pop()
            else:
                found.append(self.run(token, href, tuple(marks)))
        return tuple(found)

    def run(self, token: Token, href: str, marks: tuple[str, ...]) -> TextRun:
        match token.type:
            case "image":
                href = href or _target(token.attrGet("src"))
                return TextRun(escape_invisible(_alternative(token)) or escape_invisible(href), href, marks)
            case "code_inline":
                marks = (*marks, "code")
            case "footnote_ref":
                marks = ("note", "again") if token.meta.get("subId") else ("note",)
                return TextRun(str(token.meta["id"] + 1), f"#{self.note(token)}", marks)
            case "slot":
                return TextRun("", href, marks, token.content, self.line + 1 + token.meta["line"])
        breaks = {"softbreak": " ", "hardbreak": "\n"}
        return TextRun(breaks.get(token.type) or escape_invisible(token.content), href, marks)


def _target(address: object) -> str:
    """Give the address of a link as it was typed: markdown-it has encoded the placeholders in it."""
    return _SLOT_IN_TARGET.sub(r"{{\1}}", str(address or ""))


def _alternative(image: Token) -> str:
    """Give the words that stand for an image."""
    return "".join(
        _alternative(token)
        if token.children
        else f"{{{{ {token.content} }}}}"
        if token.type == "slot"
        else token.content
        for token in image.children or ()
    )
