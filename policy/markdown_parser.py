"""The configured Markdown parser; the only module that uses markdown-it.

CommonMark with tables, definition lists, footnotes and placeholders. Two things differ from CommonMark
(docs/reference/content.md): raw HTML is text, and what looks like a numbered list but is not one is text.
"""

from __future__ import annotations

import re
from copy import copy
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.list import list_block
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_ref

from languages.loader import get_language
from policy.fields import Locale

__all__ = [
    "PLACEHOLDER",
    "TABLE_PLACEHOLDER",
    "Token",
    "is_harmless_link",
    "parse_tokens",
    "parse_unmoved_tokens",
]

# Names hold no braces, so that an unclosed placeholder does not swallow the next one.
PLACEHOLDER = re.compile(r"\{\{\s*+([^{}\s](?:[^{}\n]*[^{}\s])?)\s*\}\}")
TABLE_PLACEHOLDER = re.compile(r"table:\s*(\S+)")
# Browsers remove blanks and control characters before they read the scheme (WHATWG URL §4.4).
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x20]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HARMLESS_SCHEMES = {"http", "https", "mailto", "tel"}
# Blanks inside the braces of a simple name.
_PADDED_PLACEHOLDER = re.compile(r"\{\{[ \t]*([\w.-]+)[ \t]*\}\}")
_ORDERED_MARKER = re.compile(r"[0-9]{1,9}([.)])(?:[ \t]+|$)")
# The plugin looks for the end of a label to the end of the text, from each "[^".
_FOOTNOTE_LABEL = re.compile(r"\[\^[^\[\]\s]{1,100}\]")
_SINGLE_ITEMS = "klartekst_single_items"  # key of the parser's environment


def is_harmless_link(href: str) -> bool:
    """Whether a link is relative or has a scheme that cannot run code (not `javascript:` or `data:`)."""
    scheme = _SCHEME.match(_IGNORED_BY_BROWSERS.sub("", href))
    return scheme is None or scheme[1].lower() in _HARMLESS_SCHEMES


def parse_tokens(source: str, locale: Locale) -> list[Token]:
    """Return the tokens of a text in a language (empty: no language in particular)."""
    return _get_parser(locale).parse(_join_placeholders(source))


def parse_unmoved_tokens(source: str, locale: Locale) -> tuple[list[Token], dict[str, Any]]:
    """Return the tokens in the order of the source, and the environment of the parser.

    Footnotes stay where they are defined, also those that nothing refers to, and addresses stay as typed.
    """
    environment: dict[str, Any] = {}
    return _get_unmoved_parser(locale).parse(_join_placeholders(source), environment), environment


def _join_placeholders(source: str) -> str:
    """Remove the blanks of placeholders: the target of a Markdown link may not contain any."""
    return _PADDED_PLACEHOLDER.sub(r"{{\1}}", source)


@lru_cache(maxsize=16)
def _get_parser(locale: Locale) -> MarkdownIt:
    """Return the parser of a language, built once in each process: it keeps no state between texts."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(deflist_plugin).use(footnote_plugin)
    markdown.inline.ruler.at("footnote_ref", _parse_footnote_reference)
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
    # The alternatives are those of the rule that is replaced.
    markdown.block.ruler.at("list", _ListRule(locale), {"alt": ["paragraph", "reference", "blockquote"]})
    return markdown


@lru_cache(maxsize=16)
def _get_unmoved_parser(locale: Locale) -> MarkdownIt:
    markdown = _get_parser.__wrapped__(locale)  # one of its own: the other must not change
    markdown.options["store_labels"] = True
    markdown.core.ruler.disable("footnote_tail")
    for hook in ("normalizeLink", "normalizeLinkText"):
        setattr(markdown, hook, str)
    return markdown


class _ListRule:
    """Parses lists, except for what only looks like one.

    In languages that write "20. juli", a line that begins so is text. So is a numbered list of one item:
    readers would see its number, but it would not be a word of the policy.
    """

    def __init__(self, locale: Locale) -> None:
        months = get_language(locale).words.months_after_ordinals if locale else ()
        self.month = re.compile(rf"(?:{'|'.join(months)})\b") if months else None

    def __call__(self, state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the library's own signature
        """Parse a list that begins on line `start`; return False if there is none."""
        line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
        marker = _ORDERED_MARKER.match(line)
        if marker is None:
            return list_block(state, start, end, silent)
        if self.month and marker[1] == "." and self.month.match(line, marker.end()):
            return False
        if silent:
            # A line of a list that is open already belongs to it, whatever follows.
            is_open = state.parentType != "paragraph" or state.sCount[start] < state.blkIndent
            is_list = list_block(state, start, end, silent=True)
            return is_list and (is_open or not self._has_single_item(state, start, end))
        return not self._has_single_item(state, start, end) and list_block(state, start, end, silent=False)

    @staticmethod
    def _has_single_item(state: StateBlock, start: int, end: int) -> bool:
        """Whether the list is one item of one paragraph. It is parsed on trial, once for each line."""
        known = state.env.setdefault(_SINGLE_ITEMS, {})
        key = (start, state.blkIndent, state.sCount[start], end)
        if key not in known:
            known[key] = _count_blocks_of_trial(state, start, end) == (1, 1)
        return bool(known[key])


def _count_blocks_of_trial(state: StateBlock, start: int, end: int) -> tuple[int, int]:
    """Parse a list and undo it; return how many items it has, and how many blocks the first of them."""
    before = len(state.tokens)
    kept = {
        "line": state.line,
        "level": state.level,
        "tight": state.tight,
        "parentType": state.parentType,
    }
    environment = {key: _copy_environment(value) for key, value in state.env.items() if key != _SINGLE_ITEMS}
    list_block(state, start, end, silent=False)
    tokens = state.tokens[before:]
    del state.tokens[before:]
    for name, value in kept.items():
        setattr(state, name, value)
    single_items = state.env[_SINGLE_ITEMS]
    state.env.clear()
    state.env.update(environment | {_SINGLE_ITEMS: single_items})
    if not tokens:
        return 0, 0
    level = tokens[0].level
    items = [token for token in tokens if token.type == "list_item_open" and token.level == level + 1]
    blocks = [token for token in tokens if token.level == level + 2 and token.nesting >= 0]
    return len(items), len(blocks)


def _copy_environment(value: Any) -> Any:
    """Copy what rules add to: references, and the two tables of footnotes."""
    if isinstance(value, dict):
        return {key: copy(inner) if isinstance(inner, dict | list) else inner for key, inner in value.items()}
    return copy(value)


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


def _parse_footnote_reference(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as above
    """Parse `[^label]`: a markdown-it rule; returns False if there is none."""
    return bool(_FOOTNOTE_LABEL.match(state.src, state.pos)) and footnote_ref(state, silent)


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
