"""Finds footnotes by what all programs write: a mark that links to a note, and the note that links back.

WordPress, Word, Google Docs, LibreOffice and pandoc differ in everything else. In the text, a mark becomes
characters that no text has, until its block is Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag

# Code points that are no characters, so that nothing escapes or counts them: a digit is one of the first ten.
_FIRST_DIGIT, _START, _END = 0xFDD0, "\ufddd", "\ufdde"
MARK = re.compile(f"{_START}([\ufdd0-\ufdd9]{{1,4}}){_END}")
_MAX_MARK_LENGTH = 8
_MAX_NOTES = 1000
_NOTE_TAGS = ["li", "p", "dd", "div", "aside"]
# Comments of Google Docs and of Word have marks and links back as footnotes have.
_COMMENT_ID = re.compile(r"cmnt\d|_msocom_")


@dataclass(slots=True)
class FoundNotes:
    """The footnotes of a page by their number, taken out of it, and the texts of its comments."""

    footnotes: dict[int, Tag] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)


def write_mark(number: int) -> str:
    """Return the characters that stand for the mark of a footnote."""
    return _START + "".join(chr(_FIRST_DIGIT + int(digit)) for digit in str(number)) + _END


def replace_marks(text: str) -> str:
    """Return Markdown in which the marks of footnotes are written as Markdown has them.

    With a colon after it, a mark at the start of a line would begin a footnote.
    """
    return MARK.sub(lambda match: f"[^{_parse_number(match)}]", text.replace(f"{_END}:", f"{_END}\\:"))


def remove_marks(text: str) -> str:
    """Return text without the marks of footnotes."""
    return MARK.sub("", text)


def list_marks(text: str) -> tuple[int, ...]:
    """Return the numbers of the footnotes that a text refers to, each once."""
    return tuple(dict.fromkeys(_parse_number(match) for match in MARK.finditer(text)))


def _parse_number(match: re.Match[str]) -> int:
    return int("".join(str(ord(character) - _FIRST_DIGIT) for character in match[1]))


def extract_notes(soup: BeautifulSoup) -> FoundNotes:
    """Take the footnotes and the comments out of a page, and put marks where it refers to them."""
    targets = _list_targets(soup)
    found = FoundNotes()
    links = [link for link in soup.find_all("a", href=True) if str(link["href"]).startswith("#")]
    links_to: dict[str, list[Tag]] = {}
    for link in links:
        links_to.setdefault(_get_target(link), []).append(link)
    for link in links:
        if link.decomposed or len(found.footnotes) >= _MAX_NOTES:
            continue
        target = targets.get(_get_target(link))
        if target is None or target.decomposed:
            continue
        marks = [mark for mark in links_to[_get_target(link)] if not mark.decomposed]
        ids = [own for mark in marks for own in _list_ids(mark)]
        backs = [back for own in ids for back in links_to.get(own, []) if not back.decomposed]
        note = _find_note(target, backs)
        if len(link.get_text().strip()) > _MAX_MARK_LENGTH or note is None or link in note.descendants:
            continue
        words = _take_out(note, backs)
        if _COMMENT_ID.match(_get_target(link)):
            found.comments.append(words.get_text(" ", strip=True))
        else:
            found.footnotes[len(found.footnotes) + 1] = words
        for mark in marks:
            element = _get_mark_element(mark)
            if not _COMMENT_ID.match(_get_target(mark)):
                element.insert_before(write_mark(len(found.footnotes)))
            element.decompose()
    return found


def _list_targets(soup: BeautifulSoup) -> dict[str, Tag]:
    """Return what links on the page can lead to, by id or by the older `name` of links."""
    targets: dict[str, Tag] = {}
    for tag in soup.find_all():
        for name in (tag.get("id"), tag.get("name") if tag.name == "a" else None):
            if name:
                targets.setdefault(str(name), tag)
    return targets


def _get_target(link: Tag) -> str:
    return unquote(str(link["href"])[1:])


def _list_ids(link: Tag) -> Iterator[str]:
    """Yield the ids by which a note may link back to its mark: those of the mark and of what is around it."""
    parents = [parent for parent in list(link.parents)[:2] if parent.name in {"sup", "span"}]
    for tag in (link, *parents, *link.find_all()):
        for name in (tag.get("id"), tag.get("name"), tag.get("data-fn")):
            if name:
                yield str(name)


def _find_note(target: Tag, backs: list[Tag]) -> Tag | None:
    """Return the element that is a note: the target or what it begins, with a link back inside."""
    note = target if target.name in _NOTE_TAGS else target.find_parent(_NOTE_TAGS)
    if note is None:
        return None
    # Google Docs and Word put each note into a box of its own, beginning with its number.
    while not any(note in back.parents for back in backs):
        note = note.find_parent(_NOTE_TAGS)
        if note is None or len(note.find_all(id=True)) > 1:
            return None
    parent = note.parent
    if note.name == "p" and parent is not None and parent.name in {"div", "li", "aside"}:
        others = [child for child in parent.find_all(recursive=False) if child is not note]
        is_alone = all(child.name == "p" and not child.find("a", id=True) for child in others)
        if parent.find() is note and is_alone:
            return parent
    return note


def _take_out(note: Tag, backs: list[Tag]) -> Tag:
    """Remove a note from the page, and from it the links back with the numbers in them."""
    for back in backs:
        if not back.decomposed and note in back.parents:
            _get_mark_element(back).decompose()
    note.extract()
    return note


def _get_mark_element(link: Tag) -> Tag:
    """Return a link, or the superscript around it that has nothing else in it."""
    parent = link.parent
    words = link.get_text(strip=True)
    while parent and parent.name in {"sup", "span"} and parent.get_text(strip=True) == words:
        link, parent = parent, parent.parent
    return link
