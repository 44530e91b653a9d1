"""Divides imported blocks into sections, with ids, and titles without their typed numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from languages.loader import get_language
from policy.wordpress.markup import ImportedBlock, escape_markdown

# "2.", "2.1)" or "3 " before a letter.
_SECTION_NUMBER = re.compile(r"(\d+(?:\.\d+)*)(?:[.)]\s*|\s+)(?=[^\W\d])")
_MAX_ID_LENGTH = 40


@dataclass(frozen=True, slots=True)
class ImportedSection:
    """A section of the imported page; `number` is the one typed before its title, else empty."""

    id: str
    title: str
    number: str
    blocks: tuple[ImportedBlock, ...]

    @property
    def file_text(self) -> str:
        """The text of the section's file: front matter and Markdown."""
        body = "\n\n".join(_iter_markdown(self.blocks))
        title = '"' + self.title.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"---\ntitle: {title}\n---\n" + (f"\n{body}\n" if body else "")


def build_sections(
    blocks: tuple[ImportedBlock, ...], title: str, locale: str
) -> tuple[str, tuple[ImportedSection, ...]]:
    """Divide the blocks at their highest repeated headings; return the title of the page and the sections.

    What precedes the first heading becomes a section with the title of the page.
    """
    levels = Counter(block.level for block in blocks if block.kind == "heading")
    section_level = next((level for level in sorted(levels) if levels[level] > 1), min(levels, default=0))
    groups: list[tuple[str, list[ImportedBlock]]] = [("", [])]
    for block in blocks:
        if block.kind == "heading" and block.level <= section_level:
            groups.append((block.text, []))
        else:
            groups[-1][1].append(block)
    groups = [group for group in groups if group != ("", [])]
    heading, content = groups[0]
    if len(groups) > 1 and not content and not _SECTION_NUMBER.match(heading) and title in {"", heading}:
        # The page's own title, which builders set as a heading like those of the sections.
        title = heading
        del groups[0]
    named_groups = [
        (heading or title or get_language(locale).words.import_.untitled, content)
        for heading, content in groups
    ]
    return title, tuple(_iter_sections(named_groups))


def _iter_sections(groups: Iterable[tuple[str, list[ImportedBlock]]]) -> Iterable[ImportedSection]:
    """Yield a section for each heading with its blocks; equal titles get different ids."""
    used_ids: set[str] = set()
    for heading, blocks in groups:
        number = _SECTION_NUMBER.match(heading)
        title = heading[number.end() :] if number else heading
        section_id = base = create_slug(title)
        count = 1
        while section_id in used_ids:
            count += 1
            section_id = f"{base}-{count}"
        used_ids.add(section_id)
        yield ImportedSection(section_id, title, number[1] if number else "", tuple(blocks))


def create_slug(title: str) -> str:
    """Return an id made of the whole words of a title, in ASCII letters, at most `_MAX_ID_LENGTH` long."""
    spelled = title.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", plain)
    while len(words) > 1 and len("-".join(words)) > _MAX_ID_LENGTH:
        words.pop()
    return "-".join(words)[:_MAX_ID_LENGTH] or "del"


def _iter_markdown(blocks: tuple[ImportedBlock, ...]) -> Iterable[str]:
    """Yield the Markdown of each block; headings are renumbered to begin at level 2."""
    levels = sorted({block.level for block in blocks if block.kind == "heading"})
    for block in blocks:
        if block.kind == "heading":
            number = _SECTION_NUMBER.match(block.text)
            text = block.text[number.end() :] if number else block.text
            yield f"{'#' * min(levels.index(block.level) + 2, 6)} {escape_markdown(text)}"
        else:
            yield block.markdown
