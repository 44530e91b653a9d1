"""The rules of Atom (RFC 4287) and of `tag:` URIs (RFC 4151) that a feed of ours must follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from defusedxml.ElementTree import fromstring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Sections 4.1.1 and 4.1.2: how often an element may stand in a feed, and in an entry.
_ANY = 1_000_000
_FEED = {
    "author": (1, _ANY), "category": (0, _ANY), "contributor": (0, _ANY), "generator": (0, 1), "icon": (0, 1),
    "id": (1, 1), "link": (1, _ANY), "logo": (0, 1), "rights": (0, 1), "subtitle": (0, 1), "title": (1, 1),
    "updated": (1, 1), "entry": (0, _ANY),
}  # fmt: skip
_ENTRY = {
    "author": (0, _ANY), "category": (0, _ANY), "content": (0, 1), "contributor": (0, _ANY), "id": (1, 1),
    "link": (0, _ANY), "published": (0, 1), "rights": (0, 1), "source": (0, 1), "summary": (0, 1),
    "title": (1, 1), "updated": (1, 1),
}  # fmt: skip
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # section 3.3, in UTC
_HOST = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
_TAG = re.compile(rf"tag:{_HOST},\d{{4}}-\d\d-\d\d:[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")


def list_feed_problems(xml: str) -> list[str]:
    """Return what is wrong with a feed: breaches of the RFCs, and relative or invisible parts of its HTML."""
    feed = fromstring(xml.encode())
    if feed.tag != f"{ATOM}feed":
        return [f"the root is {feed.tag}"]
    return [
        *_judge_feed(feed),
        *(problem for entry in feed.iter(f"{ATOM}entry") for problem in _judge_entry(entry)),
    ]


def _judge_feed(feed: Element) -> Iterator[str]:
    yield from _judge_children(feed, _FEED)
    links = [
        (link.get("rel", "alternate"), link.get("type"), link.get("hreflang"))
        for link in feed.findall(f"{ATOM}link")
    ]
    if len(set(links)) < len(links):
        yield "two links with the same rel, type and language"
    if "self" not in {rel for rel, _, _ in links}:
        yield "no link to itself"
    if not feed.get(LANG):
        yield "no language"
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    if len(set(ids)) < len(ids):
        yield "two parts with the same id"
    updates = [entry.findtext(f"{ATOM}updated") or "" for entry in feed.iter(f"{ATOM}entry")]
    if updates and feed.findtext(f"{ATOM}updated") != max(updates):
        yield "updated is not that of the newest entry"


def _judge_entry(entry: Element) -> Iterator[str]:
    yield from _judge_children(entry, _ENTRY)
    published, updated = (entry.findtext(f"{ATOM}{name}") or "" for name in ("published", "updated"))
    if not published or published > updated:
        yield f"published {published}, updated {updated}"
    if not (entry.findtext(f"{ATOM}summary") or "").strip():
        yield "no summary"
    content = entry.find(f"{ATOM}content")
    if content is None or content.get("type") != "html" or len(content):
        yield "the content is no escaped HTML"
        return
    yield from _judge_html(content.text or "")


def _judge_children(parent: Element, rules: dict[str, tuple[int, int]]) -> Iterator[str]:
    found = [child.tag.removeprefix(ATOM) for child in parent]
    yield from (f"unknown element {name}" for name in found if name not in rules)
    for name, (least, most) in rules.items():
        if not least <= found.count(name) <= most:
            yield f"{found.count(name)} times {name}"
    for child in parent:
        match child.tag.removeprefix(ATOM):
            case "id" if not _TAG.fullmatch(child.text or ""):
                yield f"the id {child.text} is no tag URI"
            case "updated" | "published" if not _MOMENT.fullmatch(child.text or ""):
                yield f"{child.text} is no moment in UTC"
            case "link" if not urlsplit(child.get("href", "")).hostname:
                yield f"the address {child.get('href')} is not absolute"
            case "title" if (
                child.get("type", "text") != "text" or len(child) or not (child.text or "").strip()
            ):
                yield "a title that is no text"
            case "author" if not (child.findtext(f"{ATOM}name") or "").strip():
                yield "an author without a name"


def _judge_html(html: str) -> Iterator[str]:
    """Yield what a reader of feeds, without our style sheet and at another address, shows wrong."""
    for element in BeautifulSoup(html, "html.parser").find_all():
        if {"id", "class"} & element.attrs.keys():
            yield f"{element.name} has an id or a class"
        for name in ("href", "src"):
            if name in element.attrs and not urlsplit(element[name]).scheme:
                yield f"{element.name} leads to {element[name]!r}"
        if element.name in {"script", "style", "iframe", "form", "input", "details"}:
            yield f"a {element.name}"
