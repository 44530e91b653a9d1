"""What kind of file it is, and the one page in it: title, HTML, language and site, as far as it says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from common.errors import InputError
from policy.wordpress import shortcodes

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 16 << 20
_SPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wp": "http://wordpress.org/export/1.2/",
}
# From the page that is the policy for sure to one that may be about it.
_POLICY = (
    re.compile(r"\s*(personvernerklæring|privacy (policy|notice|statement))\s*", re.IGNORECASE),
    re.compile(r".*(personvernerklæring|privacy (policy|notice|statement)).*", re.IGNORECASE | re.DOTALL),
    re.compile(r".*(personvern|privacy).*", re.IGNORECASE | re.DOTALL),
)
_STATUS = ("publish", "private", "future", "pending", "draft")
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]{1,20})""", re.IGNORECASE)
_DECLARED_WITHIN = 2048
# What pages of WordPress' time declare; the web reads each as windows-1252 (WHATWG Encoding §4.2).
_WESTERN = {b"iso-8859-1", b"latin1", b"windows-1252", b"us-ascii"}


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was kept; `left` are the titles of others, `unread` tells of codes nobody can read.

    `whole`: a saved page, with the site's menus around the text.
    """

    html: str
    title: str = ""
    language: str = ""
    site: str = ""
    owner: str = ""
    left: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    whole: bool = False


def page(path: Path) -> Page:
    """Read a file; InputError where it cannot be read or holds no page."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: the file is over 16 MiB; export the page by itself")
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: this is neither UTF-8 nor what it declares; save it as UTF-8") from None
    if not text.strip():
        raise InputError(f"{path}: the file is empty")
    if re.match(r"\s*<(\?xml|rss)\b", text):
        return _exported(path, text)
    if re.match(
        r"\s*(<!doctype html|<html|<head|<body)\b", text, re.IGNORECASE
    ) and not shortcodes.has_shortcodes(text):
        language = re.search(r"<html[^>]{0,500}?\blang=[\"']?([\w-]+)", text, re.IGNORECASE)
        return Page(text, language=language[1] if language else "", whole=True)
    return Page(shortcodes.html(text), unread=shortcodes.unread(text))


def _decoded(octets: bytes) -> str:
    """Read UTF-8, and what says of itself that it is something else."""
    for mark, encoding in _BOMS:
        if octets.startswith(mark):
            return octets[len(mark) :].decode(encoding)
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _DECLARED.search(octets[:_DECLARED_WITHIN])
        if declared and declared[1].lower() in _WESTERN:
            return octets.decode("windows-1252")
        raise


def _likeness(item: ET.Element) -> tuple[bool, int, int]:
    """Rank a page by how surely it is the policy that readers see: by its title, then by its status."""
    title = item.findtext("title") or ""
    status = item.findtext("wp:status", "publish", _SPACES)
    about = next((rank for rank, form in enumerate(_POLICY) if form.fullmatch(title)), len(_POLICY))
    shown = _STATUS.index(status) if status in _STATUS else len(_STATUS)
    # One that is not shown is never before one that is, as long as both are about privacy.
    return (about == len(_POLICY), shown, about)


def _exported(path: Path, text: str) -> Page:
    """Take the policy's page out of a WordPress export (WXR 1.2)."""
    if re.search(r"<!(doctype|entity)", text, re.IGNORECASE):
        raise InputError(f"{path}: a WordPress export has no DOCTYPE; export the page again")
    try:
        channel = ET.fromstring(text).find("channel")  # noqa: S314 - a DTD, all that could do harm, is refused
    except (ET.ParseError, ValueError) as error:
        raise InputError(f"{path}: this is no WordPress export ({error}); export the page again") from None
    items = [] if channel is None else channel.findall("item")
    pages = [one for one in items if one.findtext("wp:post_type", "page", _SPACES) in {"page", "post"}]
    if channel is None or not pages:
        raise InputError(f"{path}: there is no page in this export; export the page with the policy")
    first = min(pages, key=_likeness)
    text = first.findtext("content:encoded", "", _SPACES)
    return Page(
        shortcodes.html(text),
        first.findtext("title") or "",
        channel.findtext("language") or "",
        channel.findtext("wp:base_site_url", "", _SPACES) or channel.findtext("link") or "",
        channel.findtext("title") or "",
        tuple(one.findtext("title") or "" for one in pages if one is not first),
        shortcodes.unread(text),
    )
