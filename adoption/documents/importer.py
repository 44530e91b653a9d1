"""`import`: turns a document into `content/`, with a report of losses, guesses and contradictions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from adoption.documents import extraction
from adoption.documents.existing_content import (
    SETTINGS,
    ExistingContent,
    add_language,
    read_existing_content,
)
from adoption.documents.extraction import FoundPeriod
from adoption.documents.languages import detect_language, guess_language, refuse_language
from adoption.documents.pairing import PairedText, pair_sections
from adoption.documents.reading import Document, ReportKind, ReportLine, Section, read_document
from adoption.documents.report import shorten_quote
from common.characters import INVISIBLE_CHARACTER, normalize_text
from common.errors import InputError
from common.input_files import read_input_file
from common.messages import Message
from languages.loader import get_language, list_language_codes
from policy.durations import Duration

MAX_FILE_BYTES = 16 << 20  # an export of a whole site with hundreds of pages
_MAX_ID_LENGTH = 40
# Periods are rounded to ten days, so that "24 months" and "two years" are not reported as different.
_PERIOD_ROUNDING_DAYS = 10


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The files to write by their path from the source, those to remove, and the report."""

    files: dict[str, str]
    report: tuple[ReportLine, ...]
    removed: tuple[str, ...] = ()


def import_policy(
    file: Path, source: Path | None = None, language: str = "", *, replace: bool = False
) -> ImportResult:
    """Convert a document to the files of a policy below `source`; raise InputError if impossible.

    With a language that the policy there does not have yet, its sections are paired with those of the first
    one. With `replace`, they take the place of all sections in their language; settings and facts stay.
    """
    if language and language not in list_language_codes():
        raise refuse_language(language)
    document = read_document(str(file), read_input_file(file, MAX_FILE_BYTES, "export the page by itself"))
    words = "\n".join(block.text for section in document.sections for block in section.blocks)
    titles = "\n".join(section.title for section in document.sections)
    locale = detect_language(document.language or "", f"{titles}\n{words}", language)
    existing = read_existing_content(source) if source else ExistingContent({})
    report = [*document.report, *_report_language(document.language, locale, words, chosen=bool(language))]
    sections = tuple(_name_section(section, locale) for section in document.sections)
    report += [
        ReportLine(
            ReportKind.GUESS,
            Message("the text before the first heading is called '{title}'", title=section.title),
        )
        for section in sections
        if not section.has_heading
    ]
    files = _draft_facts(document, sections, locale, report)
    if existing.languages and locale != existing.languages[0]:
        if not language and locale not in existing.list_folders():
            codes, path = ", ".join(existing.languages), (source or Path()) / "content"
            raise InputError(
                Message(
                    "{path}: there is content in {codes}; add --language {code} if this is its translation",
                    path=path,
                    codes=codes,
                    code=locale,
                )
            )
        names = _pair_names(sections, existing, report)
    else:
        names = tuple(_iter_names(sections))
    files |= {
        f"content/{locale}/{name}.md": _format_section_file(section)
        for name, section in zip(names, sections, strict=True)
    }
    # The content is in NFC, and has no characters that nobody sees (docs/reference/content.md).
    files = {path: _remove_invisible(text) for path, text in files.items()}
    return _merge(files, existing, locale, document.title or sections[0].title, report, replace=replace)


def _draft_facts(
    document: Document, sections: tuple[Section, ...], locale: str, report: list[ReportLine]
) -> dict[str, str]:
    """Return the settings and the facts that the text says beyond doubt, and report the rest."""
    title = document.title or ""
    text = "\n".join([title, *map(_join_section_text, sections)])
    periods = extraction.find_periods(sections, locale)
    # Policy titles are required, so a page without one takes that of its first section.
    settings, open_questions = extraction.draft_settings(document, title or sections[0].title, text, locale)
    if not title:
        open_questions = (
            *open_questions,
            Message("to do: the page has no title; it is called '{title}'", title=sections[0].title),
        )
    report += _report_periods(periods)
    report += _report_old_names(text, sections, extraction.extract_former_names(text, "", locale))
    report += [ReportLine(ReportKind.TO_DO, question) for question in open_questions]
    files = {SETTINGS: settings}
    if rows := extraction.draft_retention(periods):
        files["content/facts/retention.yaml"] = rows
    return files


def _pair_names(
    sections: tuple[Section, ...], existing: ExistingContent, report: list[ReportLine]
) -> tuple[str, ...]:
    """Return the names of files, which are those of the same sections in the first language."""
    first = existing.list_sections(existing.languages[0])
    second = [PairedText("", section.title, section.markdown) for section in sections]
    pairs = pair_sections(first, second)
    own_names = list(_iter_names(sections))
    names: list[str] = []
    for index, section in enumerate(sections):
        if index in pairs:
            paired = first[pairs[index]]
            names.append(paired.name)
            message = Message(
                "pair: '{title}' is '{other}' ({name})",
                title=section.title,
                other=paired.title,
                name=paired.name,
            )
            report.append(ReportLine(ReportKind.GUESS, message, section.title))
        else:
            number = names[-1].partition("-")[0] if names else "00"
            names.append(f"{number}-{own_names[index].partition('-')[2]}")
            message = Message("to do: '{title}' has no section in the first language", title=section.title)
            report.append(ReportLine(ReportKind.TO_DO, message, section.title))
    for index, paired in enumerate(first):
        if index not in pairs.values():
            message = Message("to do: '{title}' has no translation in the file", title=paired.title)
            report.append(ReportLine(ReportKind.TO_DO, message, paired.title))
    return tuple(names)


def _merge(
    files: dict[str, str],
    existing: ExistingContent,
    locale: str,
    title: str,
    report: list[ReportLine],
    *,
    replace: bool,
) -> ImportResult:
    """Return what is to be written and removed, so that only sections in the language of the file change."""
    folder = f"content/{locale}/"
    old = {path for path in existing.files if path.startswith(folder)}
    removed = sorted(old - files.keys())
    changed = [path for path in files if path in old and existing.files[path] != files[path]]
    if (removed or changed) and not replace:
        raise InputError(
            Message(
                "there is content already: {paths}; import into an empty folder, or add --replace",
                paths=", ".join(sorted({*removed, *changed})),
            )
        )
    for path in [path for path in files if path in existing.files and not path.startswith(folder)]:
        if path == SETTINGS and locale not in existing.languages:
            files[path], is_complete = add_language(existing.files[path], locale, title)
            if not is_complete:
                report.append(
                    ReportLine(
                        ReportKind.TO_DO,
                        Message(
                            "to do: add '{code}' to 'languages' in {path}, and the title '{title}'",
                            code=locale,
                            path=path,
                            title=title,
                        ),
                    )
                )
        else:
            if existing.files[path] != files[path]:
                report.append(ReportLine(ReportKind.LOSS, Message("kept as it is: {path}", path=path)))
            del files[path]
    if existing.files and "content/facts/retention.yaml" in files and locale not in existing.list_folders():
        del files["content/facts/retention.yaml"]  # the facts are those of the first language
    report += [ReportLine(ReportKind.LOSS, Message("removed: {path}", path=path)) for path in removed]
    others = sorted(path for path in existing.files if path.endswith(".md") and not path.startswith(folder))
    gone = {path.rpartition("/")[2] for path in removed}
    for path in others:
        if path.rpartition("/")[2] in gone:
            report.append(
                ReportLine(
                    ReportKind.TO_DO,
                    Message("to do: {path} translates a section that was removed", path=path),
                )
            )
    return ImportResult(files, tuple(report), tuple(removed))


def _remove_invisible(text: str) -> str:
    return INVISIBLE_CHARACTER.sub("", normalize_text(text))


def _name_section(section: Section, locale: str) -> Section:
    """Return a section with a title; one without a heading is called an introduction."""
    title = section.title or get_language(locale).words.import_.untitled
    return replace(section, title=title)


def _format_section_file(section: Section) -> str:
    """Return the text of the section's file: front matter and Markdown."""
    title = '"' + section.title.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"---\ntitle: {title}\n---\n" + (f"\n{section.markdown}\n" if section.markdown else "")


def _iter_names(sections: tuple[Section, ...]) -> Iterator[str]:
    """Yield the name of the file of each section; equal titles get different ids."""
    used_ids: set[str] = set()
    for number, section in enumerate(sections, start=1):
        section_id = base = create_slug(section.title)
        count = 1
        while section_id in used_ids:
            count += 1
            section_id = f"{base}-{count}"
        used_ids.add(section_id)
        yield f"{number:02}-{section_id}"


def create_slug(title: str) -> str:
    """Return an id made of the whole words of a title, in ASCII letters, at most `_MAX_ID_LENGTH` long."""
    spelled = title.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", plain)
    while len(words) > 1 and len("-".join(words)) > _MAX_ID_LENGTH:
        words.pop()
    return "-".join(words)[:_MAX_ID_LENGTH] or "del"


def write_imported_files(imported: ImportResult, source: Path) -> int:
    """Write the files below `source`, remove those that they replace, and return how many are new."""
    new = [path for path in imported.files if not (source / path).exists()]
    try:
        for path, text in imported.files.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_text(text, encoding="utf-8", newline="\n")
        for path in imported.removed:
            (source / path).unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            Message("{path}: cannot be written ({reason})", path=source, reason=reason)
        ) from None
    return len(new)


def _join_section_text(section: Section) -> str:
    return f"{section.title}\n" + "\n".join(block.text for block in section.blocks)


def _report_language(declared: str | None, locale: str, words: str, *, chosen: bool) -> Iterator[ReportLine]:
    """Report a language that was taken from the words, and one that the words contradict."""
    guess = guess_language(words)
    if not declared and not chosen:
        yield ReportLine(
            ReportKind.GUESS,
            Message("language: the file names none, and the words are those of '{code}'", code=locale),
        )
    elif guess != locale:
        message = Message(
            "language: '{declared}' is stated, but most words are those of '{code}'",
            declared=locale if chosen else declared,
            code=guess,
        )
        yield ReportLine(ReportKind.CONTRADICTION, message)


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
