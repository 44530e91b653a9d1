"""Reads the file to import, and finds the page with the policy in it.

A file is a WordPress export (WXR), a saved web page, or the text of a page builder.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from adoption.documents import shortcodes
from adoption.documents.report import ReportLine
from common.errors import InputError
from languages.loader import get_language, list_language_codes

_NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wp": "http://wordpress.org/export/1.2/",
}
# WordPress' states of a page, the most public first.
_STATUS_ORDER = ("publish", "private", "future", "pending", "draft")
_BYTE_ORDER_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# In XML, HTML or an HTTP header that a browser saved.
_ENCODING_DECLARATION = re.compile(rb"""(?:charset|encoding)\s*+=\s*+["']?\s*+([\w-]{1,20})""", re.IGNORECASE)
_DECLARATION_BYTES = 2048
# Browsers read each of these as windows-1252 (WHATWG Encoding §4.2).
_WESTERN_ENCODINGS = {b"iso-8859-1", b"latin1", b"windows-1252", b"us-ascii"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page from the file; a field that the file does not state is empty.

    `other_page_titles` are those of an export that are not imported, `report` the lines
    about shortcodes. `is_full_page` for a saved page, which has the site's menus around its text.
    """

    html: str
    title: str = ""
    language: str = ""
    date: dt.date | None = None
    site: str = ""
    owner: str = ""
    other_page_titles: tuple[str, ...] = ()
    report: tuple[ReportLine, ...] = ()
    is_full_page: bool = False


def read_page(name: str, data: bytes) -> Page:
    """Return the page in a file; raise InputError if it cannot be read or has no page."""
    try:
        text = _decode_page(data)
    except UnicodeDecodeError:
        raise InputError(f"{name}: neither UTF-8 nor the encoding it declares; save it as UTF-8") from None
    if not text.strip():
        raise InputError(f"{name}: the file is empty")
    if re.match(r"\s*<(\?xml|rss)\b", text):
        return _read_export(name, text)
    if re.match(
        r"\s*(<!doctype html|<html|<head|<body)\b", text, re.IGNORECASE
    ) and not shortcodes.has_shortcodes(text):
        language = re.search(r"<html[^<>]{0,500}?\blang=[\"']?([\w-]+)", text, re.IGNORECASE)
        return Page(text, language=language[1] if language else "", is_full_page=True)
    return Page(shortcodes.convert_to_html(text), report=shortcodes.find_unconverted_shortcodes(text))


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


@lru_cache(maxsize=1)
def _compile_title_patterns() -> tuple[re.Pattern[str], ...]:
    """Return patterns of the title of a policy in any language, the surest first; languages never change."""
    checks = [get_language(code).checks.import_ for code in list_language_codes()]
    titles = "|".join(words.policy_title for words in checks if words)
    topics = "|".join(words.policy_topic for words in checks if words)
    expressions = (rf"\s*({titles})\s*", f".*({titles}).*", f".*({topics}).*")
    return tuple(re.compile(expression, re.IGNORECASE | re.DOTALL) for expression in expressions)


def _rank_page(item: Element) -> tuple[bool, int, int]:
    """Return a sort key that puts the page first that most likely is the published policy."""
    title = item.findtext("title") or ""
    patterns = _compile_title_patterns()
    status = item.findtext("wp:status", "publish", _NAMESPACES)
    title_rank = next(
        (rank for rank, pattern in enumerate(patterns) if pattern.fullmatch(title)),
        len(patterns),
    )
    status_rank = _STATUS_ORDER.index(status) if status in _STATUS_ORDER else len(_STATUS_ORDER)
    # A published page goes before a draft with a better title, as long as both are about privacy.
    return (title_rank == len(patterns), status_rank, title_rank)


def _read_export(name: str, text: str) -> Page:
    """Return the page with the policy in a WordPress export (WXR 1.2)."""
    try:
        channel = fromstring(text, forbid_dtd=True).find("channel")
    except DefusedXmlException:
        # Entities could expand to gigabytes or read other files; WordPress never writes a DTD.
        raise InputError(f"{name}: a WordPress export has no DOCTYPE; export the page again") from None
    except (ParseError, ValueError) as error:
        raise InputError(f"{name}: not a WordPress export ({error}); export the page again") from None
    items = [] if channel is None else channel.findall("item")
    pages = [item for item in items if item.findtext("wp:post_type", "page", _NAMESPACES) in {"page", "post"}]
    if channel is None or not pages:
        raise InputError(f"{name}: there is no page in this export; export the page with the policy")
    page = min(pages, key=_rank_page)
    text = page.findtext("content:encoded", "", _NAMESPACES)
    return Page(
        shortcodes.convert_to_html(text),
        page.findtext("title") or "",
        channel.findtext("language") or "",
        _parse_day(page.findtext("wp:post_date", "", _NAMESPACES)),
        channel.findtext("wp:base_site_url", "", _NAMESPACES) or channel.findtext("link") or "",
        channel.findtext("title") or "",
        tuple(item.findtext("title") or "" for item in pages if item is not page),
        shortcodes.find_unconverted_shortcodes(text),
    )


def _parse_day(moment: str) -> dt.date | None:
    """Return the day of a moment as WordPress writes it; drafts have one of zeros."""
    try:
        return dt.date.fromisoformat(moment[:10])
    except ValueError:
        return None
