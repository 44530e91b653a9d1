"""Reads one file of an older version, whatever kind it is."""

from __future__ import annotations

from pathlib import PurePosixPath

from adoption.documents.reading import read_document
from adoption.history.markdown import FoundDocument, FoundSection, create_anchor, read_markdown
from adoption.history.sources import SourceFile

_MARKDOWN_SUFFIXES = {".md", ".markdown"}


def read_version_file(file: SourceFile) -> FoundDocument:
    """Return the document in a file; raise InputError, which names it, if there is none."""
    if PurePosixPath(file.path).suffix.lower() in _MARKDOWN_SUFFIXES:
        return read_markdown(file.name, file.data)
    found = read_document(file.name, file.data)
    sections = tuple(
        FoundSection(
            section.title,
            section.markdown,
            tuple(create_anchor(block.text) for block in section.blocks if block.kind == "heading"),
        )
        for section in found.sections
    )
    return FoundDocument(found.title or "", sections, found.report)
