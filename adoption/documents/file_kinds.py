"""Finds out which kind of file is to be imported, and has it read."""

from __future__ import annotations

import re

from adoption.documents import (
    block_editor,
    export,
    markdown_files,
    opendocument,
    saved_pages,
    shortcodes,
    word_files,
    zip_files,
)
from adoption.documents.pages import Page
from common.errors import InputError
from common.messages import Message

_BYTE_ORDER_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# In XML, HTML or an HTTP header that a browser saved.
_ENCODING_DECLARATION = re.compile(rb"""(?:charset|encoding)\s*+=\s*+["']?\s*+([\w-]{1,20})""", re.IGNORECASE)
_DECLARATION_BYTES = 2048
# Browsers read each of these as windows-1252 (WHATWG Encoding §4.2).
_WESTERN_ENCODINGS = {b"iso-8859-1", b"latin1", b"windows-1252", b"us-ascii"}
_XML = re.compile(r"\s*<(\?xml|rss)\b")
_HTML = re.compile(
    r"\s*(?:<\?xml[^<>]{0,200}>\s*)?(?:<!--[^<>]{0,500}-->\s*)?(<!doctype html|<html|<head|<body)\b",
    re.IGNORECASE,
)
_MARKDOWN_NAMES = (".md", ".markdown", ".mdown", ".mdx")
# The first bytes of kinds of files that hold no text that could be read, and what to do instead.
_OTHER_KINDS = (
    (b"%PDF", Message("a PDF, which has no paragraphs; import the document that it was made from")),
    (b"{\\rtf", Message("rich text (RTF); save it as .docx, or as a web page")),
    (b"\xd0\xcf\x11\xe0", Message("a file of an old Word; save it as .docx, or as a web page")),
    (b"MIME-Version:", Message("a web page in one file (MHTML); save it as 'web page, HTML only'")),
)


def read_page(name: str, data: bytes) -> Page:
    """Return the page in a file; raise InputError if it cannot be read or has no page."""
    for start, kind in _OTHER_KINDS:
        if data.startswith(start):
            raise InputError(Message("{path}: this is {kind}", path=name, kind=kind))
    if data.startswith(b"PK"):
        return _read_zip_file(name, data)
    text = _decode_page(name, data)
    if not text.strip():
        raise InputError(Message("{path}: the file is empty", path=name))
    return _read_text(name, text)


def _read_text(name: str, text: str) -> Page:
    """Return the page in a text; what is of no other kind is that of a page builder or the block editor."""
    if name.lower().endswith(_MARKDOWN_NAMES):
        return markdown_files.read_markdown(text)
    if _HTML.match(text) and not shortcodes.has_shortcodes(text):
        return saved_pages.read_saved_page(text)
    if _XML.match(text):
        return export.read_export(name, text)
    if markdown_files.is_markdown(text):
        return markdown_files.read_markdown(text)
    return export.read_elementor_file(text) or _read_builder_text(text)


def _read_builder_text(text: str) -> Page:
    text, report = block_editor.fill_in_blocks(text, {})
    html, shortcode_report = shortcodes.read_shortcodes(text)
    return Page(html, report=(*report, *shortcode_report))


def _read_zip_file(name: str, data: bytes) -> Page:
    """Return the page in a document of a word processor, or in a web page as Google Docs packs it."""
    parts = zip_files.read_text_parts(name, data)
    if word_files.is_word_file(parts):
        return word_files.read_word_file(name, parts)
    if opendocument.is_opendocument(parts):
        return opendocument.read_opendocument(name, parts)
    pages = [part for part in parts if part.lower().endswith((".html", ".htm"))]
    if len(pages) != 1:
        raise InputError(
            Message("{path}: neither a text of Word or LibreOffice nor one web page; unpack it", path=name)
        )
    return read_page(f"{name}/{pages[0]}", parts[pages[0]])


def _decode_page(name: str, data: bytes) -> str:
    """Return the text of UTF-8, or of another encoding that the file declares."""
    try:
        for mark, encoding in _BYTE_ORDER_MARKS:
            if data.startswith(mark):
                return data[len(mark) :].decode(encoding)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _ENCODING_DECLARATION.search(data[:_DECLARATION_BYTES])
        if declared and declared[1].lower() in _WESTERN_ENCODINGS:
            return data.decode("windows-1252", "replace")
        raise InputError(
            Message("{path}: neither UTF-8 nor the encoding it declares; save it as UTF-8", path=name)
        ) from None
