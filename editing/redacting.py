"""Write a row of `redactions.yaml`: where words are in published versions, without the words themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import unquote_plus

from changelog.history import read_revisions, read_working_tree
from changelog.record_hashes import derive_section_salt, hash_section, list_note_parts
from changelog.redactions import REDACTED_TERM, get_section_text, redact_section
from changelog.replay import build_version_log
from changelog.versions import Version, VersionLog
from common.errors import InputError
from common.messages import Message
from common.suggestions import suggest_name
from policy.blocks import iter_leaves, render_prose
from policy.document import RenderedSection, render_document
from policy.fields import Locale
from policy.loader import load_policy
from policy.localization import format_term
from policy.models import RedactedPlace

_FILE = "content/redactions.yaml"


@dataclass(frozen=True)
class _Search:
    """What to look for: words, however they are spaced, in a section, by its id or a former one."""

    section_id: str
    pattern: re.Pattern[str]

    def find_sections(self, log: VersionLog, locale: Locale) -> Iterator[tuple[Version, RenderedSection]]:
        """Yield the section in each version that has it in a language."""
        ids = log.policy.current_ids
        wanted = ids.get(self.section_id, self.section_id)
        for version in log.versions:
            document = version.documents.get(locale)
            for section in document.sections if document else ():
                if ids.get(section.id, section.id) == wanted:
                    yield version, section

    def has_words(self, section: RenderedSection) -> bool:
        """Whether a section has the words, in its text or in the target of a link."""
        spans, links = self.locate(section)
        return bool(spans or links)

    def locate(self, section: RenderedSection) -> tuple[list[tuple[int, int]], list[int]]:
        """Return the ranges of characters with the words, and the numbers of the links that have them."""
        spans, found_links = [], set()
        start = 0
        leaves = list(iter_leaves(section.blocks))
        for number, text in enumerate(
            [section.title, *("".join(run.text for run in leaf.runs) for leaf in leaves)]
        ):
            matches = [match.span() for match in self.pattern.finditer(text)]
            spans += [(start + first, start + last) for first, last in matches]
            position = 0
            for run in leaves[number - 1].runs if number else ():
                is_inside = any(
                    first < position + len(run.text) and last > position for first, last in matches
                )
                # An address writes blanks and letters otherwise: "?navn=Kari%20Nordmann".
                if run.href and (is_inside or self.pattern.search(unquote_plus(run.href))):
                    found_links.add((number - 1, run.href))
                position += len(run.text)
            start += len(text) + 1
        links = get_section_text(section).links
        return spans, [number for number, link in enumerate(links, start=1) if link in found_links]


def write_redaction(source: Path, section_id: str, words: str, reason: str, today: date) -> Iterator[Message]:
    """Add a row for each language in which published versions have the words; yield what it reaches.

    Raises InputError if no version has them, or if the newest text still does.
    """
    if not words.split():
        raise InputError(Message("no words were given; type them, or pass them on standard input"))
    search = _Search(section_id, _compile_words(words))
    if not reason.strip():
        raise InputError(Message("an empty reason; say why with --reason"))
    if search.pattern.search(reason):
        raise InputError(Message("the reason has the words; describe it without them"))
    # Rows that are not committed yet have their effect too.
    log = build_version_log([*read_revisions(source), read_working_tree(source, today)])
    _reject_unknown_section(log, section_id)
    _reject_words_in_newest_text(source, search, today)
    rows, reached = [], set()
    for locale in log.languages_by_age:
        places = [
            _describe_place(version, locale, section, search)
            for version, section in search.find_sections(log, locale)
            if search.has_words(section)
        ]
        if places:
            rows.append(_format_row(locale, section_id, reason, today, places))
            numbers = _join(place.version for place in places)
            reached |= {place.version for place in places}
            yield Message("removes from version {numbers} in '{language}'", numbers=numbers, language=locale)
    if not rows:
        raise InputError(
            Message(
                "no published version has these words in section '{id}'; copy them from a page", id=section_id
            )
        )
    path = source / _FILE
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    separator = "" if before.endswith("\n") or not before else "\n"
    path.write_text(before + separator + "".join(rows), encoding="utf-8")
    yield Message("written  {path}", path=_FILE)
    yield from _list_remaining_words(log, search, words)
    unsalted = _join(
        version.number
        for version in log.versions
        if version.settings.salt is None and version.number in reached
    )
    if unsalted:
        yield Message(
            "warning: version {numbers} has no salt, so the words can be guessed from their hash; "
            "see 'salt' in policy.yaml",
            numbers=unsalted,
        )


def _join(numbers: Iterable[str]) -> str:
    """Return numbers of versions in a line, each once."""
    return ", ".join(dict.fromkeys(numbers))


def _compile_words(words: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Return a pattern of words, copied from a page, where line breaks of the source are blanks."""
    return re.compile(r"\s++".join(map(re.escape, words.split())), flags)


def _list_remaining_words(log: VersionLog, search: _Search, words: str) -> Iterator[Message]:
    """Yield where else the words are: in other sections, in other letters, in notes."""
    ids = log.policy.current_ids
    own = ids.get(search.section_id, search.section_id)
    anyhow = _Search("", _compile_words(words, re.IGNORECASE))
    sections: dict[tuple[str, Locale], list[str]] = {}
    for version in log.versions:
        for locale, document in version.documents.items():
            for section in document.sections:
                if anyhow.has_words(section) and (
                    ids.get(section.id, section.id) != own or not search.has_words(section)
                ):
                    sections.setdefault((section.id, locale), []).append(version.number)
    for (section_id, locale), numbers in sections.items():
        if ids.get(section_id, section_id) == own:
            yield Message(
                "written otherwise in section '{id}' in '{language}', version {numbers}, such as in capitals",
                id=section_id,
                language=locale,
                numbers=_join(numbers),
            )
        else:
            yield Message(
                "still in section '{id}' in '{language}', version {numbers}; run this again for that section",
                id=section_id,
                language=locale,
                numbers=_join(numbers),
            )
    for version in log.versions:
        for locale, note in version.note_texts.items():
            texts = [note.title, *(render_prose(blocks) for _, blocks in list_note_parts(note))]
            if any(anyhow.pattern.search(text) for text in texts):
                yield Message(
                    "still in the note of version {number} in '{language}'; correct the wording of the note",
                    number=version.number,
                    language=locale,
                )


def _reject_unknown_section(log: VersionLog, section_id: str) -> None:
    ids = {
        section.id
        for version in log.versions
        for document in version.documents.values()
        for section in document.sections
    }
    if section_id not in ids | log.policy.current_ids.keys():
        raise InputError(
            Message(
                "no version has a section '{id}'; {suggestion}",
                id=section_id,
                suggestion=suggest_name(section_id, ids),
            )
        )


def _reject_words_in_newest_text(source: Path, search: _Search, today: date) -> None:
    policy = load_policy(read_working_tree(source, today).files)
    for locale in policy.languages:
        for section in render_document(policy, locale).sections:
            if search.has_words(section):
                raise InputError(
                    Message(
                        "section '{id}' still has these words in '{language}'; "
                        "take them out of the text first, then run this again",
                        id=section.id,
                        language=locale,
                    )
                )


def _describe_place(
    version: Version, locale: Locale, section: RenderedSection, search: _Search
) -> RedactedPlace:
    spans, links = search.locate(section)
    count = version.redaction_counts.get((locale, section.id), 0)
    before, after = (
        derive_section_salt(version.settings, version.number, locale, section.id, number)
        for number in (count, count + 1)
    )
    place = RedactedPlace(
        version=version.number,
        characters=tuple(f"{first}-{last}" for first, last in spans),
        links=tuple(links),
        before=hash_section(section, before),
        after="0" * 64,
    )
    clean = redact_section(section, place, format_term(REDACTED_TERM, locale))
    return place.model_copy(update={"after": hash_section(clean, after)})


def _format_row(
    locale: Locale, section_id: str, reason: str, today: date, places: Sequence[RedactedPlace]
) -> str:
    """Return a row in YAML; texts in double quotes are written as in JSON."""
    lines = [
        f"- language: {locale}",
        f"  section: {json.dumps(section_id)}",
        f"  reason: {json.dumps(reason, ensure_ascii=False)}",
        f"  date: {today}",
        "  versions:",
    ]
    for place in places:
        lines.append(f'    - version: "{place.version}"')
        if place.characters:
            lines.append(f"      characters: [{', '.join(place.characters)}]")
        if place.links:
            lines.append(f"      links: [{', '.join(map(str, place.links))}]")
        lines += [f"      before: {place.before}", f"      after: {place.after}"]
    return "\n".join(lines) + "\n"
