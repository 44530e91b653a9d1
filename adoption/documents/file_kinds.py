"""Finds out which kind of file is to be imported, and has it read."""

from __future__ import annotations

import re

from adoption.documents import block_editor, export, markdown_files, saved_pages, shortcodes
from adoption.documents.pages import Page
from common.errors import InputError

_BYTE_ORDER_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# In XML, HTML or an HTTP header that a browser saved.
_ENCODING_DECLARATION = re.compile(rb"""(?:charset|encoding)\s*+=\s*+["']?\s*+([\w-]{1,20})""", re.IGNORECASE)
_DECLARATION_BYTES = 2048
# Browsers read each of these as windows-1252 (WHATWG Encoding §4.2).
_WESTERN_ENCODINGS = {b"iso-8859-1", b"latin1", b"windows-1252", b"us-ascii"}
_XML = re.compile(r"\s*<(\?xml|rss)\b")
_HTML = re.compile(r"\s*(?:<!--[^<>]{0,500}-->\s*)?(<!doctype html|<html|<head|<body)\b", re.IGNORECASE)
_MARKDOWN_NAMES = (".md", ".markdown", ".mdown", ".mdx")
# The first bytes of kinds of files that hold no text that could be read, and what to do instead.
_OTHER_KINDS = (
    (b"%PDF", "a PDF, which has no paragraphs; import the document that it was made from"),
    (b"{\\rtf", "rich text (RTF); save it as .docx, or as a web page"),
    (b"\xd0\xcf\x11\xe0", "a file of an old Word; save it as .docx, or as a web page"),
    (b"MIME-Version:", "a web page in one file (MHTML); save it as 'web page, HTML only'"),
)


def read_page(name: str, data: bytes) -> Page:
    """Return the page in a file; raise InputError if it cannot be read or has no page."""
    for start, kind in _OTHER_KINDS:
        if data.startswith(start):
            raise InputError(f"{name}: this is {kind}")
    try:
        text = _decode_page(data)
    except UnicodeDecodeError:
        raise InputError(f"{name}: neither UTF-8 nor the encoding it declares; save it as UTF-8") from None
    if not text.strip():
        raise InputError(f"{name}: the file is empty")
    if name.lower().endswith(_MARKDOWN_NAMES):
        return markdown_files.read_markdown(text)
    if _XML.match(text):
        return export.read_export(name, text)
    if _HTML.match(text) and not shortcodes.has_shortcodes(text):
        return saved_pages.read_saved_page(text)
    if markdown_files.is_markdown(text):
        return markdown_files.read_markdown(text)
    if (page := export.read_elementor_file(text)) is not None:
        return page
    text, report = block_editor.fill_in_blocks(text, {})
    html, shortcode_report = shortcodes.read_shortcodes(text)
    return Page(html, report=(*report, *shortcode_report))


def _decode_page(data: bytes) -> str:
    """Return the text of UTF-8, or of another encoding that the file declares."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _ENCODING_DECLARATION.search(data[:_DECLARATION_BYTES])
        if declared and declared[1].lower() in _WESTERN_ENCODINGS:
            return data.decode("windows-1252")
        raise
