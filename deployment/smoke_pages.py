"""What the smoke test reads of a page: its language, what it loads, and its versions in other languages."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser

_FEED = "application/atom+xml"


@dataclass
class Page:
    """A page: its language, the version that it shows, its addresses by language, the files that it loads."""

    language: str = ""
    version: str = ""
    languages: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


def read_page(content: bytes) -> Page:
    """Return what is needed of a page; what is no page of a site has nothing."""
    reader = _PageReader()
    with suppress(AssertionError):  # a declaration that Python's parser does not know
        reader.feed(content.decode("utf-8", "replace"))
        reader.close()
    return reader.page


class _PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.page.language = values.get("lang", "")
        elif tag == "article" and "data-version" in values:
            self.page.version = values["data-version"]
        elif tag == "script" and values.get("src"):
            self.page.files.append(values["src"])
        elif tag == "link":
            self._handle_link(values)

    def _handle_link(self, values: dict[str, str]) -> None:
        relation, href = values.get("rel"), values.get("href", "")
        if relation == "alternate" and "hreflang" in values:
            self.page.languages[values["hreflang"]] = href
        elif relation in {"stylesheet", "icon"} or values.get("type") == _FEED:
            self.page.files.append(href)
