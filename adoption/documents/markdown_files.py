"""Reads a file of Markdown: CommonMark with the tables and footnotes of GitHub, and front matter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from adoption.documents.markup_limits import NESTED_TOO_DEEPLY
from adoption.documents.pages import Page, parse_day
from adoption.documents.report import ReportKind, ReportLine, report_dropped, shorten_quote
from common.errors import InputError
from common.messages import Message
from policy.text_limits import find_excess

_FRONT_MATTER = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\n(.*?)^\1[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
# The metadata of MultiMarkdown, which stand at the top without a mark, up to the first blank line.
_METADATA = re.compile(r"()((?:[a-z][\w ]{0,40}:[ \t]+\S[^\n]{0,300}\n)+)\n", re.IGNORECASE)
_KEY = re.compile(r"([\w-]{1,60})[ \t]*[:=][ \t]*(.*)")
_MAX_LENGTH = 1 << 20  # twice what all files of a policy may have
_MAX_NESTING = 1000  # what is nested deeper than that would be left out in silence; long before it, an error
_TITLE_LINE = re.compile(r"^title:", re.IGNORECASE | re.MULTILINE)
_TITLE_KEYS = {"title"}
_LANGUAGE_KEYS = {"lang", "language", "locale"}
_DATE_KEYS = {"date", "lastmod", "last_updated", "updated"}
_HEADING = re.compile(r"^#{1,6} +\S", re.MULTILINE)
_TAG = re.compile(r"</?[a-z][a-z0-9]*[\s/>]", re.IGNORECASE)
# Attributes that pandoc and kramdown write behind headings, or on a line of their own: not shown.
_HEADING_ATTRIBUTES = re.compile(r" \{:? ?[#.][^{}\n]{0,200}\}[ \t]{0,9}$", re.MULTILINE)
_HEADING_LINE = re.compile(r"^#{1,6} [^\n]*+$", re.MULTILINE)
_ATTRIBUTE_LINE = re.compile(r"^\{:[^{}\n]{0,200}\}[ \t]*$", re.MULTILINE)
_CONTENTS_MARK = re.compile(
    r"^[ \t]*(?:\[\[?_?toc_?\]?\]|\{:toc\}|\* TOC)[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_FOOTNOTE = re.compile(r"^ {0,3}\[(\^[^\]\s]{1,100})\]:", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[(\^[^\]\s]{1,100})\]")
_TEMPLATE = re.compile(r"\{\{[^{}\n]{1,200}\}\}|\{%[^{}\n]{1,200}%\}")


def is_markdown(text: str) -> bool:
    """Whether a text without a telling name is Markdown: it has front matter or headings, and no tags."""
    return bool(_FRONT_MATTER.match(text) or len(_HEADING.findall(text)) > 1) and not _TAG.search(text)


def read_markdown(text: str) -> Page:
    """Return the page of a Markdown text, as HTML that goes the way of every other page."""
    if len(text) > _MAX_LENGTH:
        raise InputError(Message("the text is longer than a policy may be; import its policy by itself"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    report: list[ReportLine] = []
    keys: dict[str, str] = {}
    metadata = _METADATA.match(text)
    if metadata and not _TITLE_LINE.search(metadata[2]):
        metadata = None  # a text that begins with words and a colon
    if front_matter := _FRONT_MATTER.match(text) or metadata:
        keys = _parse_front_matter(front_matter[2], report)
        text = text[front_matter.end() :]
    body = _ATTRIBUTE_LINE.sub("", _HEADING_LINE.sub(lambda line: _HEADING_ATTRIBUTES.sub("", line[0]), text))
    contents = Message("the mark of a contents list")
    report += [report_dropped(contents, mark) for mark in _CONTENTS_MARK.findall(body)]
    body = _show_unused_footnotes(_CONTENTS_MARK.sub("", body), report)
    report += _report_templates(body)
    if excess := find_excess(body):
        raise InputError(Message("{problem}; {hint}", problem=excess.message, hint=excess.hint))
    try:
        html = _create_parser().render(body)
    except RecursionError:
        raise InputError(NESTED_TOO_DEEPLY) from None
    title, language, day = (_find(keys, names) for names in (_TITLE_KEYS, _LANGUAGE_KEYS, _DATE_KEYS))
    return Page(html, title, language, parse_day(day), report=tuple(report))


def _create_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable(
        ["table", "strikethrough"]
    )
    return parser.use(deflist_plugin).use(footnote_plugin)


def _find(keys: dict[str, str], names: set[str]) -> str:
    return next((value for key, value in keys.items() if key.lower() in names), "")


def _parse_front_matter(text: str, report: list[ReportLine]) -> dict[str, str]:
    """Return the title, language and day of front matter; every other line is reported."""
    known = _TITLE_KEYS | _LANGUAGE_KEYS | _DATE_KEYS
    keys: dict[str, str] = {}
    for line in filter(str.strip, text.split("\n")):
        match = _KEY.fullmatch(line.rstrip())
        if match and match[1].lower() in known and match[1] not in keys:
            keys[match[1]] = match[2].strip().strip("\"'")
        else:
            report.append(report_dropped(Message("front matter"), line))
    return keys


def _show_unused_footnotes(text: str, report: list[ReportLine]) -> str:
    """Return the text in which a footnote that is never shown is a paragraph, so that it is not lost.

    It is one that nothing refers to, or the second with the same mark.
    """
    definitions = Counter(_FOOTNOTE.findall(text))
    mentions = Counter(_FOOTNOTE_MARK.findall(text))
    shown: set[str] = set()

    def show(match: re.Match[str]) -> str:
        label = match[1]
        if label not in shown and mentions[label] > definitions[label]:
            shown.add(label)
            return match[0]
        message = Message("footnote without a mark in the text: '{label}' became a paragraph", label=label)
        report.append(ReportLine(ReportKind.GUESS, message, label))
        return f"\\{match[0].lstrip()}"

    return _FOOTNOTE.sub(show, text)


def _report_templates(text: str) -> Iterator[ReportLine]:
    """Report the placeholders of other tools, which the words of the page do not have yet."""
    for found in dict.fromkeys(_TEMPLATE.findall(text)):
        message = Message(
            "to do: '{quote}' is a placeholder; write what it showed", quote=shorten_quote(found)
        )
        yield ReportLine(ReportKind.TO_DO, message, found)
