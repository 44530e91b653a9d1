"""A page as HTML, whatever kind of file it came from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from adoption.documents.report import ReportLine


@dataclass(frozen=True, slots=True)
class Page:
    """A page from a file; a field that the file does not state is empty.

    `other_page_titles` are those of an export that are not imported, `report` the lines about what its
    reader left out. `is_full_page` for a saved page, which has the site's menus around its text. `site` is
    the address of the website, `address` that of the page: relative links are completed with it.
    """

    html: str
    title: str = ""
    language: str = ""
    date: dt.date | None = None
    site: str = ""
    owner: str = ""
    other_page_titles: tuple[str, ...] = ()
    report: tuple[ReportLine, ...] = ()
    is_full_page: bool = False
    address: str = ""


def parse_day(moment: str) -> dt.date | None:
    """Return the day of a moment in ISO 8601, as far as there is one; drafts of WordPress have zeros."""
    try:
        return dt.date.fromisoformat(moment.strip()[:10])
    except ValueError:
        return None
