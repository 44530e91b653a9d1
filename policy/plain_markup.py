"""The markup that hashes are computed from: that of the page without what readers do not see.

docs/reference/record.md has the rules, by which anybody can compute it from the page. It is rendered from the
blocks and not from the page, so that a page that shows anything else is found. Its form never changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from policy.blocks import Block, TextRun, create_reference_anchor, group_runs

_SPACE = re.compile(r"\s")
_BLOCK_TAG = r"(<(?!/?(?:a|code|em|strong|sup)\b)[^<>]*>)"
# Two patterns: one that begins with an optional blank would be tried at each character of the text.
_SPACE_AFTER_BLOCK_TAG = re.compile(f"{_BLOCK_TAG} ")
_SPACE_BEFORE_BLOCK_TAG = re.compile(f" {_BLOCK_TAG}")
_MARKS_WITHOUT_ELEMENT = {"footnote", "repeated-footnote"}


def render_plain_section(title: str, blocks: Iterable[Block]) -> str:
    """Return the plain markup of a section: its heading, then its blocks."""
    return _remove_spaces(f"<section><h2>{_escape_text(title)}</h2>{_render_blocks(blocks)}</section>")


def render_plain_note_part(name: str, blocks: Iterable[Block], salt: str) -> str:
    """Return the plain markup of one part of a note, such as its summary, with the salt of its hash."""
    attributes = f' data-salt="{salt}"' if salt else ""
    return _remove_spaces(f'<section{attributes} data-part="{name}">{_render_blocks(blocks)}</section>')


def _remove_spaces(markup: str) -> str:
    without_spaces_after = _SPACE_AFTER_BLOCK_TAG.sub(r"\1", " ".join(markup.split()))
    return _SPACE_BEFORE_BLOCK_TAG.sub(r"\1", without_spaces_after)


def _escape_text(text: str) -> str:
    return escape(text, quote=False)


def _render_blocks(blocks: Iterable[Block]) -> str:
    return "".join(map(_render_block, blocks))


def _render_block(block: Block) -> str:
    tag, attributes = block.tag, dict(block.attrs)
    if tag == "hr":
        return "<hr>"
    if tag == "pre":
        # White space in code is written so that it stays.
        code = _SPACE.sub(
            lambda found: f"&#{ord(found[0])};", _escape_text("".join(run.text for run in block.runs))
        )
        return f"<pre><code>{code}</code></pre>"
    content = _render_runs(block.runs) if block.is_leaf else _render_blocks(block.children)
    if tag == "text":  # it has no element of its own
        return content
    if tag == "li" and "id" in attributes:  # a footnote, with the link back to its reference
        content += f'<a href="#{escape(create_reference_anchor(attributes["id"]))}"></a>'
    start = f' start="{attributes["start"]}"' if "start" in attributes else ""
    return f"<{tag}{start}>{content}</{tag}>"


def _render_runs(runs: Iterable[TextRun]) -> str:
    parts = []
    for href, marks, text in group_runs(runs):
        inside = _escape_text(text).replace("\n", "<br>")
        if "footnote" in marks:
            inside = f'<sup><a href="{escape(href)}"></a></sup>'
        elif href:
            inside = f'<a href="{escape(href)}">{inside}</a>'
        for mark in reversed(marks):
            if mark not in _MARKS_WITHOUT_ELEMENT:
                inside = f"<{mark}>{inside}</{mark}>"
        parts.append(inside)
    return "".join(parts)
