"""The words of a page in the order in which they are read out, and its links by their words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from pathlib import Path


def read_main(site: Path, path: str = "") -> Tag:
    """Return the main part of a page without its article: what is around the policy's words."""
    page = BeautifulSoup((site / path / "index.html").read_text(encoding="utf-8"), "html.parser")
    main = page.find("main")
    assert isinstance(main, Tag)
    for article in main.find_all("article"):
        article.decompose()
    return main


def read_words(element: Tag) -> str:
    """Return the words of an element, with one blank between them."""
    return re.sub(r"\s+", " ", element.get_text(" ")).replace(" .", ".").replace(" ,", ",").strip()


def read_links(element: Tag) -> dict[str, str]:
    """Return the addresses of links by their words."""
    return {read_words(link): str(link["href"]) for link in element.find_all("a")}


def read_cards(site: Path, path: str = "") -> list[str]:
    """Return the words of each card of a front page about changes."""
    return [read_words(card) for card in read_main(site, path).select(".card.coming, .card.changed")]
