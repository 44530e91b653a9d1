"""Reads what WordPress' block editor keeps beside the text of a page: shared blocks, footnotes, attributes.

Blocks are HTML between comments, `<!-- wp:name {"key": "value"} -->`. Some have no HTML: it is filled in when
the page is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from adoption.documents.report import ReportKind, ReportLine, shorten_quote
from adoption.documents.words import extract_letters_and_digits, remove_tags
from common.input_files import parse_json
from common.messages import Message

_COMMENT = re.compile(r"\s*wp:([a-z][a-z0-9_-]{0,60}(?:/[a-z][a-z0-9_-]{0,60})?)\s*(.*?)\s*/?\s*", re.DOTALL)
_MAX_DEPTH = 5  # of shared blocks in shared blocks
_MAX_TEXT = 4 << 20  # with all shared blocks filled in
# Blocks that show what is kept elsewhere, and the key that says where.
_ELSEWHERE = {"pattern": "slug", "template-part": "slug", "navigation": "ref", "post-content": ""}
# Attributes that blocks show as text.
_TEXT_KEY = re.compile(
    r"\w{0,40}(?:text|title|heading|label|description|caption|message|quote|author|question|answer|content|summary)",
    re.IGNORECASE,
)
# Attributes about appearance, links and the editor itself, whose values may look like words.
_OTHER_KEY = re.compile(
    r"\w*(?:css|class|style|font|color|align|animation|type|size|link|url|src|icon|layout|slug|anchor)\w*"
    r"|id|name|metadata|lock|theme|ref|content_width",
    re.IGNORECASE,
)
_PROSE = re.compile(r"(?<![^\W\d_])[^\W\d_]++[,.]?+ ++[^\W\d_]")


@dataclass(slots=True)
class _Reader:
    """Fills in shared blocks and footnotes, and collects what the blocks say in their attributes."""

    shared: Mapping[str, str]
    footnotes: str
    report: list[ReportLine] = field(default_factory=list)
    attribute_texts: list[tuple[str, str]] = field(default_factory=list)
    length: int = 0
    has_shown_footnotes: bool = False

    def fill_in(self, text: str, depth: int = 0) -> str:
        """Return the text with the HTML of blocks that are kept elsewhere."""
        parts: list[str] = []
        position = 0
        for start, end, name, attributes in _iter_blocks(text):
            parts += [text[position:start], self.read_block(name, attributes, depth)]
            position = end
        filled = "".join([*parts, text[position:]])
        self.length += len(filled)
        return filled

    def read_block(self, name: str, attributes: Mapping[str, Any], depth: int) -> str:
        """Return the HTML of a block, as far as it is not that between its comments."""
        self.attribute_texts += [(name, value) for value in _iter_texts(attributes)]
        if name == "footnotes" and self.footnotes:
            self.has_shown_footnotes = True
            return self.footnotes
        if name == "block":
            shared = self.shared.get(str(attributes.get("ref")))
            if shared is not None and depth < _MAX_DEPTH and self.length < _MAX_TEXT:
                return self.fill_in(shared, depth + 1)
            self.report_elsewhere(name, attributes.get("ref"))
        elif name in _ELSEWHERE:
            self.report_elsewhere(name, attributes.get(_ELSEWHERE[name]))
        # The comment stays, so that the page is known to be one of the block editor.
        return f"<!-- wp:{name} -->"

    def report_elsewhere(self, name: str, reference: object) -> None:
        message = Message(
            "to do: the block '{name}' shows '{reference}', which is not in the file; write what it showed",
            name=name,
            reference=reference or "",
        )
        self.report.append(ReportLine(ReportKind.TO_DO, message))


def fill_in_blocks(
    text: str, shared: Mapping[str, str], footnotes: str = ""
) -> tuple[str, tuple[ReportLine, ...]]:
    """Return a page with its shared blocks (by their number) and its footnotes, and a report of the rest.

    `footnotes` is the JSON that WordPress keeps beside the page.
    """
    reader = _Reader(shared, _format_footnotes(footnotes))
    filled = reader.fill_in(text)
    if reader.footnotes and not reader.has_shown_footnotes:
        filled += f"\n\n{reader.footnotes}"
    shown = extract_letters_and_digits(remove_tags(filled))
    missing = dict.fromkeys(
        (name, value)
        for name, value in reader.attribute_texts
        if extract_letters_and_digits(remove_tags(value)) not in shown
    )
    dropped = [
        ReportLine(
            ReportKind.DROPPED,
            Message(
                "not imported: a text of the block '{name}', '{quote}'", name=name, quote=shorten_quote(value)
            ),
            value,
        )
        for name, value in missing
    ]
    return filled, (*reader.report, *dropped)


def _iter_blocks(text: str) -> Iterator[tuple[int, int, str, Mapping[str, Any]]]:
    """Yield where the opening comment of each block starts and ends, its name and its attributes."""
    start = text.find("<!--")
    while start != -1 and (end := text.find("-->", start)) != -1:
        match = _COMMENT.fullmatch(text[start + 4 : end])
        if match:
            yield start, end + 3, match[1].removeprefix("core/"), _parse_attributes(match[2])
        start = text.find("<!--", end)


def _parse_attributes(text: str) -> Mapping[str, Any]:
    try:
        attributes = parse_json(text) if text else {}
    except ValueError:
        return {}
    return attributes if isinstance(attributes, dict) else {}


def _iter_texts(attributes: object, key: str = "", depth: int = 0) -> Iterator[str]:
    """Yield the values of attributes that look like text for readers."""
    if depth > _MAX_DEPTH or (key and _OTHER_KEY.fullmatch(key)):
        return
    if isinstance(attributes, dict):
        for name, value in attributes.items():
            yield from _iter_texts(value, str(name), depth + 1)
    elif isinstance(attributes, list):
        for value in attributes:
            yield from _iter_texts(value, key, depth + 1)
    elif isinstance(attributes, str):
        words = remove_tags(attributes)
        if any(map(str.isalpha, words)) and (_TEXT_KEY.fullmatch(key) or _PROSE.search(words)):
            yield words


def _format_footnotes(data: str) -> str:
    """Return the footnotes of a page as HTML, each with a link back to its mark."""
    try:
        rows = parse_json(data) if data.strip() else []
    except ValueError:
        return ""
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    items = "".join(
        f'<li id="{escape(str(row.get("id", "")))}">{row.get("content", "")}'
        f' <a href="#{escape(str(row.get("id", "")))}-link"></a></li>'
        for row in rows
    )
    return f"<ol>{items}</ol>" if items else ""
