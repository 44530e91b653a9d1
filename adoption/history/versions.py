"""Turns older versions into the content of this tool: settings, sections and notes of each, oldest first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adoption.history.links import LinkCompleter
from adoption.history.markdown import FoundDocument, create_anchor
from adoption.history.plan import PlanRow, choose_effective_day, find_missing_language
from adoption.history.reading import read_version_file
from adoption.history.sections import NamedSection, SectionNames
from adoption.history.sources import SourceFile, SourceVersion, find_moment
from changelog.snapshots import Snapshot
from common.errors import InputError
from common.messages import Message
from languages.loader import get_language
from policy.document import have_same_text
from policy.fields import LOCALES, Locale, LocalizedText
from policy.findings import ContentError
from policy.loader import PublishedNotes, load_policy
from policy.localization import format_term
from policy.logos import LogoFile
from policy.models import Level
from policy.yaml_reader import parse_yaml

_SETTINGS = "content/policy.yaml"
_DRAFT_SETTINGS = "title: '-'\nbase_url: https://example.org/\nlanguages: [{}]\ncontroller: {name: '-'}\n"


@dataclass(frozen=True)
class SettingsFile:
    """The policy.yaml that all imported versions get, and the logo that it names, by path below the source.

    Its lines from `start` up to `end` are the key `languages`, which each version has its own value of.
    """

    lines: tuple[str, ...]
    start: int
    end: int
    logos: Mapping[str, bytes] = field(default_factory=dict)

    def write(self, languages: Sequence[Locale], more: str = "") -> Mapping[str, bytes]:
        """Return the files for a version in some languages."""
        own = f"languages: [{', '.join(languages)}]"
        text = "\n".join([*self.lines[: self.start], own, *self.lines[self.end :]]).rstrip("\n") + "\n" + more
        return {_SETTINGS: text.encode(), **self.logos}


def read_settings_file(source: Path, *, is_required: bool) -> SettingsFile:
    """Return the settings of a source; raise InputError if they are required and there are none."""
    path = source / _SETTINGS
    if not path.is_file():
        if is_required:
            raise InputError(Message("{path}: the file is missing; begin with: build.py new", path=path))
        return _find_languages(_DRAFT_SETTINGS, str(path))
    logos = {
        f"content/{name}": (source / "content" / name).read_bytes()
        for name in LogoFile
        if (source / "content" / name).is_file()
    }
    try:
        found = _find_languages(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError):
        raise InputError(Message("{path}: cannot be read", path=path)) from None
    return SettingsFile(found.lines, found.start, found.end, logos)


def _find_languages(text: str, name: str) -> SettingsFile:
    tree = parse_yaml(text, name)
    lines = tuple(text.split("\n"))
    keys = sorted((line, path[0]) for path, (line, _) in tree.key_positions.items() if len(path) == 1)
    if isinstance(tree.data, dict) and "adopted" in tree.data:
        raise InputError(Message("{path}: this policy has adopted an older history already", path=name))
    start = next((line for line, key in keys if key == "languages"), None)
    if start is None:
        raise InputError(Message("{path}: the key 'languages' is missing", path=name))
    end = next((line for line, _ in keys if line > start), len(lines) + 1)
    return SettingsFile(lines, start - 1, end - 1)


@dataclass(frozen=True)
class ImportedContent:
    """What a version is made of: its documents, the ids of their sections in order, its files.

    `lost_links` are the targets of links that became plain words.
    """

    documents: Mapping[Locale, FoundDocument]
    section_ids: Mapping[Locale, tuple[str, ...]]
    files: Mapping[str, bytes]
    lost_links: tuple[str, ...]


@dataclass(frozen=True)
class ImportedVersion:
    """An older version as content, and what readers see of it.

    `is_same` says that readers see nothing else than in the version before.
    """

    row: PlanRow
    source: SourceVersion
    time: int
    content: ImportedContent
    snapshot: Snapshot
    is_same: bool

    @property
    def files(self) -> Mapping[str, bytes]:
        """Its files by path below the source."""
        return self.content.files


def get_untitled_words() -> Mapping[Locale, str]:
    """Return the title of text without a heading, by language."""
    return {code: get_language(code).words.import_.untitled for code in LOCALES}


class VersionImporter:
    """Imports versions one after the other; `links` is where relative links lead."""

    def __init__(self, settings: SettingsFile, links: str | None) -> None:
        self.settings = settings
        self.links = links
        self.languages: list[Locale] = []
        self.notes: dict[str, bytes] = {}
        self.before: ImportedVersion | None = None
        self._names = SectionNames(get_untitled_words())
        self._known_notes = PublishedNotes()
        self._read: dict[tuple[str, bytes], FoundDocument] = {}

    def read(self, version: SourceVersion) -> Mapping[Locale, FoundDocument]:
        """Return the documents of a version; raise InputError if one cannot be read."""
        return {locale: self._read_once(file) for locale, file in version.files.items()}

    def _read_once(self, file: SourceFile) -> FoundDocument:
        key = (file.path, file.data)
        if key not in self._read:
            self._read[key] = read_version_file(file)
        return self._read[key]

    def add(self, version: SourceVersion, row: PlanRow) -> ImportedVersion:
        """Return the next version as content; raise InputError if its text or its row cannot be used."""
        documents = self.read(version)
        if missing := find_missing_language(row, list(documents)):
            key, locale = missing
            raise InputError(
                Message(
                    "version {version}: '{key}' has no text in '{code}'",
                    version=row.version,
                    key=key,
                    code=locale,
                )
            )
        self.languages += [locale for locale in documents if locale not in self.languages]
        order = [locale for locale in self.languages if locale in documents]
        named = self._names.name_version({locale: documents[locale].sections for locale in order})
        files = dict(self.settings.write(order))
        lost: list[str] = []
        ids = {locale: tuple(section.id for section in sections) for locale, sections in named.items()}
        numbers = {id_: number for number, id_ in enumerate(merge_orders(ids.values()), start=1)}
        for locale, sections in named.items():
            files |= self._write_sections(locale, sections, numbers, lost)
        self._add_note(row, order)
        files |= self.notes
        imported = self._load(version, row, ImportedContent(documents, ids, files, tuple(lost)))
        self.before = imported
        return imported

    def _write_sections(
        self,
        locale: Locale,
        sections: Sequence[NamedSection],
        numbers: Mapping[str, int],
        lost: list[str],
    ) -> Iterator[tuple[str, bytes]]:
        names = {
            name.casefold(): section.id for section in sections for name in (section.id, *section.aliases)
        }
        names |= {create_anchor(section.title): section.id for section in sections}
        links = LinkCompleter(names, self.links)
        for section in sections:
            head = [f"title: {json.dumps(section.title, ensure_ascii=False)}"]
            if section.aliases:
                head.append(f"aliases: [{', '.join(map(json.dumps, section.aliases))}]")
            body = links.complete(section.markdown).strip("\n")
            text = "\n".join(["---", *head, "---", *(["", body] if body else [])]) + "\n"
            yield f"content/{locale}/{numbers[section.id]:02}-{section.id}.md", text.encode()
        lost += links.lost

    def _add_note(self, row: PlanRow, languages: Sequence[Locale]) -> None:
        """Add the note of a version: what its row says, or only a later day of effect."""
        effective = choose_effective_day(row)
        if row.summary is None and effective == row.day:
            return
        standard = LocalizedText(
            by_locale=tuple((code, format_term("note.none", code)) for code in languages)
        )
        level = row.level if row.summary else Level.MINOR
        lines = [f"level: {level.value}", f"effective: {effective}"]
        if row.title:
            lines.append(f"title: {_format_text(row.title)}")
        lines.append(f"summary: {_format_text(row.summary or standard)}")
        name = f"content/changes/{row.day}-{row.version[:12]}.yaml"
        self.notes[name] = ("\n".join(lines) + "\n").encode()

    def _load(self, version: SourceVersion, row: PlanRow, content: ImportedContent) -> ImportedVersion:
        try:
            policy = load_policy(content.files, self._known_notes)
        except ContentError as error:
            raise InputError(
                Message("version {version}: {finding}", version=row.version, finding=str(error.findings[0]))
            ) from None
        self._known_notes.add_revision(content.files, policy)
        before = self.before.snapshot.documents if self.before else None
        time = max(find_moment(version, row.day), self.before.time if self.before else 0)
        snapshot = Snapshot(version.id, time, policy)
        is_same = before is not None and have_same_text(before, snapshot.documents)
        return ImportedVersion(row, version, time, content, snapshot, is_same)


def merge_orders(orders: Iterable[Sequence[str]]) -> list[str]:
    """Return all ids in one order: that of the first, in which those of others follow the one before them."""
    merged: list[str] = []
    for order in orders:
        place = 0
        for id_ in order:
            if id_ in merged:
                place = merged.index(id_) + 1
            else:
                merged.insert(place, id_)
                place += 1
    return merged


def _format_text(text: LocalizedText) -> str:
    if not text.by_locale:
        return json.dumps(text.common, ensure_ascii=False)
    pairs = (f"{locale}: {json.dumps(words, ensure_ascii=False)}" for locale, words in text.by_locale)
    return "{" + ", ".join(pairs) + "}"
