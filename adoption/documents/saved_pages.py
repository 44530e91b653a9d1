"""Reads what a saved page says about itself in its head: its language, title, address, site and day."""

from __future__ import annotations

import re
from html import unescape

from adoption.documents.pages import Page, parse_day
from policy.web_addresses import get_origin

_HEAD_LENGTH = 300_000  # page builders write style sheets before the titles
_HTML_LANGUAGE = re.compile(r"<html[^<>]{0,500}?\blang=[\"']?([\w-]+)", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{0,1000})</title>", re.IGNORECASE)
_HEAD_TAG = re.compile(r"<(?:link|meta)\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![\w:-])([\w:-]{1,40})\s*+=\s*+("[^"<>]{0,1000}"|'[^'<>]{0,1000}'|[^\s"'<>]{1,1000})"""
)
# Browsers write where a page was saved from.
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d{1,6}\)(\S{1,1000})\s*-->", re.IGNORECASE)
_SEPARATOR = re.compile(" [-|–—·»:] ")


def read_saved_page(text: str) -> Page:
    """Return a page as it was saved."""
    head = text[:_HEAD_LENGTH]
    language = _HTML_LANGUAGE.search(head)
    title = _TITLE.search(head)
    named = _read_head_tags(head)
    saved_from = _SAVED_FROM.search(head)
    address = named.get("canonical") or named.get("og:url") or (unescape(saved_from[1]) if saved_from else "")
    origin = get_origin(address) or ""
    owner = named.get("og:site_name", "")
    return Page(
        text,
        _choose_title(unescape(title[1]) if title else "", owner),
        language[1] if language else named.get("content-language", ""),
        parse_day(named.get("article:modified_time") or named.get("article:published_time") or ""),
        origin,
        owner,
        is_full_page=True,
        address=address if origin else "",
    )


def _read_head_tags(head: str) -> dict[str, str]:
    """Return what links and metadata say, by `rel`, `property`, `name` or `http-equiv`; the first of each."""
    named: dict[str, str] = {}
    for tag in _HEAD_TAG.finditer(head):
        attributes = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(tag[1])}
        key = next(filter(None, map(attributes.get, ("rel", "property", "name", "http-equiv"))), "")
        value = attributes.get("href") or attributes.get("content") or ""
        named.setdefault(key.lower(), unescape(value))
    return named


def _choose_title(title: str, owner: str) -> str:
    """Return the title of a window without the name of the site, which most sites write behind it."""
    parts = _SEPARATOR.split(" ".join(title.split()))
    others = [part for part in parts if part.casefold() != owner.casefold()]
    return (others or parts)[0]
