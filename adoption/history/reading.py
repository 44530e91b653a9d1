"""Reads one file of an older version, whatever kind it is."""

from __future__ import annotations

from pathlib import PurePosixPath

from adoption.documents.reading import read_document
from adoption.documents.report import ReportKind, ReportLine, shorten_quote
from adoption.history.markdown import FoundDocument, FoundSection, create_anchor, read_markdown
from adoption.history.sources import SourceFile
from common.messages import Message

_MARKDOWN_SUFFIXES = {".md", ".markdown"}


def read_version_file(file: SourceFile) -> FoundDocument:
    """Return the document in a file; raise InputError, which names it, if there is none."""
    if PurePosixPath(file.path).suffix.lower() in _MARKDOWN_SUFFIXES:
        return read_markdown(file.name, file.data)
    found = read_document(file.name, file.data)
    sections = tuple(
        FoundSection(
            # The title of a window is no text of the page.
            section.title if section.has_heading or found.title_in_text else "",
            section.markdown,
            tuple(create_anchor(block.text) for block in section.blocks if block.kind == "heading"),
        )
        for section in found.sections
    )
    report = found.report
    words = found.title_in_text
    if words and found.sections[0].has_heading:  # otherwise it is the title of the first section
        message = Message("{what}: {quote}", what=Message("title of the page"), quote=shorten_quote(words))
        report = (*report, ReportLine(ReportKind.DROPPED, message, words))
    return FoundDocument(found.title or "", sections, report)
