"""Reads a text document of LibreOffice (.odt): OpenDocument 1.3, from its XML alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from xml.etree.ElementTree import Element

from adoption.documents.pages import Page, parse_day
from adoption.documents.report import ReportLine, report_dropped
from adoption.documents.zip_files import parse_part, refuse_damaged_file
from common.errors import InputError
from common.messages import Message

_MIME_TYPE = b"application/vnd.oasis.opendocument.text"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_FORMAT = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_LINK = "{http://www.w3.org/1999/xlink}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_MAX_LEVEL = 6
_MAX_SPACES = 100
# Elements that become one of HTML with the same content.
_TAGS = {
    f"{_TABLE}table": "table",
    f"{_TABLE}table-row": "tr",
    f"{_TABLE}table-cell": "td",
    f"{_TEXT}list-item": "li",
    f"{_TEXT}list-header": "li",
}
_BLANKS = {f"{_TEXT}tab": " ", f"{_TEXT}line-break": "<br>"}
_SKIPPED = {f"{_TEXT}tracked-changes", f"{_TEXT}table-of-content", f"{_OFFICE}annotation", f"{_OFFICE}forms"}


def is_opendocument(parts: dict[str, bytes]) -> bool:
    """Whether the parts are those of a text document."""
    return parts.get("mimetype", b"").strip().startswith(_MIME_TYPE) and "content.xml" in parts


def read_opendocument(name: str, parts: dict[str, bytes]) -> Page:
    """Return the page of a document; raise InputError if it cannot be read."""
    content, styles, meta = (parse_part(name, parts, f"{part}.xml") for part in ("content", "styles", "meta"))
    body = content.find(f"{_OFFICE}body/{_OFFICE}text") if content is not None else None
    if content is None or body is None:
        raise refuse_damaged_file(name)
    writer = _Writer(
        _list_ordered_styles(content, styles), _list_title_styles(content), _list_marks(content, styles)
    )
    try:
        writer.write_children(body)
    except RecursionError:
        raise InputError(Message("{path}: nested too deeply", path=name)) from None
    notes = f"<ol>{''.join(writer.notes)}</ol>" if writer.notes else ""
    day = meta.findtext(f".//{_DUBLIN_CORE}date", "") if meta is not None else ""
    report = (*writer.report, *_report_headers(styles))
    return Page("".join(writer.parts) + notes, date=parse_day(day), report=report)


@dataclass(slots=True)
class _Writer:
    """Writes the elements of a document as HTML."""

    ordered_styles: frozenset[str]
    title_styles: frozenset[str]
    marks: Mapping[str, str]
    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    report: list[ReportLine] = field(default_factory=list)
    list_styles: list[str] = field(default_factory=list)

    def write_children(self, element: Element) -> None:
        self.parts.append(escape(element.text or ""))
        for child in element:
            self.write(child)
            self.parts.append(escape(child.tail or ""))

    def write_as(self, tag: str, attributes: str, element: Element) -> None:
        self.parts.append(f"<{tag}{attributes}>")
        self.write_children(element)
        self.parts.append(f"</{tag}>")

    def write(self, element: Element) -> None:
        """Write an element; one that is not known is only what is in it."""
        tag = element.tag
        if tag in _SKIPPED:
            self.report_skipped(element)
        elif tag in _BLANKS:
            self.parts.append(_BLANKS[tag])
        elif tag == f"{_TEXT}s":
            count = element.get(f"{_TEXT}c", "1")
            self.parts.append(" " * (min(int(count), _MAX_SPACES) if count.isdecimal() else 1))
        elif tag == f"{_TEXT}list":
            self.write_list(element)
        elif tag == f"{_TEXT}note":
            self.write_note(element)
        elif found := self.choose_tag(element):
            self.write_as(*found, element)
        else:
            self.write_children(element)

    def choose_tag(self, element: Element) -> tuple[str, str] | None:
        """Return the tag and the attributes of the same element of HTML, if there is one."""
        tag, style = element.tag, element.get(f"{_TEXT}style-name", "")
        if tag == f"{_TEXT}h":
            level = element.get(f"{_TEXT}outline-level", "1")
            return f"h{min(max(int(level), 1), _MAX_LEVEL) if level.isdecimal() else 1}", ""
        if tag == f"{_TEXT}p":
            return "p", ' class="title"' if style in self.title_styles else ""
        if tag == f"{_TEXT}a":
            return "a", f' href="{escape(element.get(f"{_LINK}href", ""))}"'
        if tag == f"{_TEXT}span" and style in self.marks:
            return self.marks[style], ""
        if tag not in _TAGS:
            return None
        spans = (("col", "number-columns-spanned"), ("row", "number-rows-spanned"))
        values = ((side, element.get(f"{_TABLE}{key}")) for side, key in spans)
        return _TAGS[tag], "".join(f' {side}span="{escape(value)}"' for side, value in values if value)

    def write_list(self, element: Element) -> None:
        """Write a list; one inside another has the style of that if it names none."""
        style = element.get(f"{_TEXT}style-name") or (self.list_styles[-1] if self.list_styles else "")
        self.list_styles.append(style)
        self.write_as("ol" if style in self.ordered_styles else "ul", "", element)
        self.list_styles.pop()

    def write_note(self, element: Element) -> None:
        """Write the mark of a footnote, and keep the footnote for the end of the page."""
        number = len(self.notes) + 1
        self.notes.append("")
        self.parts.append(f'<sup><a href="#note-{number}" id="mark-{number}">{number}</a></sup>')
        body = element.find(f"{_TEXT}note-body")
        before, self.parts = self.parts, []
        if body is not None:
            self.write_children(body)
        words = "".join(self.parts)
        self.parts = before
        self.notes[number - 1] = f'<li id="note-{number}">{words}<a href="#mark-{number}"></a></li>'

    def report_skipped(self, element: Element) -> None:
        words = _join_text(element)
        if not words:
            return
        parts = {
            f"{_TEXT}tracked-changes": Message("deleted text"),
            f"{_TEXT}table-of-content": Message("a contents list"),
            f"{_OFFICE}annotation": Message("a comment"),
        }
        self.report.append(report_dropped(parts.get(element.tag, Message("words of the document")), words))


def _join_text(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _list_ordered_styles(*roots: Element | None) -> frozenset[str]:
    """Return the names of the list styles whose first level has numbers."""
    names = set()
    for root in roots:
        for style in root.iter(f"{_TEXT}list-style") if root is not None else ():
            first = next(iter(style), None)
            if first is not None and first.tag == f"{_TEXT}list-level-style-number":
                names.add(style.get(f"{_STYLE}name", ""))
    return frozenset(names)


def _list_title_styles(content: Element) -> frozenset[str]:
    """Return the names of paragraph styles that are the title's, or are made from it."""
    parents = {
        style.get(f"{_STYLE}name", ""): style.get(f"{_STYLE}parent-style-name", "")
        for style in content.iter(f"{_STYLE}style")
    }
    return frozenset({"Title", *(name for name, parent in parents.items() if parent == "Title")})


def _list_marks(*roots: Element | None) -> dict[str, str]:
    """Return the element of HTML for the styles of characters that are bold or italic."""
    marks: dict[str, str] = {}
    for root in roots:
        for style in root.iter(f"{_STYLE}style") if root is not None else ():
            for properties in style.iter(f"{_STYLE}text-properties"):
                if properties.get(f"{_FORMAT}font-weight") == "bold":
                    marks[style.get(f"{_STYLE}name", "")] = "strong"
                elif properties.get(f"{_FORMAT}font-style") == "italic":
                    marks[style.get(f"{_STYLE}name", "")] = "em"
    return marks


def _report_headers(styles: Element | None) -> Iterator[ReportLine]:
    """Report the words of headers and footers, which are styles of pages."""
    for kind in ("header", "footer"):
        for element in styles.iter(f"{_STYLE}{kind}") if styles is not None else ():
            if words := _join_text(element):
                yield report_dropped(Message("a header or footer"), words)
