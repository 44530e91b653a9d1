"""Compares the pages of a site with its log: the text of each version, its plain text, and its notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urljoin

from verifier.html_reader import Element, PageError
from verifier.log import Log
from verifier.pages import Note, Page, VersionText
from verifier.plain_text import list_words
from verifier.site_data import VERSIONS
from verifier.site_files import FileMissingError, SiteFiles
from verifier.texts import hash_version

_Result = TypeVar("_Result")
_PROSE = ("title", "summary", "action")  # of a note, as JSON files have it


class SkippedError(Exception):
    """Why something could not be verified, as a line for people."""


@dataclass(slots=True)
class PageChecker:
    """Reads the pages whose addresses are in `versions.json`, and compares them with the log.

    `changelogs` has the path of the change log of each language, found in the pages of its versions.
    """

    files: SiteFiles
    log: Log
    base_url: str
    in_force: str
    changelogs: dict[str, str] = field(default_factory=dict)
    front_pages: dict[str, str] = field(default_factory=dict)
    note_words: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=dict)

    def check_version(self, number: str, language: str, row: Mapping[str, Any]) -> Iterator[str]:
        """Yield what is wrong with the page of a version, its plain text and its page of changes.

        `row` is what `versions.json` has of the version in the language.
        """
        try:
            path = self._find_path(row.get("url"), number, language)
            page = self._read_page(path)
            text = self._read_text(page, path)
        except SkippedError as error:
            yield str(error)
            return
        self.front_pages.setdefault(language, urljoin(f"/{path}", "../../")[1:])
        yield from self._check_text(text, number, language, path)
        if page.find_entry_hash() != self.log.publications[number]["hash"]:
            yield f"{path}: shows another hash than that of its entry in the log"
        yield from self._check_plain_text(path, text.article)
        yield from self._take_changelog(path, page.find_link("version-history"), language)
        if row.get("redline_url") is not None:
            yield from self._check_changes(number, language, row["redline_url"])

    def check_front_pages(self) -> Iterator[str]:
        """Yield what is wrong with the text on the front page of each language."""
        for language, path in self.front_pages.items():
            try:
                text = self._read_text(self._read_page(path), path)
            except SkippedError as error:
                yield str(error)
                continue
            number = text.version
            if (number, language) not in self.log.documents:
                yield f"{_show(path)}: shows the text of a version that is not in the log: {number!r:.20}"
                continue
            if (self.in_force, language) in self.log.documents and number != self.in_force:
                yield (
                    f"{_show(path)}: shows version {number}, "
                    f"but {VERSIONS} says that {self.in_force} is in force"
                )
            yield from self._check_text(text, number, language, path)

    def check_changelogs(self) -> Iterator[str]:
        """Yield what is wrong with the notes and the list of versions in each change log."""
        for language, path in self.changelogs.items():
            numbers: list[str] = []
            notes: dict[str, tuple[Note, str]] = {}
            try:
                pages = {path: self._read_page(path)}
                pages |= {path + year: self._read_page(path + year) for year in pages[path].list_years()}
                for own, page in pages.items():
                    numbers += page.list_versions()
                    notes |= {number: (note, own) for number, note in _call(page.read_notes, own).items()}
            except SkippedError as error:
                yield str(error)
                continue
            if sorted(numbers) != sorted(self.log.publications):
                yield f"{path}: lists other versions than the log, or one of them twice"
            yield from self._check_changelog_notes(notes, language, path)

    def _check_changelog_notes(
        self, notes: Mapping[str, tuple[Note, str]], language: str, path: str
    ) -> Iterator[str]:
        """Yield what is wrong with the notes of a change log, each with the path of its page."""
        for number, (_, own) in notes.items():
            if (number, language) not in self.log.notes:
                yield f"{own}: has a note of version {number:.20}, which the log does not have"
        for (number, other), digest in self.log.notes.items():
            if other != language:
                continue
            note, own = notes.get(number, (None, path))
            yield from self._check_note(note, number, language, digest, own)
            self._take_words(note, number, language)

    def _take_words(self, note: Note | None, number: str, language: str) -> None:
        if note:
            self.note_words[number, language] = {
                name: list_words([note.parts[name]] if name in note.parts else ()) for name in _PROSE
            }

    def _check_text(self, text: VersionText, number: str, language: str, path: str) -> Iterator[str]:
        if (text.version, text.language) != (number, language):
            yield (
                f"{_show(path)}: states that it is version {text.version:.20} in {text.language:.20}, "
                f"not version {number} in {language}"
            )
        if text.hash != self.log.documents[number, language]:
            yield (
                f"{_show(path)}: the text is not the one that the log has for version {number} ({language}): "
                "words, links or form were changed after it was published"
            )
        elif not self._has_only_removals(text, number, language):
            yield (
                f"{_show(path)}: the log says that words were removed from version {number} ({language}), "
                "but another section was changed too"
            )

    def _has_only_removals(self, text: VersionText, number: str, language: str) -> bool:
        """Whether the text was the published one before the removals that the log states."""
        sections = list(text.sections)
        removals = self.log.removals.get((number, language), [])
        for section_id, before, document_before in reversed(removals):
            positions = [position for position, (known, _) in enumerate(sections) if known == section_id]
            if len(positions) != 1:
                return False
            sections[positions[0]] = section_id, before
            if hash_version(sections) != document_before:
                return False
        return True

    def _check_plain_text(self, page_path: str, article: Element) -> Iterator[str]:
        path = f"{page_path}policy.txt"
        try:
            words = self._read(path).decode("utf-8").split()
        except SkippedError as error:
            yield str(error)
            return
        except UnicodeDecodeError:
            yield f"{path} is not UTF-8"
            return
        if difference := _find_difference(words, list_words([article], with_targets=True)):
            yield f"{path}: has other words than the page beside it: {difference}"

    def _take_changelog(self, page_path: str, link: str, language: str) -> Iterator[str]:
        path = urljoin(f"/{page_path}", link)[1:] if link else ""
        if not path or self.changelogs.setdefault(language, path) != path:
            yield f"{page_path}: does not link to the change log of its language"

    def _check_changes(self, number: str, language: str, address: object) -> Iterator[str]:
        try:
            path = self._find_path(address, number, language)
            notes = _call(self._read_page(path).read_notes, path)
        except SkippedError as error:
            yield str(error)
            return
        if others := notes.keys() - {number}:
            yield f"{path}: has a note of another version, {min(others):.20}"
        yield from self._check_note(
            notes.get(number), number, language, self.log.notes[number, language], path
        )
        self._take_words(notes.get(number), number, language)

    def _check_note(
        self, note: Note | None, number: str, language: str, digest: str | None, path: str
    ) -> Iterator[str]:
        if note is None and digest is not None:
            yield f"{path}: the note of version {number} ({language}) is missing"
        elif note is not None and digest is None:
            yield f"{path}: has a note of version {number} ({language}), which had none in the log"
        elif note is not None and note.hash != digest:
            yield (
                f"{path}: the note of version {number} ({language}) is not the one in the log: "
                "it was changed without an entry that says so"
            )

    def _find_path(self, address: object, number: str, language: str) -> str:
        """Return the path of a page below the base address; raise SkippedError for any other."""
        if not isinstance(address, str) or not address.startswith(self.base_url) or not address.endswith("/"):
            raise SkippedError(
                f"{VERSIONS}: the address of version {number} ({language}) is not below {self.base_url}"
            )
        return address.removeprefix(self.base_url)

    def _read(self, path: str) -> bytes:
        try:
            return self.files.read(path)
        except FileMissingError as error:
            raise SkippedError(f"{_show(path)} {error}") from None

    def _read_page(self, path: str) -> Page:
        content = self._read(path)
        return _call(partial(Page.parse, content), path)

    def _read_text(self, page: Page, path: str) -> VersionText:
        return _call(page.read_text, path)


def _call(read: Callable[[], _Result], path: str) -> _Result:
    """Return what a function finds in a page; raise SkippedError if it cannot be read."""
    try:
        return read()
    except PageError as error:
        raise SkippedError(f"{_show(path)} {error}") from None


def _show(path: str) -> str:
    """Return the path of a page for people; that of the front page is empty."""
    return path or "index.html"


def _find_difference(words: Sequence[str], expected: Sequence[str]) -> str:
    """Return the first place where words differ, in words; nothing if they are the same."""
    if words == expected:
        return ""
    position = next(
        (place for place, (own, other) in enumerate(zip(words, expected, strict=False)) if own != other),
        min(len(words), len(expected)),
    )
    own, other = (_quote(found, position) for found in (words, expected))
    return f"word {position + 1} is {own} instead of {other}"


def _quote(words: Sequence[str], position: int) -> str:
    return repr(words[position][:40]) if position < len(words) else "missing"
