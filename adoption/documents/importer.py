"""`import`: turns a document into `content/`, with a report of losses, guesses and contradictions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from adoption.documents import extraction
from adoption.documents.extraction import FoundPeriod
from adoption.documents.languages import detect_language, guess_language
from adoption.documents.reading import ReportKind, ReportLine, Section, read_document
from adoption.documents.report import shorten_quote
from common.characters import INVISIBLE_CHARACTER, normalize_text
from common.errors import InputError
from common.input_files import read_input_file
from common.messages import Message
from languages.loader import get_language
from policy.durations import Duration

MAX_FILE_BYTES = 16 << 20  # an export of a whole site with hundreds of pages
_MAX_ID_LENGTH = 40
# Periods are rounded to ten days, so that "24 months" and "two years" are not reported as different.
_PERIOD_ROUNDING_DAYS = 10


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The files of `content/` by their path, and the report."""

    files: dict[str, str]
    report: tuple[ReportLine, ...]


def import_policy(file: Path) -> ImportResult:
    """Convert a document to the files of a policy; raise InputError if impossible."""
    data = read_input_file(file, MAX_FILE_BYTES, "export the page by itself")
    document = read_document(str(file), data)
    words = "\n".join(block.text for section in document.sections for block in section.blocks)
    titles = "\n".join(section.title for section in document.sections)
    locale = detect_language(document.language or "", f"{titles}\n{words}")
    title = document.title or ""
    sections = tuple(_name_section(section, locale) for section in document.sections)
    text = "\n".join([title, *map(_join_section_text, sections)])
    periods = extraction.find_periods(sections, locale)
    # Policy titles are required, so a page without one takes that of its first section.
    settings, open_questions = extraction.draft_settings(document, title or sections[0].title, text, locale)
    if not title:
        template = "to do: the page has no title; it is called '{title}'"
        open_questions = (*open_questions, Message(template, title=sections[0].title))
    files = {"content/policy.yaml": settings}
    if rows := extraction.draft_retention(periods):
        files["content/facts/retention.yaml"] = rows
    for number, (section_id, section) in enumerate(_iter_ids(sections), start=1):
        files[f"content/{locale}/{number:02}-{section_id}.md"] = _format_section_file(section)
    report = (
        *document.report,
        *_report_language(document.language, locale, words),
        *_report_periods(periods),
        *_report_old_names(text, sections, extraction.extract_former_names(text, "", locale)),
        *(ReportLine(ReportKind.TO_DO, question) for question in open_questions),
    )
    # The content is in NFC, and has no characters that nobody sees (docs/reference/content.md).
    return ImportResult({path: _remove_invisible(text) for path, text in files.items()}, report)


def _remove_invisible(text: str) -> str:
    return INVISIBLE_CHARACTER.sub("", normalize_text(text))


def _name_section(section: Section, locale: str) -> Section:
    """Return a section with a title; one without a heading is called an introduction."""
    title = section.title or get_language(locale).words.import_.untitled
    return Section(title, section.markdown, section.number, section.blocks)


def _format_section_file(section: Section) -> str:
    """Return the text of the section's file: front matter and Markdown."""
    title = '"' + section.title.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"---\ntitle: {title}\n---\n" + (f"\n{section.markdown}\n" if section.markdown else "")


def _iter_ids(sections: tuple[Section, ...]) -> Iterator[tuple[str, Section]]:
    """Yield each section with its id; equal titles get different ids."""
    used_ids: set[str] = set()
    for section in sections:
        section_id = base = create_slug(section.title)
        count = 1
        while section_id in used_ids:
            count += 1
            section_id = f"{base}-{count}"
        used_ids.add(section_id)
        yield section_id, section


def create_slug(title: str) -> str:
    """Return an id made of the whole words of a title, in ASCII letters, at most `_MAX_ID_LENGTH` long."""
    spelled = title.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", plain)
    while len(words) > 1 and len("-".join(words)) > _MAX_ID_LENGTH:
        words.pop()
    return "-".join(words)[:_MAX_ID_LENGTH] or "del"


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


def _join_section_text(section: Section) -> str:
    return f"{section.title}\n" + "\n".join(block.text for block in section.blocks)


def _report_language(declared: str | None, locale: str, words: str) -> Iterator[ReportLine]:
    """Report a language that was taken from the words, and one that the words contradict."""
    guess = guess_language(words)
    if not declared:
        template = "language: the file names none, and the words are those of '{code}'"
        yield ReportLine(ReportKind.GUESS, Message(template, code=locale))
    elif guess != locale:
        template = "language: the file says '{declared}', but most words are those of '{code}'"
        yield ReportLine(ReportKind.CONTRADICTION, Message(template, declared=declared, code=guess))


def _report_periods(periods: tuple[FoundPeriod, ...]) -> Iterator[ReportLine]:
    """Report periods that differ."""
    if len({round(Duration(period.iso).days / _PERIOD_ROUNDING_DAYS) for period in periods}) > 1:
        # The first of each, in the order of the text.
        distinct = {period.iso: period for period in reversed(periods)}.values()
        found = "; ".join(
            f"{period.text} in '{shorten_quote(period.sentence)}'"
            for period in sorted(distinct, key=periods.index)
        )
        yield ReportLine(ReportKind.CONTRADICTION, Message("several periods: {periods}", periods=found))


def _report_old_names(text: str, sections: tuple[Section, ...], names: Iterable[str]) -> Iterator[ReportLine]:
    """Report former names that the text uses more than once, not only to mention that they are former."""
    for name in names:
        titles = [
            section.title for section in sections if any(name in block.text for block in section.blocks)
        ]
        # Once is the sentence that calls it a former name.
        if text.count(name) > 1:
            message = Message("old name: '{name}' is used in {titles}", name=name, titles=", ".join(titles))
            yield ReportLine(ReportKind.CONTRADICTION, message, name)
