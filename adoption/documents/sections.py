"""Divides imported blocks into sections; titles lose the numbers that were typed before them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from adoption.documents.blocks import ImportedBlock, escape_markdown
from adoption.documents.markup import ConvertedPage

# "2.", "2.1)" or "3 " before a letter.
_SECTION_NUMBER = re.compile(r"(\d+(?:\.\d+)*)(?:[.)]\s*|\s+)(?=[^\W\d])")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a document.

    `title` is empty for text without a heading in a document without a title; `number` is the one typed
    before the title, else empty. `has_heading` unless it is the text before the first heading. `blocks` are
    those that `markdown` was made from.
    """

    title: str
    markdown: str
    number: str = ""
    has_heading: bool = True
    blocks: tuple[ImportedBlock, ...] = ()


def build_sections(
    page: ConvertedPage, title: str, window_title: str = ""
) -> tuple[str, tuple[Section, ...], str]:
    """Divide the blocks at their highest repeated headings; return the title of the page and the sections.

    The third value is the title again if it stood above the sections in the text. A page without a title of
    its own has that of its window. What precedes the first heading becomes a section with that title.
    """
    taken = ""
    first, *others = page.blocks
    is_title = first.kind == "heading" and first.level == 0
    if others and (is_title or (first.kind == "p" and first.text == (title or window_title))):
        title = taken = first.text
        page = replace(page, blocks=tuple(others))
    levels = Counter(block.level for block in page.blocks if block.kind == "heading")
    section_level = next((level for level in sorted(levels) if levels[level] > 1), min(levels, default=0))
    groups: list[tuple[str, list[ImportedBlock]]] = [("", [])]
    for block in page.blocks:
        if block.kind == "heading" and block.level <= section_level:
            groups.append((block.text, []))
            # A title holds no marks of footnotes: they become the first paragraph of its section.
            groups[-1][1].extend(_convert_title_note(page.footnotes[number]) for number in block.notes)
        else:
            groups[-1][1].append(block)
    groups = [group for group in groups if group != ("", [])]
    heading, content = groups[0]
    if not title and heading and not split_number(heading)[0]:
        numbered = sum(1 for other, _ in groups if split_number(other)[0])
        is_only_first = levels[1] == 1 and page.blocks[0].level == 1
        # The only heading without a number, or of the first level, is the title also of the text below it.
        if numbered == len(groups) - 1 > 0 or is_only_first:
            title = heading
    if len(groups) > 1 and not content and not _SECTION_NUMBER.match(heading) and title in {"", heading}:
        # The page's own title, which builders set as a heading like those of the sections.
        title = taken = heading
        del groups[0]
    title = title or window_title
    sections = (_create_section(heading or title, content, page) for heading, content in groups)
    headed = tuple(
        replace(section, has_heading=bool(heading))
        for section, (heading, _) in zip(sections, groups, strict=True)
    )
    return title, headed, taken


def _convert_title_note(markdown: str) -> ImportedBlock:
    text = markdown.replace("\n    ", "\n")
    return ImportedBlock("p", text, text)


def _create_section(heading: str, blocks: list[ImportedBlock], page: ConvertedPage) -> Section:
    """Return a section with the footnotes that it refers to."""
    number, title = split_number(heading)
    # A line between sections separates what is separate anyway.
    while blocks and blocks[-1].kind == "hr":
        blocks.pop()
    parts = list(_iter_markdown(blocks))
    notes = list(dict.fromkeys(note for block in blocks for note in block.notes))
    parts += [f"[^{note}]: {page.footnotes[note]}" for note in notes]
    return Section(title, "\n\n".join(parts), number, blocks=tuple(blocks))


def split_number(heading: str) -> tuple[str, str]:
    """Return the number that was typed before a heading, if there is one, and the rest."""
    match = _SECTION_NUMBER.match(heading)
    return (match[1], heading[match.end() :]) if match else ("", heading)


def _iter_markdown(blocks: Iterable[ImportedBlock]) -> Iterable[str]:
    """Yield the Markdown of each block; headings are renumbered to begin at level 2."""
    levels = sorted({block.level for block in blocks if block.kind == "heading"})
    for block in blocks:
        if block.kind == "heading":
            _, text = split_number(block.text)
            marks = "".join(f"[^{note}]" for note in block.notes)
            yield f"{'#' * min(levels.index(block.level) + 2, 6)} {escape_markdown(text)}{marks}"
        else:
            yield block.markdown
