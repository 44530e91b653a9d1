"""Reads the data of Elementor, which keeps the texts of a page as JSON beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adoption.documents.words import remove_tags
from common.input_files import parse_json

_HEADING_KEYS = {"title", "tab_title", "heading", "title_text", "question"}
_TEXT_KEY = re.compile(
    r"editor|html|(?:[a-z]+_){0,3}(?:text|content|description|caption|answer|title|heading|question|label|quote)"
)
# Settings about appearance and links, whose values may look like words.
_OTHER_KEY = re.compile(
    r"\w*(?:css|class|style|font|color|align|animation|type|size|link|url|src|icon|layout|position|width)\w*"
    r"|_?id|elType|widgetType|name|alt|anchor",
    re.IGNORECASE,
)
_PROSE = re.compile(r"(?<![^\W\d_])[^\W\d_]++[,.]?+ ++[^\W\d_]")
_HEADING_TAG = re.compile("h[1-6]")


@dataclass(frozen=True, slots=True)
class ElementorPage:
    """The texts of a page as HTML, and those of settings that no rule knows."""

    html: str
    unknown_texts: tuple[str, ...]


def read_elementor_data(data: str) -> ElementorPage | None:
    """Return the page in Elementor's data; None for anything else."""
    try:
        elements = parse_json(data)
    except ValueError:
        return None
    content = elements.get("content") if isinstance(elements, dict) else elements
    if not isinstance(content, list) or not any(
        isinstance(element, dict) and "elType" in element for element in content
    ):
        return None
    texts = [text for text in _iter_texts(content) if any(map(str.isalpha, remove_tags(text[2])))]
    parts = [_format_text(*text) for text in texts if _is_known(text[1])]
    unknown = [remove_tags(text) for _, name, text in texts if not _is_known(name)]
    return ElementorPage("\n\n".join(parts), tuple(text for text in unknown if _PROSE.search(text)))


def _iter_texts(elements: list[Any]) -> Iterator[tuple[str, str, str]]:
    """Yield each text with the tag of headings beside it and with its key, in the order of the page."""
    stack: list[tuple[str, str, Any]] = [("h3", "", elements)]
    while stack:
        tag, name, value = stack.pop()
        if isinstance(value, list):
            stack += [(tag, name, item) for item in reversed(value)]
        elif isinstance(value, dict):
            if value.get("widgetType") == "heading":
                tag = "h2"
            elif "widgetType" in value:
                tag = "h3"
            tag = str(value.get("header_size") or tag)
            stack += [(tag, str(key), item) for key, item in reversed(value.items())]
        elif isinstance(value, str) and not _OTHER_KEY.fullmatch(name):
            yield tag, name, value


def _is_known(name: str) -> bool:
    return _TEXT_KEY.fullmatch(name) is not None


def _format_text(tag: str, name: str, text: str) -> str:
    """Return a text as HTML: a heading, or a block."""
    is_heading = name in _HEADING_KEYS and _HEADING_TAG.fullmatch(tag)
    return f"<{tag}>{text}</{tag}>" if is_heading else f"<div>{text}</div>"
