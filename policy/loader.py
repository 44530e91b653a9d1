"""Loads `content/` into a `Policy`, or reports all findings at once (docs/reference/content.md).

The input is a mapping of paths to bytes, from the disk or from a commit, so that old revisions go through the
same code as today's files.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from common.characters import INVISIBLE_CHARACTER
from common.messages import Message
from common.suggestions import suggest_name
from policy import parsing
from policy.fact_models import Facts
from policy.fields import LOCALES, Locale
from policy.findings import ContentError, Finding, Location
from policy.logos import LogoFile, find_logo_problems
from policy.models import (
    ChangeNote,
    LateExplanation,
    NoteFile,
    OpenQuestion,
    Policy,
    Redaction,
    Section,
    Settings,
)
from policy.parsing import ParseResult, Value
from policy.placeholders import FACT_KINDS
from policy.references import find_broken_references
from policy.sources import MAX_TOTAL_BYTES, ContentFiles, RejectedFile
from policy.time_stamp_files import TIME_STAMP_FOLDER, TIME_STAMP_NAME, looks_like_time_stamp
from policy.yaml_reader import YamlTree

# The number orders the sections, the rest is the id, which begins with a letter or digit.
_SECTION_FILE = re.compile(r"(\d{2,})-([^\W_][\w-]*)\.md")
_NOTE_FILE = re.compile(r"[\w-]+\.yaml")
_ROOT = "content/"
_SETTINGS_PATH = "content/policy.yaml"
_REDACTIONS_PATH = "content/redactions.yaml"
_QUESTIONS_PATH = "content/questions.yaml"
_TOP_LEVEL_FILES = ("policy.yaml", "questions.yaml", "redactions.yaml", *LogoFile)
_TOP_LEVEL_NAMES = (*_TOP_LEVEL_FILES, "facts", "changes", "timestamps", *LOCALES)


@dataclass
class PublishedNotes:
    """The change notes of all earlier revisions, each in its newest wording, and the files they came from.

    They are not checked again: a language may have been added since, and the facts that they refer to may
    have changed. `notes` are by path below `content/`, `files` by full path, and so are the `unchanged` notes
    of these files.
    """

    notes: dict[str, NoteFile] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    unchanged: dict[str, NoteFile] = field(default_factory=dict)

    def find_unchanged_notes(self, files: ContentFiles) -> Mapping[str, NoteFile]:
        """Return the notes whose files have the same bytes as before, and need not be read again."""
        # Of a thousand notes, hardly any is ever edited: usually one comparison in C finds that.
        if self.files.items() <= files.items():
            return self.unchanged
        return {path: self.unchanged[path] for path, _ in files.items() & self.files.items()}

    def add_revision(self, files: ContentFiles, policy: Policy) -> None:
        """Add the notes of the next revision."""
        new_paths = files.keys() - self.find_unchanged_notes(files).keys()
        for path, data in ((path, files[path]) for path in new_paths):
            name = unicodedata.normalize("NFC", path).removeprefix(_ROOT)
            if note := policy.notes.get(name) or policy.explanations.get(name):
                self.notes[name] = note
                self.files.pop(_ROOT + name, None)
                self.unchanged.pop(_ROOT + name, None)
                # Only a name in NFC can be compared byte by byte with the next revision.
                if isinstance(data, bytes) and path == _ROOT + name:
                    self.files[path] = data
                    self.unchanged[path] = note


def load_policy(
    files: ContentFiles, published_notes: PublishedNotes | None = None, *, has_unchanged_notes: bool = True
) -> Policy:
    """Return the policy in `files`, a mapping of paths to bytes.

    Raise ContentError with every finding at once. Notes in `published_notes` are taken as they are; without
    `has_unchanged_notes`, the policy lacks those whose files are the same.
    """
    published = published_notes or PublishedNotes()
    loader = _Loader(published.notes, published.find_unchanged_notes(files), has_unchanged_notes)
    policy = loader.load(loader.normalize_names(files))
    if policy:
        new_notes = {
            name: note for name, note in loader.parsed_notes.items() if published.notes.get(name) != note
        }
        loader.findings += find_broken_references(policy, new_notes, loader.trees)
    if loader.findings or not policy:
        raise ContentError(loader.findings)
    return policy


@dataclass
class _Loader:
    """Collects the values, YAML trees and findings of all files, except for notes that are unchanged."""

    published_notes: Mapping[str, NoteFile]
    unchanged_notes: Mapping[str, NoteFile]
    has_unchanged_notes: bool
    # The reader gets everything that is wrong at once, so nothing here stops at the first finding.
    findings: list[Finding] = field(default_factory=list)
    trees: dict[str, YamlTree] = field(default_factory=dict)
    parsed_notes: dict[str, NoteFile] = field(default_factory=dict)

    def normalize_names(self, files: ContentFiles) -> ContentFiles:
        """Return the files by their names in NFC, sorted; report names that differ only in their form.

        macOS may write "å" as two code points; Git keeps them as they are.
        """
        normalized: dict[str, bytes | RejectedFile] = {}
        for path in sorted(files.keys() - self.unchanged_notes.keys()):
            name = unicodedata.normalize("NFC", path)
            if name in normalized or name in self.unchanged_notes:
                message = Message("two files have the same name in different Unicode forms")
                self.add_finding(name, message, Message("remove one of them"))
            normalized[name] = files[path]
        return normalized

    def load(self, files: ContentFiles) -> Policy | None:
        """Return the policy; None if settings or facts could not be read."""
        accepted = self.select_content(files)
        if self.has_too_much_content(accepted):
            return None
        settings = self.load_settings(accepted)
        # Without settings, use the languages that have a folder, so that other findings are still reported.
        languages = settings.languages if settings else _detect_languages(accepted)
        facts = self.load_facts(accepted, languages)
        notes = self.load_notes(accepted, languages)
        sections = {locale: self.load_sections(locale, accepted) for locale in languages}
        if settings and not any(sections.values()):
            hint = Message("write one, for example 01-about.md")
            self.add_finding(f"content/{languages[0]}", Message("there are no sections"), hint)
        redactions = self.load_redactions(accepted)
        questions = self.load_questions(accepted)
        time_stamps = self.load_time_stamps(accepted)
        logo = self.load_logo(accepted, settings.brand.logo) if settings else b""
        if settings is None or facts is None:
            return None
        explanations = {name: note for name, note in notes.items() if isinstance(note, LateExplanation)}
        changes = {name: note for name, note in notes.items() if isinstance(note, ChangeNote)}
        return Policy(
            settings, facts, sections, changes, redactions, explanations, time_stamps, logo, questions
        )

    def add_finding(self, path: str, message: Message, hint: Message) -> None:
        """Add a finding about a whole file."""
        self.findings.append(Finding(Location(path), message, hint))

    def collect_result(self, path: str, result: ParseResult[Value]) -> Value | None:
        """Collect the findings and the tree of a parsed file; return its value."""
        self.findings += result.findings
        self.trees[path] = result.tree
        return result.value

    def select_content(self, files: ContentFiles) -> Mapping[str, bytes]:
        """Return the files that belong to a policy; report every other one that is not hidden."""
        selected = {}
        for path, data in files.items():
            name = path.removeprefix(_ROOT)
            if _is_hidden_file(name):
                continue
            # A symbolic link has no bytes to look at, whatever its name.
            if isinstance(data, RejectedFile):
                self.add_finding(path, data.message, data.hint)
            elif finding := _find_misplaced_file(name):
                self.findings.append(finding)
            else:
                selected[path] = data
        return selected

    def has_too_much_content(self, files: Mapping[str, bytes]) -> bool:
        """Report content that would take too long to check; unchanged notes and time stamps do not."""
        sizes = {path: len(data) for path, data in files.items() if not path.startswith(TIME_STAMP_FOLDER)}
        if sum(sizes.values()) <= MAX_TOTAL_BYTES:
            return False
        largest = max(sizes, key=sizes.__getitem__)
        message = Message("this and the other files together are larger than 512 KiB")
        self.add_finding(largest, message, Message("make them shorter; this one is the largest"))
        return True

    def load_settings(self, files: Mapping[str, bytes]) -> Settings | None:
        """Return the settings; None if they cannot be read."""
        if _SETTINGS_PATH in files:
            data = files[_SETTINGS_PATH]
            return self.collect_result(_SETTINGS_PATH, parsing.parse_settings(_SETTINGS_PATH, data))
        # A file that was rejected, say as too large, is not missing.
        if not any(finding.location.path == _SETTINGS_PATH for finding in self.findings):
            hint = Message("create it with title, base_url, languages and controller")
            self.add_finding(_SETTINGS_PATH, Message("the file is missing"), hint)
        return None

    def load_facts(self, files: Mapping[str, bytes], languages: tuple[Locale, ...]) -> Facts | None:
        """Return all facts; None if a file cannot be read. Each file is parsed on its own."""
        results: list[ParseResult[Facts]] = []
        values: list[Facts | None] = []
        for kind in FACT_KINDS:
            path = f"content/facts/{kind}.yaml"
            if path in files:
                results.append(parsing.parse_facts(path, files[path], kind, languages))
                values.append(self.collect_result(path, results[-1]))
        return None if None in values else parsing.merge_facts(tuple(results))

    def load_redactions(self, files: Mapping[str, bytes]) -> tuple[Redaction, ...]:
        """Return the redactions; none if there is no file, or it cannot be read."""
        if _REDACTIONS_PATH not in files:
            return ()
        data = files[_REDACTIONS_PATH]
        parsed = self.collect_result(_REDACTIONS_PATH, parsing.parse_redactions(_REDACTIONS_PATH, data))
        return parsed.redactions if parsed else ()

    def load_questions(self, files: Mapping[str, bytes]) -> tuple[OpenQuestion, ...]:
        """Return the open questions; none if there is no file, or it cannot be read."""
        if _QUESTIONS_PATH not in files:
            return ()
        data = files[_QUESTIONS_PATH]
        parsed = self.collect_result(_QUESTIONS_PATH, parsing.parse_questions(_QUESTIONS_PATH, data))
        return parsed.questions if parsed else ()

    def load_time_stamps(self, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Return the time stamps by the name of their file, sorted; report damaged ones."""
        time_stamps = {}
        for path, data in _iter_files_below(TIME_STAMP_FOLDER, files):
            if looks_like_time_stamp(data):
                time_stamps[path.removeprefix(TIME_STAMP_FOLDER)] = data
            else:
                hint = Message("remove it, and get another one with: build.py witness")
                self.add_finding(path, Message("this is not the answer of a time stamp authority"), hint)
        return time_stamps

    def load_logo(self, files: Mapping[str, bytes], chosen: LogoFile | None) -> bytes:
        """Return the logo that the settings name; nothing without one."""
        self.findings += find_logo_problems(
            files, chosen, {finding.location.path for finding in self.findings}
        )
        return files.get(_ROOT + chosen, b"") if chosen else b""

    def load_notes(self, files: Mapping[str, bytes], languages: tuple[Locale, ...]) -> Mapping[str, NoteFile]:
        """Return the notes by their path below `content/`, sorted."""
        for path, data in _iter_files_below("content/changes/", files):
            name = path.removeprefix(_ROOT)
            # A published note keeps the languages that it was published in.
            required = () if name in self.published_notes else languages
            note = self.collect_result(path, parsing.parse_note_file(path, data, required))
            if note:
                self.parsed_notes[name] = note
        notes = dict(self.parsed_notes)
        if self.has_unchanged_notes:
            notes |= {path.removeprefix(_ROOT): note for path, note in self.unchanged_notes.items()}
        return dict(sorted(notes.items()))

    def load_sections(self, locale: Locale, files: Mapping[str, bytes]) -> tuple[Section, ...]:
        """Return the sections of one language in order; report ids and aliases that are used twice."""
        by_id: dict[str, Section] = {}
        folder = f"content/{locale}/"
        for path, data in _iter_files_below(folder, files):
            section = self.collect_result(path, parsing.parse_section(path, data))
            if section is None:
                continue
            # Ids become addresses, which many web servers and file systems compare without case.
            for name in (section.id, *section.aliases):
                if name.casefold() in by_id:
                    other = by_id[name.casefold()].path.removeprefix(folder)
                    message = Message("the id '{id}' is used twice", id=name)
                    self.add_finding(path, message, Message("see {file}; rename one of them", file=other))
                by_id[name.casefold()] = section
        # A section is here once for its id and once for each alias.
        unique = {section.path: section for section in by_id.values()}
        return tuple(sorted(unique.values(), key=lambda section: section.sort_key))


def _iter_files_below(folder: str, files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Return the files below a folder, whose name ends with a slash; `files` must be sorted by path."""
    paths = list(files)
    end = folder[:-1] + chr(ord("/") + 1)  # sorts directly after every path below the folder
    return islice(files.items(), bisect_left(paths, folder), bisect_left(paths, end))


def _detect_languages(files: Mapping[str, bytes]) -> tuple[Locale, ...]:
    return tuple(code for code in LOCALES if any(path.startswith(f"content/{code}/") for path in files))


def _is_hidden_file(name: str) -> bool:
    """Whether a file or a folder above it is hidden: editors and systems leave such files behind."""
    return any(step.startswith(".") for step in name.split("/"))


@lru_cache(maxsize=1024)
def _find_misplaced_file(name: str) -> Finding | None:
    """Return a finding for a file that does not belong to a policy; `name` is its path below `content/`.

    The cache needs no invalidation: its key is the complete input. Revisions share most of their names.
    """
    folder, _, rest = name.partition("/")
    message = hint = None
    if INVISIBLE_CHARACTER.search(name) or "\n" in name or "\t" in name:
        message = Message("the name of this file has a character that nobody sees")
        return Finding(Location(_ROOT + name), message, Message("rename it"))
    if name in _TOP_LEVEL_FILES:
        return None
    if folder not in _TOP_LEVEL_NAMES or not rest:
        message = Message("'{name}' is not part of a policy", name=name)
        suggestion = suggest_name(folder, _TOP_LEVEL_NAMES)
        hint = Message("move it out of content/; {suggestion}", suggestion=suggestion)
    elif folder == "facts":
        file_names = [f"{kind}.yaml" for kind in FACT_KINDS]
        if rest not in file_names:
            message = Message("'{name}' is not a fact file", name=rest)
            hint = suggest_name(rest, file_names)
    elif wrong := _describe_wrong_name(folder, rest):
        message, hint = wrong
    return Finding(Location(_ROOT + name), message, hint) if message and hint else None


def _describe_wrong_name(folder: str, name: str) -> tuple[Message, Message] | None:
    """Return the message and the hint about a file whose name it cannot have in its folder."""
    if folder == "changes":
        message = Message("'{name}' is not a change note", name=name)
        hint = Message("name it like 2026-11-deling.yaml")
        return None if _NOTE_FILE.fullmatch(name) else (message, hint)
    if folder == "timestamps":
        message = Message("'{name}' is not a time stamp", name=name)
        hint = Message("give it the name that build.py witness gave it, or move it out of content/")
        return None if TIME_STAMP_NAME.fullmatch(name) else (message, hint)
    message = Message("'{name}' is not a section file", name=name)
    hint = Message("name it like 06-deling.md, or move it out of content/")
    return None if _SECTION_FILE.fullmatch(name) else (message, hint)
