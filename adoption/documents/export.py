"""Finds the page with the policy in an export of WordPress (WXR)."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from adoption.documents import shortcodes
from adoption.documents.pages import Page, parse_day
from common.errors import InputError
from languages.loader import get_language, list_language_codes

_NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wp": "http://wordpress.org/export/1.2/",
}
# WordPress' states of a page, the most public first.
_STATUS_ORDER = ("publish", "private", "future", "pending", "draft")


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
        raise InputError(f"{name}: a WordPress export has no DOCTYPE; export the page again") from None
    except (ParseError, ValueError) as error:
        raise InputError(f"{name}: not a WordPress export ({error}); export the page again") from None
    items = [] if channel is None else channel.findall("item")
    pages = [item for item in items if item.findtext("wp:post_type", "page", _NAMESPACES) in {"page", "post"}]
    if channel is None or not pages:
        raise InputError(f"{name}: there is no page in this export; export the page with the policy")
    page = min(pages, key=_rank_page)
    text = page.findtext("content:encoded", "", _NAMESPACES)
    site = channel.findtext("wp:base_site_url", "", _NAMESPACES) or channel.findtext("link") or ""
    return Page(
        shortcodes.convert_to_html(text),
        page.findtext("title") or "",
        channel.findtext("language") or "",
        parse_day(page.findtext("wp:post_date", "", _NAMESPACES)),
        site,
        channel.findtext("title") or "",
        tuple(item.findtext("title") or "" for item in pages if item is not page),
        shortcodes.find_unconverted_shortcodes(text),
        address=f"{site}/" if site else "",
    )
