"""`import`: turns a file from WordPress into `content/`, with a report of losses and contradictions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from common.characters import INVISIBLE_CHARACTER, normalize_text
from common.errors import InputError
from policy.durations import Duration
from policy.wordpress import extraction
from policy.wordpress.export import Page, read_page
from policy.wordpress.extraction import FoundPeriod
from policy.wordpress.markup import convert_html
from policy.wordpress.sections import ImportedSection, build_sections

_LIST_TAGS = {"ul", "ol", "dl", "table"}
_MAX_QUOTE_LENGTH = 70
_RELATIVE_LINK = re.compile(r"\]\((?![a-z]+:)([^()\s]+)\)", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)
# Periods are rounded to ten days, so that "24 months" and "two years" are not reported as different.
_PERIOD_ROUNDING_DAYS = 10


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The files of `content/` by their path, and the lines of the report."""

    files: dict[str, str]
    report_lines: tuple[str, ...]


def import_policy(file: Path) -> ImportResult:
    """Convert a page-builder text, a saved page or a WordPress export; raise InputError if impossible."""
    page = read_page(file)
    blocks, surrounding_text = convert_html(page.html, is_full_page=page.is_full_page, site=page.site)
    if not blocks:
        raise InputError(f"{file}: there is no text in it; export the page with the policy")
    locale = extraction.detect_language(page, " ".join(block.text for block in blocks))
    title, sections = build_sections(blocks, " ".join(page.title.split()), locale)
    text = "\n".join([title, *map(_join_section_text, sections)])
    periods = extraction.find_periods(sections, locale)
    # Policy titles are required, so a page without one takes that of its first section.
    settings, open_questions = extraction.draft_settings(page, title or sections[0].title, text, locale)
    if not title:
        open_questions = (*open_questions, f"the page has no title; it is called '{sections[0].title}'")
    files = {"content/policy.yaml": settings}
    if rows := extraction.draft_retention(periods):
        files["content/facts/retention.yaml"] = rows
    for number, section in enumerate(sections, start=1):
        files[f"content/{locale}/{number:02}-{section.id}.md"] = section.file_text
    report = (
        *_report_section_losses(sections),
        *_report_page_losses(page, surrounding_text),
        *_report_contradictions(sections, periods),
        *_report_old_names(text, sections, extraction.extract_former_names(text, "", locale)),
        *(f"to do: {line}" for line in open_questions),
    )
    # The content is in NFC, and has no characters that nobody sees (docs/reference/content.md).
    return ImportResult({path: _remove_invisible(text) for path, text in files.items()}, report)


def _remove_invisible(text: str) -> str:
    return INVISIBLE_CHARACTER.sub("", normalize_text(text))


def write_imported_files(imported: ImportResult, source: Path, *, replace: bool) -> int:
    """Write the files below `source` and return how many are new.

    Raise InputError if there is other content already, unless `replace` is true.
    """
    existing = {path: source / path for path in imported.files if (source / path).exists()}
    conflicts = [path for path, file in existing.items() if file.read_text("utf-8") != imported.files[path]]
    content = source / "content"
    present = (
        [file.relative_to(source).as_posix() for file in sorted(content.rglob("*")) if file.is_file()]
        if content.is_dir()
        else []
    )
    conflicts += [path for path in present if path not in imported.files]
    if conflicts and not replace:
        message = f"{content}: there is content already ({conflicts[0]})"
        raise InputError(f"{message}; import into an empty folder, or add --replace")
    for path, text in imported.files.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text, encoding="utf-8", newline="\n")
    return len(imported.files) - len(existing)


def _join_section_text(section: ImportedSection) -> str:
    return f"{section.title}\n" + "\n".join(block.text for block in section.blocks)


def _shorten_quote(text: str) -> str:
    return text if len(text) <= _MAX_QUOTE_LENGTH else text[: _MAX_QUOTE_LENGTH - 1].rstrip() + "…"


def _report_section_losses(sections: tuple[ImportedSection, ...]) -> Iterator[str]:
    """Report missing lists, lost structure, incomplete links and empty sections."""
    for section in sections:
        for block, following in zip_longest(section.blocks, section.blocks[1:]):
            quote = _shorten_quote(block.text)
            if block.lost_structure:
                yield f"lost structure: in '{section.title}' a {block.kind} became plain text: '{quote}'"
            is_list_next = following is not None and following.kind in _LIST_TAGS
            if block.kind == "p" and block.text.endswith(":") and not is_list_next:
                yield f"lost list: in '{section.title}' nothing follows '{quote}'"
            for address in _RELATIVE_LINK.findall(block.markdown):
                yield f"to do: in '{section.title}' write the full address of the link {address}"
        if not section.blocks:
            yield f"empty section: there is nothing under '{section.title}'"


def _report_page_losses(page: Page, surrounding_text: str) -> Iterator[str]:
    """Report content of the file besides the text of the policy."""
    for title in page.other_page_titles:
        yield f"not imported: the page '{title}'"
    yield from page.unconverted_shortcodes
    if images := len(_IMAGE.findall(page.html)):
        yield f"not imported: images ({images}); their alternative texts take their place"
    if surrounding_text:
        yield f"not imported: the text around the policy, '{_shorten_quote(surrounding_text)}'"


def _report_contradictions(
    sections: tuple[ImportedSection, ...], periods: tuple[FoundPeriod, ...]
) -> Iterator[str]:
    """Report section numbers that are used twice, and periods that differ."""
    titles_by_number = defaultdict(list)
    for section in sections:
        if section.number:
            titles_by_number[section.number].append(section.title)
    for number, titles in titles_by_number.items():
        if len(titles) > 1:
            yield f"number used twice: {number} precedes {_join_quoted(titles)}"
    if len({round(Duration(period.iso).days / _PERIOD_ROUNDING_DAYS) for period in periods}) > 1:
        # The first of each, in the order of the text.
        distinct = {period.iso: period for period in reversed(periods)}.values()
        yield "several periods: " + "; ".join(
            f"{period.text} in '{_shorten_quote(period.sentence)}'"
            for period in sorted(distinct, key=periods.index)
        )


def _join_quoted(titles: Iterable[str]) -> str:
    return " and ".join(f"'{title}'" for title in titles)


def _report_old_names(
    text: str, sections: tuple[ImportedSection, ...], names: tuple[str, ...]
) -> Iterator[str]:
    """Report former names that the text uses more than once, not only to mention that they are former."""
    for name in names:
        titles = [
            section.title for section in sections if any(name in block.text for block in section.blocks)
        ]
        # Once is the sentence that calls it a former name.
        if text.count(name) > 1:
            yield f"old name: '{name}' is used in {', '.join(titles)}"
