"""Finds in a page what the log has hashes of: the text of a version, and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.html_reader import Element, PageError, parse_page
from verifier.texts import hash_note, hash_sections, hash_version

_YEAR = re.compile(r"[0-9]{4}")
_VERSION_ANCHOR = re.compile(r"v[0-9.]+")
# Of an element around a text or a note: they hide it, or have it read aloud as something else.
_HIDING_ATTRIBUTES = frozenset(
    {
        "hidden",
        "inert",
        "popover",
        "style",
        "dir",
        "role",
        "aria-hidden",
        "aria-label",
        "aria-roledescription",
    }
)
_HIDING_CLASS = "visually-hidden"
# Elements that a text or a note can be in; any other may hide it, or strike it through.
_SHOWING_ELEMENTS = frozenset({"html", "body", "main", "div", "ol", "li", "details", "article", "section"})


@dataclass(frozen=True, slots=True)
class VersionText:
    """The text of a version on a page: number and language that it states, its sections, its element.

    `sections` are the id and the hash of each.
    """

    version: str
    language: str
    sections: tuple[tuple[str, str], ...]
    article: Element

    @property
    def hash(self) -> str:
        """The hash of the text."""
        return hash_version(self.sections)


@dataclass(frozen=True, slots=True)
class Note:
    """The note of a version on a page: the number that it states, its hash, its parts by name."""

    version: str
    hash: str
    parts: Mapping[str, Element]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was read, to find things in it. Every method raises PageError for what cannot be read."""

    root: Element

    @classmethod
    def parse(cls, content: bytes) -> Page:
        """Read a page."""
        return cls(parse_page(content))

    def read_text(self) -> VersionText:
        """Return the only text of a version that there is on the page."""
        self._refuse_diversions()
        texts = self._find_shown("data-version")
        if len(texts) != 1:
            raise PageError(f"has {len(texts)} texts of versions instead of one")
        attributes = texts[0].attributes
        if unknown := attributes.keys() - {"data-version", "data-salts", "lang"}:
            raise PageError(f"has a text with an attribute {min(unknown)!r:.40}")
        if not _is_last(self.root, texts[0]):
            raise PageError("has something after the text of the version")
        language = attributes.get("lang", "")
        sections = tuple(hash_sections(texts[0]))
        return VersionText(attributes["data-version"], language, sections, texts[0])

    def read_notes(self) -> dict[str, Note]:
        """Return the notes on the page by the number of their version."""
        parts: dict[str, list[Element]] = {}
        for element in self._find_shown("data-note"):
            parts.setdefault(element.attributes["data-note"], []).append(element)
        return {
            number: Note(number, hash_note(own), {part.attributes["data-part"]: part for part in own})
            for number, own in parts.items()
        }

    def find_entry_hash(self) -> str:
        """Return the hash of an entry that a page of a version shows; empty without one."""
        for element in self.root.find_all("class"):
            if element.tag == "p" and "record" in element.attributes["class"].split():
                return element.get_text().partition(":")[2].strip()
        return ""

    def find_link(self, relation: str) -> str:
        """Return the address that an element `link` of the page leads to; empty without one."""
        for element in self.root.find_all("rel"):
            if element.tag == "link" and element.attributes["rel"] == relation:
                return element.attributes.get("href", "")
        return ""

    def list_years(self) -> list[str]:
        """Return the folders of the years that have left a change log, such as `2021/`, each once."""
        years = (element.attributes["data-year"] for element in self.root.find_all("data-year"))
        return list(dict.fromkeys(f"{year}/" for year in years if _YEAR.fullmatch(year)))

    def list_versions(self) -> list[str]:
        """Return the numbers of the versions that a page of a change log lists, in its order."""
        ids = (element.attributes["id"] for element in self.root.find_all("id") if element.tag == "li")
        return [name[1:] for name in ids if _VERSION_ANCHOR.fullmatch(name)]

    def _refuse_diversions(self) -> None:
        """Raise PageError for what would lead the links of a text, or its readers, elsewhere."""
        for element, _ in _iter_elements(self.root, is_shown=True):
            if element.tag == "base":
                raise PageError("has an element <base>, which changes where links lead")
            if element.tag == "meta" and element.attributes.get("http-equiv", "").lower() == "refresh":
                raise PageError("sends readers to another page")

    def _find_shown(self, attribute: str) -> list[Element]:
        found = []
        for element, is_shown in _iter_elements(self.root, is_shown=True):
            if attribute in element.attributes:
                if not is_shown:
                    raise PageError("hides a text or a note")
                found.append(element)
        return found


def _list_around(parent: Element, text: Element) -> list[Element]:
    """Return the elements around a text, from the innermost out."""
    for child in parent.children:
        if isinstance(child, Element):
            if child is text:
                return [parent]
            if inner := _list_around(child, text):
                return [*inner, parent]
    return []


def _is_last(root: Element, text: Element) -> bool:
    """Whether nothing follows a text in the elements around it, up to `main`."""
    inner = text
    for outer in _list_around(root, text):
        last = next(
            child for child in reversed(outer.children) if not isinstance(child, str) or child.strip()
        )
        if inner.tag == "main" or last is not inner:
            return inner.tag == "main"
        inner = outer
    return True


def _iter_elements(parent: Element, *, is_shown: bool) -> Iterator[tuple[Element, bool]]:
    """Yield every element, and whether nothing in the markup hides it; a `details` can be opened."""
    for child in parent.children:
        if isinstance(child, Element):
            is_own_shown = (
                is_shown
                and child.tag in _SHOWING_ELEMENTS
                and _HIDING_ATTRIBUTES.isdisjoint(child.attributes)
                and _HIDING_CLASS not in child.attributes.get("class", "").split()
            )
            yield child, is_own_shown
            yield from _iter_elements(child, is_shown=is_own_shown)
