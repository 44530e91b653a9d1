"""Turns what Word and Google Docs write instead of lists and titles into the elements of HTML."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag

from adoption.documents.blocks import get_classes

_WORD_LIST = re.compile(r"mso-list:\s*l\d+\s+level(\d)")
_WORD_LIST_CLASS = re.compile(r"MsoList(?:Paragraph|Bullet|Number)")
_MARGIN = re.compile(r"margin-left:\s*(\d{1,4}(?:\.\d+)?)(pt|cm|in)")
_POINTS = {"pt": 1.0, "cm": 28.35, "in": 72.0}
_POINTS_PER_LEVEL = 36
_BULLET = re.compile(r"[·•▪◦§\uf0b7\uf0a7Øo–-]")
_NUMBER = re.compile(r"\(?(\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]")
_TYPED_MARKER = re.compile(rf"({_BULLET.pattern}|{_NUMBER.pattern})[ \u00a0\t]+")
_GOOGLE_LIST = re.compile(r"lst-kix_(\w+)-(\d)")
_MAX_LEVEL = 9
TITLE_TAG = "h0"  # of the title of a document, which is above the headings of the first level
# Services that put an address of their own before that of a link, and the parameter with the real one.
_REDIRECTS = {
    "www.google.com": ("/url", "q"),
    "google.com": ("/url", "q"),
    "l.facebook.com": ("/l.php", "u"),
}
_SAFE_LINKS = ".safelinks.protection.outlook.com"


def unwrap_redirect(address: str) -> str:
    """Return the address that a redirect of Google Docs or Outlook leads to, or the same address."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return address
    path, parameter = _REDIRECTS.get(host, ("", ""))
    if host.endswith(_SAFE_LINKS):
        path, parameter = parts.path, "url"
    if not parameter or parts.path != path:
        return address
    target = parse_qs(parts.query).get(parameter, [""])[0]
    return target if target.startswith(("https://", "http://", "mailto:")) else address


def convert_office_markup(soup: BeautifulSoup) -> None:
    """Make titles headings, and paragraphs with bullets or numbers lists, as their program shows them."""
    for tag in soup.find_all(["p", "h1"], class_=["title", "MsoTitle"])[:1]:
        tag.name = TITLE_TAG
    _nest_google_lists(soup.find_all(["ul", "ol"], class_=_GOOGLE_LIST))
    run: list[Tag] = []
    for paragraph in soup.find_all("p"):
        if run and not (_is_word_item(paragraph) and _find_next(run[-1]) is paragraph):
            _convert_word_items(soup, run)
            run = []
        if _is_word_item(paragraph):
            run.append(paragraph)
    _convert_word_items(soup, run)


def _find_next(tag: Tag) -> Tag | None:
    """Return the element after another one, if there is no text between them."""
    for sibling in tag.next_siblings:
        if isinstance(sibling, Tag):
            return sibling
        if str(sibling).strip():
            return None
    return None


def _get_google_level(tag: Tag) -> int:
    match = _GOOGLE_LIST.search(get_classes(tag))
    return int(match[2]) if match else 0


def _nest_google_lists(lists: list[Tag]) -> None:
    """Move lists into the last item of the list before them, as their levels say; join those that go on."""
    open_lists: list[Tag] = []
    levels: list[int] = []
    for tag in lists:
        level = _get_google_level(tag)
        previous = tag.find_previous_sibling()
        if not open_lists or previous is not open_lists[0]:
            open_lists, levels = [tag], [level]
            continue
        while len(levels) > 1 and levels[-1] > level:
            open_lists.pop()
            levels.pop()
        if levels[-1] == level and open_lists[-1].name == tag.name:
            open_lists[-1].extend(list(tag.contents))
            tag.decompose()
        elif levels[-1] < level and (items := open_lists[-1].find_all("li", recursive=False)):
            items[-1].append(tag.extract())
            open_lists.append(tag)
            levels.append(level)
        else:
            open_lists, levels = [tag], [level]


def _is_word_item(tag: Tag) -> bool:
    """Whether a paragraph is an item of a list that Word wrote as text with a bullet or number before it."""
    if _WORD_LIST.search(str(tag.get("style") or "")):
        return True
    classes = get_classes(tag)
    return bool(_WORD_LIST_CLASS.search(classes) and _TYPED_MARKER.match(tag.get_text().lstrip()))


def _convert_word_items(soup: BeautifulSoup, items: list[Tag]) -> None:
    """Replace paragraphs by nested lists."""
    stack: list[tuple[int, Tag]] = []
    for item in items:
        level = _get_word_level(item)
        marker = _take_marker(item)
        name = "ol" if _NUMBER.match(marker) else "ul"
        while stack and stack[-1][0] > level:
            stack.pop()
        if not stack or stack[-1][0] < level or (len(stack) == 1 and stack[0][1].name != name):
            new = soup.new_tag(name)
            if name == "ol" and marker.strip(" .)(\u00a0").isdecimal():
                new["start"] = marker.strip(" .)(\u00a0")
            entries = stack[-1][1].find_all("li", recursive=False) if stack else []
            if entries and stack[-1][0] < level:
                entries[-1].append(new)
            else:
                item.insert_before(new)
                stack = []
            stack.append((level, new))
        entry = soup.new_tag("li")
        entry.extend(list(item.contents))
        stack[-1][1].append(entry)
        item.decompose()


def _get_word_level(item: Tag) -> int:
    style = str(item.get("style") or "")
    if match := _WORD_LIST.search(style):
        return int(match[1])
    margin = _MARGIN.search(style)
    points = float(margin[1]) * _POINTS[margin[2]] if margin else _POINTS_PER_LEVEL
    return min(max(round(points / _POINTS_PER_LEVEL), 1), _MAX_LEVEL)


def _take_marker(item: Tag) -> str:
    """Remove the bullet or number that Word typed before an item, and return it."""
    for span in item.find_all("span"):
        if "mso-list:ignore" in str(span.get("style") or "").lower().replace(" ", ""):
            marker = span.get_text()
            span.decompose()
            return marker.strip()
    match = _TYPED_MARKER.match(item.get_text().lstrip())
    if match is None:
        return ""
    left = len(match[0].strip())
    for string in list(item.find_all(string=True)):
        text = str(string).lstrip()
        if left <= 0:
            string.replace_with(text)
            if text:
                break
            continue
        string.replace_with(text[left:].lstrip() if len(text) >= left else "")
        left -= len(text)
    return match[1]
