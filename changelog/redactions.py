"""Words that must go from the past, a name that leaked, say (contract §2). Hashes stay those of the original.

A row holds for its version and for each later one, as long as the words still stand in that section without a
break: a leak that was published again and again is one leak.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from changelog.redline import map_to_current_ids
from policy.localization import format_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from policy.blocks import Block, TextRun
    from policy.document import Document, RenderedSection
    from policy.fields import Locale
    from policy.models import Redaction

Span = tuple[int, int]


class RedactedVersion(TypedDict, total=False):
    """What a version gets in place of its own: texts without the words, and the rows that took them out."""

    documents: Mapping[Locale, Document]
    redactions: tuple[Redaction, ...]


def apply_redactions(
    texts: Sequence[tuple[str, Mapping[Locale, Document]]],
    rows: Iterable[Redaction],
    newest: Mapping[str, str],
) -> tuple[dict[str, RedactedVersion], list[str]]:
    """Take the words of each row out of the versions, oldest first; tell rows whose words stand nowhere."""
    found: dict[str, RedactedVersion] = {}
    warnings = []
    for number, row in enumerate(rows, start=1):
        reached = False
        for version, documents in texts:
            now = found.get(version, {"documents": documents, "redactions": ()})
            text = now["documents"].get(row.language) if reached or version == row.version else None
            clean = redact(text, row, map_to_current_ids([text], newest)) if text else None
            if clean is not None and clean != text:
                reached = True
                fresh = {**now["documents"], row.language: clean}
                found[version] = {"documents": fresh, "redactions": (*now["redactions"], row)}
            elif reached:
                break
        if not reached:
            where = f"'{row.section}' of version {row.version}"
            warnings.append(f"content/redactions.yaml: row {number}: its words do not stand in {where}")
    return found, warnings


def redact(document: Document, row: Redaction, renamed: Mapping[str, str]) -> Document:
    """Give the document with the words of a row taken out; an equal one where they do not stand."""
    parts = (_part(part, row) if _means(row, part, renamed) else part for part in document.sections)
    return replace(document, sections=tuple(parts))


def _means(row: Redaction, part: RenderedSection, renamed: Mapping[str, str]) -> bool:
    """Whether a row means this section, by any name that it ever had."""
    return renamed.get(part.id, part.id) == renamed.get(row.section, row.section)


def _part(part: RenderedSection, row: Redaction) -> RenderedSection:
    wanted = re.compile(r"\s+".join(map(re.escape, row.words.split())))
    sign = format_term("redacted", part.lang)
    title = wanted.sub(sign, part.title)
    blocks = tuple(_block(block, wanted, sign) for block in part.blocks)
    unchanged = title == part.title and blocks == part.blocks
    return part if unchanged else replace(part, title=title, blocks=blocks)


def _block(block: Block, wanted: re.Pattern[str], sign: str) -> Block:
    if not block.is_leaf:
        return replace(block, children=tuple(_block(child, wanted, sign) for child in block.children))
    spans = [found.span() for found in wanted.finditer("".join(run.text for run in block.runs))]
    hidden = {run.href for run in block.runs if wanted.search(run.href)}
    if not spans and not hidden:
        return block
    placed = list(_placed(block.runs))
    hidden |= {run.href for run, at in placed if _within(spans, at, at + len(run.text))}
    runs = (_cut(run, at, spans, sign) for run, at in placed)
    # A link whose words or target go is no link any more: its target may tell the name too.
    return replace(block, runs=tuple(replace(run, href="") if run.href in hidden else run for run in runs))


def _placed(runs: Iterable[TextRun]) -> Iterator[tuple[TextRun, int]]:
    """Give each run with the place in the leaf where it begins."""
    at = 0
    for run in runs:
        yield run, at
        at += len(run.text)


def _within(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """Give what of the spans lies between two places."""
    return [(max(first, start), min(last, end)) for first, last in spans if first < end and last > start]


def _cut(run: TextRun, at: int, spans: list[Span], sign: str) -> TextRun:
    """Take the spans out of a run that begins at `at`; the sign stands where a span begins."""
    text, last = "", at
    for start, stop in _within(spans, at, at + len(run.text)):
        begins = any(start == first for first, _ in spans)
        text += run.text[last - at : start - at] + (sign if begins else "")
        last = stop
    return replace(run, text=text + run.text[last - at :])
