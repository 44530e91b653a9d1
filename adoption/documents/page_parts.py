"""Removes what is on a page besides its text: consent banners, menus, contents lists, what is around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from adoption.documents.blocks import get_classes
from adoption.documents.report import ReportLine, report_dropped
from adoption.documents.words import extract_letters_and_digits
from common.messages import Message

# What surrounds the text of a saved page that has no main element.
_SURROUNDING_TAGS = ("nav", "header", "footer", "aside", "form")
_MENU_ROLES = {"navigation", "menu", "menubar", "search", "banner", "contentinfo"}
# Ids and classes of consent tools, and what people call banners of their own.
_CONSENT = re.compile(
    r"cybotcookiebotdialog|onetrust|cmplz|\bcky-|cookieyes|moove_gdpr|borlabs|didomi|usercentrics|iubenda-cs|klaro"
    r"|osano-cm|qc-cmp2|truste|termly|cookiescript|fc-consent|tarteaucitron|\bcc-(?:window|banner)"
    r"|(?:cookies?|gdpr|consent|samtykke)[_-]?(?:\w{1,20}[_-])?"
    r"(?:banner|bar|notice|popup|modal|dialog|overlay|consent|law|message|wall|info|box)\b",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"cookie|informasjonskaps|samtykke|consent", re.IGNORECASE)
_MAX_CONSENT_SHARE = 0.5  # of the words of a page: what has more of them is the page itself
_MIN_CONTENTS_LINKS = 2
_MAX_LABEL_LENGTH = 40
_HEADING = re.compile("h[1-6]")
# What is above a contents list; another heading above it may be the title of the page.
_CONTENTS_TITLE = re.compile(
    r"innh[oa]ld\w*|(?:table of )?contents|på denne sid[ae]n?|on this page", re.IGNORECASE
)
_PAGE_NUMBERS = re.compile(r"[\d\s.…]+")


def remove_surroundings(soup: BeautifulSoup) -> Iterator[ReportLine]:
    """Remove all but the main content of a saved page; yield the words that were removed."""
    yield from _remove_consent_banners(soup)
    main = soup.find("main") or soup.find(role="main") or _find_longest(soup, "article")
    if isinstance(main, Tag):
        content = main.extract()
        if words := soup.get_text(" ", strip=True):
            yield report_dropped(Message("the text around the policy"), words)
        soup.clear()
        soup.append(content)
        surroundings = [tag for tag in soup.find_all() if tag.name == "nav" or tag.get("role") in _MENU_ROLES]
    else:
        surroundings = [
            tag
            for tag in soup.find_all()
            if (tag.name in _SURROUNDING_TAGS or tag.get("role") in _MENU_ROLES) and not _has_title(soup, tag)
        ]
    yield from _remove(surroundings, Message("a menu or the like"))


def _find_longest(soup: BeautifulSoup, name: str) -> Tag | None:
    """Return the element of this name with the most text: other articles are recommended ones."""
    return max(soup.find_all(name), key=lambda tag: len(tag.get_text()), default=None)


def _has_title(soup: BeautifulSoup, tag: Tag) -> bool:
    """Whether an element holds the only title of the page, and no menu."""
    return len(soup.find_all("h1")) == 1 and tag.find("h1") is not None and tag.find(["nav", "ul"]) is None


def _remove(tags: list[Tag], part: Message) -> Iterator[ReportLine]:
    """Remove elements, and report their words."""
    for tag in tags:
        if tag.decomposed or tag.parent is None:
            continue
        words = tag.extract().get_text(" ", strip=True)
        if words:
            yield report_dropped(part, words)


def _remove_consent_banners(soup: BeautifulSoup) -> Iterator[ReportLine]:
    limit = len(soup.get_text()) * _MAX_CONSENT_SHARE
    banners = [
        tag
        for tag in soup.find_all()
        if _is_consent_banner(tag)
        and len(tag.get_text()) <= limit
        and tag.find(["main", "article", "h1"]) is None
    ]
    yield from _remove(banners, Message("a consent banner"))


def _is_consent_banner(tag: Tag) -> bool:
    names = f"{tag.get('id') or ''} {get_classes(tag)}"
    if _CONSENT.search(names):
        return True
    is_dialog = tag.name == "dialog" or tag.get("role") in {"dialog", "alertdialog"}
    return is_dialog and _COOKIE.search(f"{names} {tag.get_text()}") is not None


def remove_contents_lists(soup: BeautifulSoup, address: str) -> Iterator[ReportLine]:
    """Remove lists whose items only lead to places on the page, with the heading above them."""
    lists = [tag for tag in soup.find_all(["ul", "ol"]) if tag.find_parent(["ul", "ol"]) is None]
    for tag in lists:
        if _is_contents(tag, address):
            yield from _remove_contents([tag])
    yield from _remove_contents_titles(soup)
    run: list[Tag] = []
    for tag in soup.find_all(["p", "h1", "h2", "h3", "h4", "h5", "h6"]):
        if tag.name == "p" and _is_contents_line(tag, address):
            run.append(tag)
            continue
        yield from _remove_contents(run)
        run = []
    yield from _remove_contents(run)


def _remove_contents_titles(soup: BeautifulSoup) -> Iterator[ReportLine]:
    """Remove the headings of contents lists that a program fills in when it shows the page."""
    headings = [tag for tag in soup.find_all(_HEADING) if _CONTENTS_TITLE.fullmatch(tag.get_text().strip())]
    for tag in headings:
        following = _find_neighbour(tag, forward=True)
        if following is not None and _HEADING.fullmatch(following.name):
            yield report_dropped(Message("a contents list"), tag.extract().get_text(" ", strip=True))


def _remove_contents(tags: list[Tag]) -> Iterator[ReportLine]:
    """Remove a list, or paragraphs that are one; a single one is a reference."""
    if not tags or (tags[0].name == "p" and len(tags) < _MIN_CONTENTS_LINKS):
        return
    before, after = _find_neighbour(tags[0], forward=False), _find_neighbour(tags[-1], forward=True)
    has_label = before is not None and (
        # Word has a paragraph above its lists.
        (before.name == "p" and _CONTENTS_TITLE.fullmatch(before.get_text().strip()))
        or (
            len(before.get_text()) <= _MAX_LABEL_LENGTH
            and _HEADING.fullmatch(before.name)
            and (after is None or _HEADING.fullmatch(after.name))
            and (
                _CONTENTS_TITLE.fullmatch(before.get_text().strip())
                or before.find_previous(_HEADING) is not None
            )
        )
    )
    removed = [before, *tags] if before is not None and has_label else tags
    words = " ".join(tag.extract().get_text(" ", strip=True) for tag in removed)
    yield report_dropped(Message("a contents list"), words)


def _find_neighbour(tag: Tag, *, forward: bool) -> Tag | None:
    siblings: Iterator[PageElement] = iter(tag.next_siblings if forward else tag.previous_siblings)
    for sibling in siblings:
        if isinstance(sibling, Tag):
            return sibling
        if str(sibling).strip():
            return None
    return None


def _is_contents(tag: Tag, address: str) -> bool:
    """Whether all words of a list are links to places on the page."""
    links = tag.find_all("a", href=True)
    return len(links) >= _MIN_CONTENTS_LINKS and _has_only_local_links(tag, links, address)


def _is_contents_line(tag: Tag, address: str) -> bool:
    links = tag.find_all("a", href=True)
    return len(links) > 0 and _has_only_local_links(tag, links, address)


def _has_only_local_links(tag: Tag, links: list[Tag], address: str) -> bool:
    places = [str(link["href"]).partition("#") for link in links]
    local = all(page in {"", address} and sign for page, sign, _ in places)
    linked = "".join(link.get_text() for link in links)
    rest = extract_letters_and_digits(tag.get_text())
    # Word writes the numbers of pages behind the links, others the numbers of sections before them.
    return local and _PAGE_NUMBERS.sub("", rest) == _PAGE_NUMBERS.sub("", extract_letters_and_digits(linked))
