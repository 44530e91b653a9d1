"""Redactions: words taken out of versions that are already published, such as a name that leaked.

A row holds for its version and for each later one, as long as the words stay in that section:
a leak that was published again and again is one leak. Hashes stay those of the original text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypedDict

from changelog.redline import map_to_current_ids
from policy.blocks import Block, TextRun
from policy.document import Document, RenderedSection
from policy.fields import Locale
from policy.localization import format_term
from policy.models import Redaction

Span = tuple[int, int]  # start and end, in characters of a leaf's text


class RedactedVersion(TypedDict, total=False):
    """The fields that replace those of a version: documents without the words, and the rows applied."""

    documents: Mapping[Locale, Document]
    redactions: tuple[Redaction, ...]


def apply_redactions(
    versions: Sequence[tuple[str, Mapping[Locale, Document]]],
    rows: Iterable[Redaction],
    current_ids: Mapping[str, str],
) -> tuple[dict[str, RedactedVersion], list[str]]:
    """Take the words of each row out of `versions`, numbers and documents, oldest first.

    Return the changed versions by number, and a warning for each row whose words are not found.
    `current_ids` maps each former section id to the one in the newest policy.
    """
    redacted: dict[str, RedactedVersion] = {}
    warnings = []
    for row_number, row in enumerate(rows, start=1):
        is_found = False
        for number, documents in versions:
            current = redacted.get(number, {"documents": documents, "redactions": ()})
            document = current["documents"].get(row.language) if is_found or number == row.version else None
            clean = (
                redact_document(document, row, map_to_current_ids([document], current_ids))
                if document
                else None
            )
            if clean is not None and clean != document:
                is_found = True
                redacted[number] = {
                    "documents": {**current["documents"], row.language: clean},
                    "redactions": (*current["redactions"], row),
                }
            elif is_found:  # the leak was corrected here; the same words later are a new one
                break
        if not is_found:
            place = f"section '{row.section}' of version {row.version}"
            warnings.append(f"content/redactions.yaml: row {row_number}: these words do not occur in {place}")
    return redacted, warnings


def redact_document(document: Document, row: Redaction, current_ids: Mapping[str, str]) -> Document:
    """Return the document without the words of a row; an equal one if it does not have them."""
    sections = (
        _redact_section(section, row) if _is_section_of(row, section, current_ids) else section
        for section in document.sections
    )
    return replace(document, sections=tuple(sections))


def _is_section_of(row: Redaction, section: RenderedSection, current_ids: Mapping[str, str]) -> bool:
    """Whether a row means this section, by its id or any former one."""
    return current_ids.get(section.id, section.id) == current_ids.get(row.section, row.section)


def _redact_section(section: RenderedSection, row: Redaction) -> RenderedSection:
    """Return the section without the words, whatever white space separates them; itself if it has none."""
    # An editor copies the words from a page, where line breaks of the source are spaces.
    pattern = re.compile(r"\s+".join(map(re.escape, row.words.split())))
    replacement = format_term("redacted", section.locale)
    title = pattern.sub(replacement, section.title)
    blocks = tuple(_redact_block(block, pattern, replacement) for block in section.blocks)
    is_unchanged = title == section.title and blocks == section.blocks
    return section if is_unchanged else replace(section, title=title, blocks=blocks)


def _redact_block(block: Block, pattern: re.Pattern[str], replacement: str) -> Block:
    """Return a block without the words, and without links that contain them; itself if it has none."""
    if not block.is_leaf:
        children = tuple(_redact_block(child, pattern, replacement) for child in block.children)
        return replace(block, children=children)
    # Searched in the whole leaf: words in bold or in a link are runs of their own.
    spans = [match.span() for match in pattern.finditer("".join(run.text for run in block.runs))]
    removed_links = {run.href for run in block.runs if pattern.search(run.href)}
    if not spans and not removed_links:
        return block
    placed = list(_locate_runs(block.runs))
    removed_links |= {run.href for run, start in placed if _clip_spans(spans, start, start + len(run.text))}
    runs = (_redact_run(run, start, spans, replacement) for run, start in placed)
    # A link whose words or target are redacted is removed: its target may contain the name too.
    return replace(
        block, runs=tuple(replace(run, href="") if run.href in removed_links else run for run in runs)
    )


def _locate_runs(runs: Iterable[TextRun]) -> Iterator[tuple[TextRun, int]]:
    """Yield each run with the position in its leaf at which it starts."""
    start = 0
    for run in runs:
        yield run, start
        start += len(run.text)


def _clip_spans(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """Return the parts of the spans between two positions."""
    return [(max(first, start), min(last, end)) for first, last in spans if first < end and last > start]


def _redact_run(run: TextRun, start: int, spans: list[Span], replacement: str) -> TextRun:
    """Return a run that starts at `start` without the spans; the one in which a span starts gets the sign."""
    text, position = "", start
    for first, last in _clip_spans(spans, start, start + len(run.text)):
        starts_here = any(first == span_start for span_start, _ in spans)
        text += run.text[position - start : first - start] + (replacement if starts_here else "")
        position = last
    return replace(run, text=text + run.text[position - start :])
