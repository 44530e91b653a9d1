"""What kind of file it is, and the one page in it: title, HTML, language and site, as far as it says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from policy.errors import UserError
from policy.wordpress import shortcodes

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 16 << 20
_SPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wp": "http://wordpress.org/export/1.2/",
}
_POLICY = re.compile(r"personvern|privacy", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was kept. `whole`: a saved page, with the site's menus around the text."""

    html: str
    title: str = ""
    language: str = ""
    site: str = ""
    owner: str = ""
    left: tuple[str, ...] = ()
    whole: bool = False


def page(path: Path) -> Page:
    """Read a file; UserError where it cannot be read or holds no page."""
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(f"{path}: the file is over 16 MiB; export the page by itself")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: this is not UTF-8; save the file as UTF-8") from None
    if not text.strip():
        raise UserError(f"{path}: the file is empty")
    if re.match(r"\s*<(\?xml|rss)\b", text):
        return _exported(path, text)
    if re.match(
        r"\s*(<!doctype html|<html|<head|<body)\b", text, re.IGNORECASE
    ) and not shortcodes.has_shortcodes(text):
        language = re.search(r"<html[^>]{0,500}?\blang=[\"']?([\w-]+)", text, re.IGNORECASE)
        return Page(text, language=language[1] if language else "", whole=True)
    return Page(shortcodes.html(text))


def _exported(path: Path, text: str) -> Page:
    """Take the policy's page out of a WordPress export (WXR 1.2)."""
    if re.search(r"<!(doctype|entity)", text, re.IGNORECASE):
        raise UserError(f"{path}: a WordPress export has no DOCTYPE; export the page again")
    try:
        channel = ET.fromstring(text).find("channel")  # noqa: S314 - a DTD, all that could do harm, is refused
    except (ET.ParseError, ValueError) as error:
        raise UserError(f"{path}: this is no WordPress export ({error}); export the page again") from None
    items = [] if channel is None else channel.findall("item")
    pages = [one for one in items if one.findtext("wp:post_type", "page", _SPACES) in {"page", "post"}]
    chosen = [one for one in pages if _POLICY.search(one.findtext("title") or "")] or pages
    if channel is None or not chosen:
        raise UserError(f"{path}: there is no page in this export; export the page with the policy")
    first = chosen[0]
    return Page(
        shortcodes.html(first.findtext("content:encoded", "", _SPACES)),
        first.findtext("title") or "",
        channel.findtext("language") or "",
        channel.findtext("wp:base_site_url", "", _SPACES) or channel.findtext("link") or "",
        channel.findtext("title") or "",
        tuple(one.findtext("title") or "" for one in pages if one is not first),
    )
