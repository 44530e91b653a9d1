"""Finds the page with the policy in an export of WordPress (WXR)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from adoption.documents import block_editor, shortcodes
from adoption.documents.elementor import read_elementor_data
from adoption.documents.pages import Page, parse_day
from adoption.documents.report import ReportKind, ReportLine, shorten_quote
from adoption.documents.words import extract_letters_and_digits, remove_tags
from common.errors import InputError
from common.messages import Message
from languages.loader import get_language, list_language_codes

_NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wp": "http://wordpress.org/export/1.2/",
}
# WordPress' states of a page, the most public first.
_STATUS_ORDER = ("publish", "private", "future", "pending", "draft")
# Keys under which other page builders keep their texts, in forms of their own.
_OTHER_BUILDERS = {
    "_fl_builder_data": "Beaver Builder",
    "ct_builder_shortcodes": "Oxygen",
    "_bricks_page_content_2": "Bricks",
    "panels_data": "SiteOrigin",
    "brizy": "Brizy",
}


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


def read_export(name: str, text: str) -> Page:
    """Return the page with the policy in a WordPress export (WXR 1.2)."""
    try:
        channel = fromstring(text, forbid_dtd=True).find("channel")
    except DefusedXmlException:
        # Entities could expand to gigabytes or read other files; WordPress never writes a DTD.
        raise InputError(
            Message("{path}: a WordPress export has no DOCTYPE; export the page again", path=name)
        ) from None
    except (ParseError, ValueError) as error:
        raise InputError(
            Message("{path}: not a WordPress export ({error}); export the page again", path=name, error=error)
        ) from None
    items = [] if channel is None else channel.findall("item")
    pages = [item for item in items if item.findtext("wp:post_type", "page", _NAMESPACES) in {"page", "post"}]
    if channel is None or not pages:
        raise InputError(
            Message("{path}: there is no page in this export; export the page with the policy", path=name)
        )
    page = min(pages, key=_rank_page)
    html, report = _read_text(page, items)
    site = channel.findtext("wp:base_site_url", "", _NAMESPACES) or channel.findtext("link") or ""
    return Page(
        html,
        page.findtext("title") or "",
        channel.findtext("language") or "",
        parse_day(page.findtext("wp:post_date", "", _NAMESPACES)),
        site,
        channel.findtext("title") or "",
        tuple(item.findtext("title") or "" for item in pages if item is not page),
        report,
        address=f"{site}/" if site else "",
    )


def _read_text(page: Element, items: list[Element]) -> tuple[str, tuple[ReportLine, ...]]:
    """Return the text of a page as HTML, with what WordPress and page builders keep beside it."""
    text = page.findtext("content:encoded", "", _NAMESPACES)
    meta = {
        row.findtext("wp:meta_key", "", _NAMESPACES): row.findtext("wp:meta_value", "", _NAMESPACES)
        for row in page.findall("wp:postmeta", _NAMESPACES)
    }
    shared = {
        item.findtext("wp:post_id", "", _NAMESPACES): item.findtext("content:encoded", "", _NAMESPACES)
        for item in items
        if item.findtext("wp:post_type", "", _NAMESPACES) == "wp_block"
    }
    text, report = block_editor.fill_in_blocks(text, shared, meta.get("footnotes", ""))
    html, shortcode_report = shortcodes.read_shortcodes(text)
    builders = [
        ReportLine(
            ReportKind.TO_DO,
            Message(
                "to do: {builder} keeps texts of this page elsewhere; "
                "save the page from the browser and import that",
                builder=builder,
            ),
        )
        for key, builder in _OTHER_BUILDERS.items()
        if key in meta
    ]
    report = (*report, *shortcode_report, *builders)
    elementor = read_elementor_data(meta.get("_elementor_data", ""))
    if elementor is None:
        return html, report
    if not extract_letters_and_digits(remove_tags(html)):
        return elementor.html, (*report, *_report_elementor_texts(elementor.unknown_texts, ""))
    parts = [remove_tags(part) for part in elementor.html.split("\n\n")]
    return html, (*report, *_report_elementor_texts((*parts, *elementor.unknown_texts), html))


def _report_elementor_texts(texts: Iterable[str], html: str) -> Iterator[ReportLine]:
    """Report texts of Elementor that the page does not have."""
    shown = extract_letters_and_digits(remove_tags(html))
    for text in dict.fromkeys(texts):
        if extract_letters_and_digits(text) not in shown:
            message = Message("not imported: a text of Elementor, '{quote}'", quote=shorten_quote(text))
            yield ReportLine(ReportKind.DROPPED, message, text)


def read_elementor_file(text: str) -> Page | None:
    """Return the page of a template that Elementor exported (JSON); None for anything else."""
    elementor = read_elementor_data(text)
    if elementor is None:
        return None
    return Page(elementor.html, report=tuple(_report_elementor_texts(elementor.unknown_texts, "")))
