"""Reads a document of Word (.docx) with mammoth, and reports what mammoth leaves out."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from adoption.documents.pages import Page, parse_day
from adoption.documents.report import ReportLine, report_dropped
from adoption.documents.words import list_words, remove_tags
from adoption.documents.zip_files import parse_part, refuse_damaged_file
from common.errors import InputError
from common.messages import Message
from common.missing_packages import describe_missing_package

_MAIN = "word/document.xml"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TERMS = "{http://purl.org/dc/terms/}"
_STYLES = """
p[style-name='Title'] => p.title:fresh
p[style-name='title'] => p.title:fresh
p[style-name='TOC Heading'] => h2:fresh
"""


def is_word_file(parts: dict[str, bytes]) -> bool:
    """Whether the parts are those of a document of Word."""
    return _MAIN in parts


def read_word_file(name: str, parts: dict[str, bytes]) -> Page:
    """Return the page of a document; raise InputError if it cannot be read."""
    roots = {part: parse_part(name, parts, part) for part in parts if part.endswith((".xml", ".rels"))}
    html = _convert(name, parts)
    core = roots.get("docProps/core.xml")
    return Page(
        html,
        date=parse_day(core.findtext(f"{_TERMS}modified", "") if core is not None else ""),
        report=tuple(_report_losses(roots, html)),
    )


def _convert(name: str, parts: dict[str, bytes]) -> str:
    """Return the HTML that mammoth makes of a document without its pictures."""
    try:
        import mammoth  # type: ignore[import-untyped]  # noqa: PLC0415 - only documents of Word need it
    except ModuleNotFoundError as missing:
        raise InputError(describe_missing_package(missing)) from None
    # A file of the parts that were checked, so that nothing else of the document is read.
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for part, data in parts.items():
            file.writestr(part, data)
    archive.seek(0)
    try:
        result = mammoth.convert_to_html(
            archive,
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(lambda _image: {"src": ""}),
            external_file_access=False,  # also the default since mammoth 1.11
        )
    except RecursionError:
        raise InputError(Message("{path}: nested too deeply", path=name)) from None
    except Exception:  # noqa: BLE001 - whatever a damaged document makes the library raise
        raise refuse_damaged_file(name) from None
    return str(result.value)


def _report_losses(roots: dict[str, Element | None], html: str) -> Iterator[ReportLine]:
    """Report comments, headers and footers, deleted text, and every other word that is not in the HTML."""
    for part, root in sorted(roots.items()):
        if root is None or not part.startswith("word/"):
            continue
        name = part.removeprefix("word/")
        found: list[tuple[Message, str]] = []
        if name.startswith("comments."):
            comments = (_join_text(comment, "t") for comment in _iter_elements(root, "comment"))
            found = [(Message("a comment"), comment) for comment in comments]
        elif name.startswith(("header", "footer")):
            found = [(Message("a header or footer"), _join_text(root, "t"))]
        elif name in {"document.xml", "footnotes.xml", "endnotes.xml"}:
            found = [(Message("deleted text"), _join_text(root, "delText"))]
        yield from (report_dropped(part, words) for part, words in found if words)
    yield from _report_missing_words(roots, html)


def _report_missing_words(roots: dict[str, Element | None], html: str) -> Iterator[ReportLine]:
    """Report words of the document that are not in the HTML, wherever mammoth lost them."""
    texts = [
        _join_text(root, "t")
        for part in (_MAIN, "word/footnotes.xml", "word/endnotes.xml")
        if (root := roots.get(part)) is not None
    ]
    missing = Counter(list_words(" ".join(texts))) - Counter(list_words(remove_tags(html)))
    if missing:
        words = " ".join(missing.elements())
        yield report_dropped(Message("words of the document"), words)


def _iter_elements(root: Element, tag: str) -> Iterator[Element]:
    for space in (_WORD, _STRICT):
        yield from root.iter(f"{space}{tag}")


def _join_text(root: Element, tag: str) -> str:
    """Return the text of a part, with a blank for each paragraph, tab and line end."""
    words = []
    # What older programs show instead of the text before it, which has the same words.
    repeated = {element for fallback in root.iter(_FALLBACK) for element in fallback.iter()}
    for element in root.iter():
        if element in repeated:
            continue
        local = element.tag.rpartition("}")[2]
        if local == tag and element.tag.startswith((_WORD, _STRICT)):
            words.append(element.text or "")
        elif local in {"p", "tab", "br", "cr", "noBreakHyphen", "footnoteReference", "endnoteReference"}:
            words.append("-" if local == "noBreakHyphen" else " ")
    return " ".join("".join(words).split())
