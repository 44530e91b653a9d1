"""The tree of blocks that documents, old versions and redlines consist of, and its output formats.

A block tree is rendered as HTML, as plain text, or as bare words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class TextRun:
    """A stretch of text with the same link and marks.

    `marks` are listed from the outermost in: ins, del, strong, em, code, footnote,
    repeated-footnote; helper and visually-hidden are for words that are not the document's. A run with a
    `placeholder` is filled in with the words of a fact by `document.py`. A run marked `footnote` is a
    footnote reference: `href` is the anchor of the footnote, and its `text`, the number, is not part of the
    document's words. `repeated-footnote` marks further references to the same footnote; the link back from it
    leads to the first.

    In a redline, `former_href` is where unchanged words led before, or "" if they were no link; it is None
    where the link is the same.
    """

    text: str
    href: str = ""
    marks: tuple[str, ...] = ()
    placeholder: str = ""
    former_href: str | None = None
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Block:
    """A leaf with text runs, such as a paragraph, or a container of blocks, such as a list.

    `tag` is the HTML element, except for `text` (a leaf without an element of its own, as in a tight list)
    and `table-placeholder` (a table of facts that `document.py` fills in). `line` is that of the source,
    from 1.
    """

    tag: str
    children: tuple[Block, ...] = ()
    runs: tuple[TextRun, ...] = ()
    attrs: tuple[tuple[str, str], ...] = ()
    line: int = field(default=0, compare=False, repr=False)

    @property
    def is_leaf(self) -> bool:
        """Whether it holds text runs rather than blocks."""
        return not self.children


Blocks: TypeAlias = tuple[Block, ...]


def iter_leaves(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield all leaves in reading order."""
    for block in blocks:
        if block.is_leaf:
            yield block
        else:
            yield from iter_leaves(block.children)


def count_common_ends(old: Sequence[object], new: Sequence[object]) -> tuple[int, int]:
    """Return how many blocks or words of two texts are equal at the start, and how many more at the end."""
    most = min(len(old), len(new))
    start = end = 0
    while start < most and old[start] == new[start]:
        start += 1
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def render_line(runs: Iterable[TextRun]) -> str:
    """Return the words of a leaf on one line, each link followed by its target in angle brackets."""
    parts: list[str] = []
    for href, group in groupby(
        (run for run in runs if "footnote" not in run.marks), key=lambda run: run.href
    ):
        words = "".join(run.text for run in group)
        if href and words.strip():  # the blanks after a link's words follow its target
            words = f"{words.rstrip()} <{href}>{words[len(words.rstrip()) :]}"
        parts.append(words)
    return " ".join("".join(parts).split())


def extract_words(blocks: Iterable[Block]) -> list[str]:
    """Return the words of all leaves in reading order, without link targets and footnote numbers."""
    return [
        word
        for leaf in iter_leaves(blocks)
        for word in "".join(run.text for run in leaf.runs if "footnote" not in run.marks).split()
    ]


def render_prose(blocks: Iterable[Block]) -> str:
    """Return blocks as text without link targets, one line for each leaf; items have their numbers."""
    return "\n".join(filter(None, (line for block in blocks for line in _render_prose_lines(block))))


def _render_prose_lines(block: Block) -> Iterator[str]:
    if _is_numbered(block):
        yield from _number_items(block, _render_prose_lines)
    elif block.is_leaf:
        yield " ".join(extract_words([block]))
    else:
        for child in block.children:
            yield from _render_prose_lines(child)


def _is_numbered(block: Block) -> bool:
    """Whether a block is a list whose numbers were typed; those of footnotes are not words of the text."""
    return block.tag == "ol" and "class" not in dict(block.attrs)


def _number_items(block: Block, render_lines: Callable[[Block], Iterator[str]]) -> Iterator[str]:
    """Yield the lines of a numbered list, each item after its number."""
    number = int(dict(block.attrs).get("start", 1))
    for item in block.children:
        number = int(dict(item.attrs).get("value", number))  # in a redline, deleted items are not counted
        first, *rest = [*render_lines(item)] or [""]
        yield f"{number}. {first}".rstrip()
        yield from rest
        number += 1


def render_text(blocks: Iterable[Block]) -> str:
    """Return blocks as plain text with link targets: one line for each leaf, blank lines between blocks."""
    return "\n\n".join(filter(None, ("\n".join(_render_lines(block)) for block in blocks)))


def _render_lines(block: Block) -> Iterator[str]:
    """Yield the lines of a block as plain text; the cells of a table row are separated by tabs."""
    if block.tag == "tr":
        yield "\t".join(render_text((cell,)) for cell in block.children)
    elif _is_numbered(block):
        yield from _number_items(block, _render_lines)
    elif block.is_leaf:
        yield from filter(None, [render_line(block.runs)])
    else:
        for child in block.children:
            yield from _render_lines(child)


def render_html(blocks: Iterable[Block], labels: Mapping[str, str]) -> str:
    """Return blocks as HTML.

    `labels` has a text for each of `LABEL_KEYS`: accessible names of footnotes and code. With `NO_LABELS` the
    HTML has none of them.
    """
    return "".join(_render_element(block, labels) for block in blocks)


# Elements without content or end tag.
_VOID_ELEMENTS = {"hr"}
# The texts that render_html takes; generator/rendering.py translates them.
LABEL_KEYS = ("footnote", "footnote-back", "pre")
NO_LABELS = dict.fromkeys(LABEL_KEYS, "")
# What a redline says about words: their mark is the name of an element or of a class.
_CHANGE_MARKS = {"ins", "del"}
_HELPER_MARKS = {"helper", "visually-hidden"}
_OUTER_MARKS = _CHANGE_MARKS | _HELPER_MARKS


def _render_element(block: Block, labels: Mapping[str, str]) -> str:
    """Return one block as HTML."""
    content = _render_content(block, labels)
    if block.tag == "text" and not block.attrs:
        return content
    tag = "span" if block.tag == "text" else block.tag
    opening = tag + "".join(f' {name}="{escape(value)}"' for name, value in block.attrs)
    if tag in _VOID_ELEMENTS:
        return f"<{opening}>"
    element = f"<{opening}>{content}</{tag}>"
    if not labels.get(tag):
        return element
    # Code that is wider than a phone scrolls on its own, and what scrolls must be reachable by keyboard (WCAG
    # 2.1.1). Tables become cards instead (policy/cell_labels.py).
    label = escape(labels[tag])
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{label}">{element}</div>'


def _render_content(block: Block, labels: Mapping[str, str]) -> str:
    """Return the HTML inside the element of a block."""
    if block.tag == "pre":
        content = _render_code(block.runs, labels)
    elif block.is_leaf:
        content = _render_inline(block.runs, labels)
    else:
        content = render_html(block.children, labels)
    anchor = dict(block.attrs).get("id", "")
    is_footnote = block.tag == "li" and anchor and not anchor.startswith("_")
    return content + _render_back_link(anchor, labels) if is_footnote else content


def _render_code(runs: tuple[TextRun, ...], labels: Mapping[str, str]) -> str:
    """Return the content of a block of code; what is said about it goes before the code."""
    start = next((n for n, run in enumerate(runs) if _find_outer_mark(run) not in _HELPER_MARKS), len(runs))
    code = _render_inline(runs[start:], labels, keep_lines=True)
    return f"{_render_inline(runs[:start], labels)}<code>{code}</code>"


def group_runs(runs: Iterable[TextRun]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield the link, the marks and the text of neighbours that share them; footnotes stay by themselves.

    They share one element: a screen reader would announce each link or insertion by itself.
    """
    shown = (run for run in runs if run.text)  # a removal of words leaves runs without text
    for (href, marks), group in groupby(shown, key=lambda run: (run.href, run.marks)):
        texts = [run.text for run in group]
        for text in texts if "footnote" in marks else ["".join(texts)]:
            yield href, marks, text


def _render_inline(runs: Iterable[TextRun], labels: Mapping[str, str], *, keep_lines: bool = False) -> str:
    """Return runs as HTML; neighbours with the same mark of a redline share one element."""
    return "".join(
        _wrap_marked(mark, _render_unmarked(group, labels, keep_lines=keep_lines))
        for mark, group in _group_by_outer_mark([run for run in runs if run.text])
    )


def _group_by_outer_mark(runs: list[TextRun]) -> Iterator[tuple[str, Iterable[TextRun]]]:
    """Yield the outer mark and the runs, without it, of neighbours that share it.

    White space between two words with one mark has that mark; elsewhere it has none, lest there be an
    element with nothing in it.
    """
    marks = [_find_outer_mark(run) for run in runs]
    if not any(marks):
        yield "", runs
        return
    blank = [
        mark not in _HELPER_MARKS and not run.text.strip() for mark, run in zip(marks, runs, strict=True)
    ]
    words = [number for number, is_blank in enumerate(blank) if not is_blank]
    for before, after in zip([None, *words], [*words, None], strict=True):
        start, end = 0 if before is None else before + 1, len(runs) if after is None else after
        around = {"" if number is None else marks[number] for number in (before, after)}
        shared = around.pop() if len(around) == 1 else ""
        marks[start:end] = [shared if shared in _CHANGE_MARKS else ""] * (end - start)
    for mark, group in groupby(zip(marks, runs, strict=True), key=itemgetter(0)):
        yield mark, [replace(run, marks=run.marks[1:]) if _find_outer_mark(run) else run for _, run in group]


def _find_outer_mark(run: TextRun) -> str:
    """Return the mark of a redline that a run has, or an empty string."""
    return run.marks[0] if run.marks and run.marks[0] in _OUTER_MARKS else ""


def _wrap_marked(mark: str, inside: str) -> str:
    """Wrap HTML in the element of a redline's mark."""
    if mark in _HELPER_MARKS:
        return f'<span class="{mark}">{inside}</span>'
    return f"<{mark}>{inside}</{mark}>" if mark else inside


def _render_unmarked(runs: Iterable[TextRun], labels: Mapping[str, str], *, keep_lines: bool) -> str:
    """Return runs as HTML; neighbours with the same link and marks share one element."""
    parts = []
    for href, marks, text in group_runs(runs):
        inside = escape(text, quote=False)
        inside = inside if keep_lines else inside.replace("\n", "<br>")
        if "footnote" in marks:
            inside = _render_footnote_reference(href, inside, labels, first="repeated-footnote" not in marks)
        elif href:
            inside = f'<a href="{escape(href)}">{inside}</a>'
        for mark in reversed(marks):
            if mark not in {"footnote", "repeated-footnote"}:
                inside = f"<{mark}>{inside}</{mark}>"
        parts.append(inside)
    return "".join(parts)


def _render_footnote_reference(href: str, number: str, labels: Mapping[str, str], *, first: bool) -> str:
    # The style sheet draws the number: it is not part of the policy's words (docs/reference/output.md).
    label = escape(f"{labels['footnote']} {number}")
    anchor = f' id="{escape(create_reference_anchor(href.removeprefix("#")))}"' if first else ""
    return f'<sup{anchor}><a href="{escape(href)}" data-number="{number}" aria-label="{label}"></a></sup>'


def _render_back_link(footnote_anchor: str, labels: Mapping[str, str]) -> str:
    label = escape(labels["footnote-back"])
    anchor = create_reference_anchor(footnote_anchor)
    return f'<a class="back" href="#{escape(anchor)}" aria-label="{label}"></a>'


def create_reference_anchor(footnote_anchor: str) -> str:
    """Return the anchor of the first reference to a footnote, from the anchor of the footnote itself."""
    head, _, number = footnote_anchor.rpartition("-note-")
    return f"{head}-ref-{number}"
