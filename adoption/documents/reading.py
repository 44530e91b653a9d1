"""Reads a document of any known kind: its title, its sections, and a report of what they lack.

Words of the document are either in its sections or in a line of the report, so nothing is lost in silence.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest

from adoption.documents.file_kinds import read_page
from adoption.documents.markup import convert_html
from adoption.documents.pages import Page
from adoption.documents.plain_headings import find_plain_headings
from adoption.documents.report import ReportKind, ReportLine, join_quoted, shorten_quote
from adoption.documents.sections import Section, build_sections
from common.errors import InputError
from common.messages import Message

__all__ = ["Document", "ReportKind", "ReportLine", "Section", "read_document"]

_LIST_TAGS = {"ul", "ol", "dl", "table"}
_RELATIVE_LINK = re.compile(r"\]\((?![a-z]+:)([^()\s]+)\)", re.IGNORECASE)
_TYPED_ITEM = re.compile(r"(?:1[.)]|[Aa]\)|[-–•·*])\s")  # the first of a list that is text
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says: its sections in order, and its title, language and day as far as it states them.

    `site` and `owner` are the address and the name of the website that the file is from. `title_in_text` is
    the title if it stood above the sections in the text.
    """

    title: str | None
    language: str | None
    date: dt.date | None
    sections: tuple[Section, ...]
    report: tuple[ReportLine, ...]
    site: str = ""
    owner: str = ""
    title_in_text: str = ""


def read_document(name: str, data: bytes) -> Document:
    """Return the document in the bytes of a file; raise InputError, which names it, if there is none."""
    page = read_page(name, data)
    converted = convert_html(page.html, is_full_page=page.is_full_page, address=page.address)
    if not converted.blocks:
        raise InputError(
            Message("{path}: there is no text in it; export the page with the policy", path=name)
        )
    blocks, guesses = find_plain_headings(converted.blocks)
    page_title = " ".join(page.title.split())
    titles = ("", page_title) if page.is_full_page else (page_title, "")
    title, sections, taken = build_sections(replace(converted, blocks=blocks), *titles)
    report = (
        *guesses,
        *_report_section_losses(sections),
        *_report_page_losses(page),
        *converted.report,
        *_report_repeated_footnotes(sections, converted.footnotes),
        *_report_numbers(sections),
    )
    language = page.language or None
    return Document(title or None, language, page.date, sections, report, page.site, page.owner, taken)


def _report_section_losses(sections: tuple[Section, ...]) -> Iterator[ReportLine]:
    """Report missing lists, lost structure, incomplete links and empty sections."""
    for section in sections:
        title = section.title
        for block, following in zip_longest(section.blocks, section.blocks[1:]):
            quote = shorten_quote(block.text)
            if block.lost_structure:
                message = Message(
                    "lost structure: in '{title}' a {kind} became plain text: '{quote}'",
                    title=title,
                    kind=block.kind,
                    quote=quote,
                )
                yield ReportLine(ReportKind.LOSS, message, block.text)
            is_list_next = following is not None and (
                following.kind in _LIST_TAGS or bool(_TYPED_ITEM.match(following.text))
            )
            if block.kind == "p" and block.text.endswith(":") and not is_list_next:
                message = Message(
                    "lost list: in '{title}' nothing follows '{quote}'", title=title, quote=quote
                )
                yield ReportLine(ReportKind.LOSS, message, block.text)
            for address in _RELATIVE_LINK.findall(block.markdown):
                yield ReportLine(
                    ReportKind.TO_DO,
                    Message(
                        "to do: in '{title}' write the full address of the link {address}",
                        title=title,
                        address=address,
                    ),
                )
        if not section.blocks:
            message = Message("empty section: there is nothing under '{title}'", title=title)
            yield ReportLine(ReportKind.LOSS, message, title)


def _report_page_losses(page: Page) -> Iterator[ReportLine]:
    """Report content of the file besides the text of the policy."""
    for title in page.other_page_titles:
        yield ReportLine(ReportKind.DROPPED, Message("not imported: the page '{title}'", title=title), title)
    yield from page.report
    if images := len(_IMAGE.findall(page.html)):
        yield ReportLine(
            ReportKind.LOSS,
            Message("not imported: images ({count}); their alternative texts take their place", count=images),
        )


def _report_repeated_footnotes(
    sections: tuple[Section, ...], footnotes: Mapping[int, str]
) -> Iterator[ReportLine]:
    """Report each section that repeats a footnote of an earlier one, since both refer to it."""
    seen: set[int] = set()
    for section in sections:
        for number in dict.fromkeys(note for block in section.blocks for note in block.notes):
            if number in seen:
                words = footnotes[number]
                message = Message(
                    "footnote of several sections: it is repeated in '{title}': '{quote}'",
                    title=section.title,
                    quote=shorten_quote(words),
                )
                yield ReportLine(ReportKind.REPEATED, message, words)
            seen.add(number)


def _report_numbers(sections: tuple[Section, ...]) -> Iterator[ReportLine]:
    """Report numbers that precede the titles of several sections, and those that are skipped."""
    titles_by_number = defaultdict(list)
    for section in sections:
        if section.number:
            titles_by_number[section.number].append(section.title)
    for number, titles in titles_by_number.items():
        if len(titles) > 1:
            message = Message(
                "number used twice: {number} precedes {titles}", number=number, titles=join_quoted(titles)
            )
            yield ReportLine(ReportKind.CONTRADICTION, message, " ".join(titles))
    previous = 0
    for section in sections:
        current = int(section.number) if section.number.isdecimal() else 0
        if current > previous + 1:
            message = Message(
                "number skipped: {number} precedes '{title}', and {missing} is missing",
                number=current,
                title=section.title,
                missing=previous + 1,
            )
            yield ReportLine(ReportKind.CONTRADICTION, message, section.title)
        previous = current or previous
