"""Pieces into sections: ids, titles without typed numbers, headings one level below the title."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy.wordpress.markup import Piece, escaped

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = re.compile(r"(\d+(?:\.\d+)*)(?:[.)]\s*|\s+)(?=[^\W\d])")
_LONGEST_ID = 40
# What a section is called that stands before every heading, where the page has no title either.
UNTITLED = {"nb": "Innledning", "en": "Introduction"}


@dataclass(frozen=True, slots=True)
class Part:
    """A section to be: its id, its title, the number that was typed before the title, and its pieces."""

    id: str
    title: str
    number: str
    pieces: tuple[Piece, ...]

    @property
    def file(self) -> str:
        """The section as the text of its file."""
        body = "\n\n".join(_markdown(self.pieces))
        title = '"' + self.title.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"---\ntitle: {title}\n---\n" + (f"\n{body}\n" if body else "")


def parts(pieces: tuple[Piece, ...], title: str, locale: str) -> tuple[str, tuple[Part, ...]]:
    """Part the pieces at their highest repeated headings; give the title of the whole, and the sections.

    What stands before the first heading becomes a section with the title of the whole.
    """
    levels = Counter(piece.level for piece in pieces if piece.kind == "heading")
    top = next((level for level in sorted(levels) if levels[level] > 1), min(levels, default=0))
    groups: list[tuple[str, list[Piece]]] = [("", [])]
    for piece in pieces:
        if piece.kind == "heading" and piece.level <= top:
            groups.append((piece.text, []))
        else:
            groups[-1][1].append(piece)
    groups = [group for group in groups if group != ("", [])]
    head, inside = groups[0]
    if len(groups) > 1 and not inside and not _NUMBER.match(head) and title in {"", head}:
        # The page's own title, which builders set as a heading like those of the sections.
        title = head
        del groups[0]
    return title, tuple(_named([(head or title or UNTITLED[locale], inside) for head, inside in groups]))


def _named(groups: Iterable[tuple[str, list[Piece]]]) -> Iterable[Part]:
    taken: set[str] = set()
    for head, inside in groups:
        number = _NUMBER.match(head)
        title = head[number.end() :] if number else head
        name = base = slug(title)
        count = 1
        while name in taken:
            count += 1
            name = f"{base}-{count}"
        taken.add(name)
        yield Part(name, title, number[1] if number else "", tuple(inside))


def slug(title: str) -> str:
    """Make an id of a title: plain letters, whole words, not long."""
    spelled = title.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", plain)
    while len(words) > 1 and len("-".join(words)) > _LONGEST_ID:
        words.pop()
    return "-".join(words)[:_LONGEST_ID] or "del"


def _markdown(pieces: tuple[Piece, ...]) -> Iterable[str]:
    levels = sorted({piece.level for piece in pieces if piece.kind == "heading"})
    for piece in pieces:
        if piece.kind == "heading":
            number = _NUMBER.match(piece.text)
            text = piece.text[number.end() :] if number else piece.text
            yield f"{'#' * min(levels.index(piece.level) + 2, 6)} {escaped(text)}"
        else:
            yield piece.markdown
