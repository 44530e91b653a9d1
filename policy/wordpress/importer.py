"""`import`: a file from WordPress becomes `content/`, with a report of what the file lost or contradicts."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from common.errors import InputError
from policy.fields import Duration
from policy.wordpress import extraction
from policy.wordpress.export import page
from policy.wordpress.markup import pieces
from policy.wordpress.sections import parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from policy.wordpress.export import Page
    from policy.wordpress.extraction import Said
    from policy.wordpress.sections import Part

_LISTS = {"ul", "ol", "dl", "table"}
_SHORT = 70
_HALF = re.compile(r"\]\((?![a-z]+:)([^)\s]+)\)", re.IGNORECASE)
_PICTURE = re.compile(r"<img\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Import:
    """What a file gives: the files of `content/` by path, and the report, a line for each thing."""

    files: dict[str, str]
    report: tuple[str, ...]


def import_policy(file: Path) -> Import:
    """Read a page-builder text, a saved page or a WordPress export; InputError where it cannot be."""
    found = page(file)
    blocks, left = pieces(found.html, whole=found.whole, site=found.site)
    if not blocks:
        raise InputError(f"{file}: there are no words in it; export the page with the policy")
    locale = extraction.language(found, " ".join(piece.text for piece in blocks))
    title, sections = parts(blocks, " ".join(found.title.split()), locale)
    text = "\n".join(
        [title, *(f"{part.title}\n" + "\n".join(p.text for p in part.pieces) for part in sections)]
    )
    said = extraction.periods(sections)
    settings, open_ends = extraction.settings(found, title or sections[0].title, text, locale)
    files = {"content/policy.yaml": settings}
    if rows := extraction.retention(said):
        files["content/facts/retention.yaml"] = rows
    for place, part in enumerate(sections, start=1):
        files[f"content/{locale}/{place:02}-{part.id}.md"] = part.file
    report = (
        *_lost(found, left, sections),
        *_contradictions(sections, said),
        *_old_names(text, sections, extraction.former_names(text, "")),
        *(f"left for you: {line}" for line in open_ends),
        *([] if title else [f"left for you: the page has no title; it is called '{sections[0].title}'"]),
    )
    return Import({path: unicodedata.normalize("NFC", words) for path, words in files.items()}, report)


def write_imported_files(brought: Import, source: Path, *, replace: bool) -> int:
    """Write the files below `source`; give how many are new. InputError where others stand there already."""
    standing = {path: source / path for path in brought.files if (source / path).exists()}
    other = [path for path, file in standing.items() if file.read_text("utf-8") != brought.files[path]]
    content = source / "content"
    strangers = (
        [file.relative_to(source).as_posix() for file in sorted(content.rglob("*")) if file.is_file()]
        if content.is_dir()
        else []
    )
    other += [path for path in strangers if path not in brought.files]
    if other and not replace:
        raise InputError(
            f"{content}: there is content already ({other[0]}); import into an empty folder, or add --replace"
        )
    for path, words in brought.files.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(words, encoding="utf-8", newline="\n")
    return len(brought.files) - len(standing)


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1].rstrip() + "…"


def _lost(found: Page, left: str, sections: tuple[Part, ...]) -> Iterator[str]:
    """Tell of lists that are announced and missing, forms that were lost, and what was not taken along."""
    for part in sections:
        for piece, after in zip_longest(part.pieces, part.pieces[1:]):
            if piece.flat:
                yield f"lost form: in '{part.title}' a {piece.kind} is plain words: '{_short(piece.text)}'"
            if piece.kind == "p" and piece.text.endswith(":") and (after is None or after.kind not in _LISTS):
                yield f"lost list: in '{part.title}' nothing follows '{_short(piece.text)}'"
            for address in _HALF.findall(piece.markdown):
                yield f"left for you: in '{part.title}' the link {address} names no site; write it whole"
        if not part.pieces:
            yield f"empty section: there is nothing under '{part.title}'"
    for title in found.left:
        yield f"not taken along: the page '{title}'"
    yield from found.unread
    if pictures := len(_PICTURE.findall(found.html)):
        yield f"not taken along: pictures ({pictures}); the words that describe them stand in their place"
    if left:
        yield f"not taken along: what stands around the text, '{_short(left)}'"


def _contradictions(sections: tuple[Part, ...], said: tuple[Said, ...]) -> Iterator[str]:
    """Tell of numbers used twice, and of periods that differ."""
    numbered = defaultdict(list)
    for part in sections:
        if part.number:
            numbered[part.number].append(part.title)
    for number, titles in numbered.items():
        if len(titles) > 1:
            named = " and ".join(f"'{title}'" for title in titles)
            yield f"number used twice: {number} stands before {named}"
    lengths = {round(Duration(one.iso).days / 10): one for one in reversed(said)}
    if len(lengths) > 1:
        kinds = sorted({one.iso: one for one in reversed(said)}.values(), key=said.index)
        yield "several periods: " + "; ".join(f"{one.words} in '{_short(one.sentence)}'" for one in kinds)


def _old_names(text: str, sections: tuple[Part, ...], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        where = [part.title for part in sections if any(name in piece.text for piece in part.pieces)]
        if text.count(name) > 1:
            yield f"old name: '{name}' stands in {', '.join(where)}"
