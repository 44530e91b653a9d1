"""The tree of blocks that a reader sees, and its printed forms: HTML, plain text, bare words.

A document, an old version and a redline are all made of these; so they are printed by the same few functions.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# What would reorder or hide the words around it (Unicode TR9), and controls that no page may hold.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def escape_invisible(text: str) -> str:
    """Show bidi and other control characters as their code point, `[U+202E]`; form NFC."""
    return _INVISIBLE.sub(lambda found: f"[U+{ord(found[0]):04X}]", unicodedata.normalize("NFC", text))


@dataclass(frozen=True, slots=True)
class TextRun:
    """A stretch of text in one look. `marks` go from the outside in: ins, del, strong, em, code, note, again.

    A run with a `slot` stands for a fact that document.py fills in; a run marked `note` is a
    footnote's sign, its `href` the note's anchor and its `text` no word of the document. A sign marked
    `again` is not the first of its footnote: the way back from the note leads to the first.
    """

    text: str
    href: str = ""
    marks: tuple[str, ...] = ()
    placeholder: str = ""
    line: int = field(default=0, compare=False, repr=False)

    def __reduce__(self) -> tuple[type[TextRun], tuple[object, ...]]:
        """Give what it is born with: in a policy's history there are tens of thousands."""
        return TextRun, (self.text, self.href, self.marks, self.placeholder, self.line)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph-like leaf that holds runs, or a container that holds blocks.

    `tag` is that of HTML, except `text` (a leaf without a tag of its own, as in a tight list)
    and `table-slot` (a table of facts that document.py fills in).
    """

    tag: str
    children: tuple[Block, ...] = ()
    runs: tuple[TextRun, ...] = ()
    attrs: tuple[tuple[str, str], ...] = ()
    line: int = field(default=0, compare=False, repr=False)

    def __reduce__(self) -> tuple[type[Block], tuple[object, ...]]:
        """Give what it is born with."""
        return Block, (self.tag, self.children, self.runs, self.attrs, self.line)

    @property
    def is_leaf(self) -> bool:
        """Whether words stand directly in it."""
        return not self.children


def iter_leaves(blocks: Iterable[Block]) -> Iterator[Block]:
    """Walk all leaves in the order of reading."""
    for block in blocks:
        if block.is_leaf:
            yield block
        else:
            yield from iter_leaves(block.children)


def render_line(runs: Iterable[TextRun]) -> str:
    """Give the words of a leaf with each link's target in angle brackets behind its words."""
    parts: list[str] = []
    for href, group in groupby((run for run in runs if "note" not in run.marks), key=lambda run: run.href):
        words = "".join(run.text for run in group)
        parts.append(f"{words} <{href}>" if href else words)
    return " ".join("".join(parts).split())


def extract_words(blocks: Iterable[Block]) -> list[str]:
    """Give the words alone, without link targets, as a reader or a screen reader meets them."""
    return [
        word
        for leaf in iter_leaves(blocks)
        for word in "".join(run.text for run in leaf.runs if "note" not in run.marks).split()
    ]


def render_prose(blocks: Iterable[Block]) -> str:
    """Print blocks as sentences for a message: one line a leaf, without link targets."""
    return "\n".join(filter(None, (" ".join(extract_words([leaf])) for leaf in iter_leaves(blocks))))


def render_text(blocks: Iterable[Block]) -> str:
    """Print blocks as plain text: one line a leaf, a blank line between blocks of the first level."""
    return "\n\n".join(filter(None, ("\n".join(_lines(block)) for block in blocks)))


def _lines(block: Block) -> Iterator[str]:
    if block.tag == "tr":
        yield "\t".join(render_text((cell,)) for cell in block.children)
    elif block.is_leaf:
        yield from filter(None, [render_line(block.runs)])
    else:
        for child in block.children:
            yield from _lines(child)


def render_html(blocks: Iterable[Block], labels: Mapping[str, str]) -> str:
    """Print blocks as HTML. `labels` holds the hidden words around ins and del, and for moved and notes."""
    return "".join(_element(block, labels) for block in blocks)


_VOID = {"hr"}
LABELS = ("ins", "ins-end", "del", "del-end", "moved-here", "moved-away", "note", "note-back", "table", "pre")
NO_LABELS = dict.fromkeys(LABELS, "")


def _element(block: Block, labels: Mapping[str, str], lead: str = "") -> str:
    """Print one block; `lead` is HTML that goes in front of its first words."""
    attrs = dict(block.attrs)
    if moved := attrs.pop("moved", ""):
        attrs["class"] = " ".join(filter(None, (attrs.get("class", ""), "moved")))
        lead = _hidden(labels[moved] and f"[{labels[moved]}] ") + lead
    inside = _inside(block, labels, lead)
    if block.tag == "text":
        return f'<span class="{attrs["class"]}">{inside}</span>' if "class" in attrs else inside
    opening = block.tag + "".join(f' {name}="{escape(value)}"' for name, value in attrs.items())
    if block.tag in _VOID:
        return f"<{opening}>"
    element = f"<{opening}>{inside}</{block.tag}>"
    if not labels.get(block.tag):
        return element
    # A table or a line of code wider than a phone scrolls by itself, and a keyboard must reach what
    # scrolls (WCAG 2.1.1).
    label = escape(labels[block.tag])
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{label}">{element}</div>'


def _inside(block: Block, labels: Mapping[str, str], lead: str) -> str:
    if block.is_leaf:
        inside = lead + _inline(block.runs, labels, keep_lines=block.tag == "pre")
        inside = f"<code>{inside}</code>" if block.tag == "pre" else inside
    else:
        # Lists and rows take no words of their own, so what leads goes down to the first leaf.
        first, *rest = block.children
        inside = _element(first, labels, lead) + render_html(rest, labels)
    anchor = dict(block.attrs).get("id", "")
    return inside + _way_back(anchor, labels) if block.tag == "li" and anchor else inside


def _inline(runs: Iterable[TextRun], labels: Mapping[str, str], *, keep_lines: bool) -> str:
    parts = []
    for (href, marks), group in groupby(runs, key=lambda run: (run.href, run.marks)):
        inside = escape("".join(run.text for run in group), quote=False)
        inside = inside if keep_lines else inside.replace("\n", "<br>")
        if "note" in marks:
            inside = _footnote_sign(href, inside, labels, first="again" not in marks)
        elif href:
            inside = f'<a href="{escape(href)}">{inside}</a>'
        for mark in reversed(marks):
            inside = _marked(mark, inside, labels)
        parts.append(inside)
    return "".join(parts)


def _footnote_sign(href: str, number: str, labels: Mapping[str, str], *, first: bool) -> str:
    # The number is drawn by the style sheet: it is no word of the policy (contract §2).
    label = escape(f"{labels['note']} {number}")
    anchor = f' id="{escape(_sign(href.removeprefix("#")))}"' if first else ""
    return f'<sup{anchor}><a href="{escape(href)}" data-number="{number}" aria-label="{label}"></a></sup>'


def _way_back(note: str, labels: Mapping[str, str]) -> str:
    return f'<a class="back" href="#{escape(_sign(note))}" aria-label="{escape(labels["note-back"])}"></a>'


def _sign(note: str) -> str:
    """Give the anchor of a footnote's first sign from that of the note."""
    head, _, number = note.rpartition("-note-")
    return f"{head}-ref-{number}"


def _marked(mark: str, inside: str, labels: Mapping[str, str]) -> str:
    if mark in {"note", "again"}:
        return inside
    if mark not in {"ins", "del"}:
        return f"<{mark}>{inside}</{mark}>"
    # VoiceOver on macOS and Narrator say nothing for ins and del: the words around them do.
    before, after = (_hidden(labels[key]) for key in (mark, f"{mark}-end"))
    return f"<{mark}>{before}{inside}{after}</{mark}>"


def _hidden(words: str) -> str:
    return f'<span class="visually-hidden">{escape(words)}</span>' if words else ""
