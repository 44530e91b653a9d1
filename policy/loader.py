"""`content/` in, a Policy out, or every fault of it at once (contract §1).

Takes a mapping of path to bytes and does not know whether it came from the disk or from a commit, so that
old versions go through the same code as today's files.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from common.suggestions import suggest_name
from policy import parsing as one
from policy.fields import LOCALES, Locale
from policy.findings import ContentError, Finding, Location
from policy.models import ChangeNote, Policy, Redaction, Section, Settings
from policy.placeholders import FACT_KINDS
from policy.references import references
from policy.sources import RejectedFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.fact_models import Facts
    from policy.parsing import ParseResult, Value
    from policy.sources import ContentFiles
    from policy.yaml_reader import YamlTree

_SECTION = re.compile(r"(\d{2,})-([^\W_][\w-]*)\.md")
_NOTE = re.compile(r"[\w-]+\.yaml")
_ROOT = "content/"
_HIDDEN = ("", "")
_NAMES = ("policy.yaml", "redactions.yaml", "facts", "changes", *LOCALES)


@dataclass
class PublishedNotes:
    """The notes of the states before, each in its newest wording, and the files that they were read from.

    They are published: they keep the languages that they were published in, and what they say of facts was
    true then.
    """

    notes: dict[str, ChangeNote] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def unchanged_notes(self, files: ContentFiles) -> dict[str, ChangeNote]:
        """Give the notes whose files stand as they stood: nothing of them is to be read again."""
        return {path: self.notes[path.removeprefix(_ROOT)] for path, _ in files.items() & self.files.items()}

    def add(self, files: ContentFiles, policy: Policy) -> None:
        """Take the notes of one state more."""
        for path, data in files.items() - self.files.items():
            name = unicodedata.normalize("NFC", path).removeprefix(_ROOT)
            if name in policy.notes:
                self.notes[name] = policy.notes[name]
                self.files.pop(_ROOT + name, None)
                if isinstance(data, bytes) and path == _ROOT + name:
                    self.files[path] = data


def load_policy(files: ContentFiles, settled: PublishedNotes | None = None) -> Policy:
    """ParseResult `content/`, paths and bytes; ContentError tells every fault of it at once."""
    known = settled or PublishedNotes()
    reader = _Reader(known.notes, known.unchanged_notes(files))
    policy = reader.policy(reader.named(files))
    if policy:
        new = {name: note for name, note in reader.noted.items() if known.notes.get(name) != note}
        reader.findings += references(policy, new, reader.trees)
    if reader.findings or not policy:
        raise ContentError(reader.findings)
    return policy


@dataclass
class _Reader:
    """Collects the values and findings of all files except the notes that are `still` the same."""

    settled: Mapping[str, ChangeNote]
    still: Mapping[str, ChangeNote]
    findings: list[Finding] = field(default_factory=list)
    trees: dict[str, YamlTree] = field(default_factory=dict)
    noted: dict[str, ChangeNote] = field(default_factory=dict)

    def named(self, files: ContentFiles) -> ContentFiles:
        """Give the files by their names in NFC, in order; two that differ in nothing else are a fault."""
        found: dict[str, bytes | RejectedFile] = {}
        for path in sorted(files.keys() - self.still.keys()):
            name = unicodedata.normalize("NFC", path)
            if name in found or name in self.still:
                message = "two files bear this name, typed in two Unicode forms"
                self.findings.append(Finding(Location(name), message, "remove one of them"))
            found[name] = files[path]
        return found

    def policy(self, files: ContentFiles) -> Policy | None:
        known = self.known(files)
        settings = self.settings(known)
        # Where policy.yaml cannot tell, those that have a folder: one broken file hides no fault of another.
        languages = settings.languages if settings else _with_folder(known)
        facts = self.facts(known, languages)
        notes = self.notes(known, languages)
        sections: dict[Locale, tuple[Section, ...]] = {code: self.sections(code, known) for code in languages}
        if settings and not any(sections.values()):
            hint = "write one, like 01-about.md"
            self.findings.append(Finding(Location(f"content/{languages[0]}"), "there is no section", hint))
        redactions = self.redactions(known)
        return Policy(settings, facts, sections, notes, redactions) if settings and facts else None

    def take(self, path: str, read: ParseResult[Value]) -> Value | None:
        self.findings += read.findings
        self.trees[path] = read.tree
        return read.value

    def known(self, files: ContentFiles) -> Mapping[str, bytes]:
        """Keep the files that the contract knows; say what is wrong with every other."""
        kept = {}
        for path, data in files.items():
            strange = _strange(path.removeprefix(_ROOT))
            if strange == _HIDDEN:
                continue
            if isinstance(data, RejectedFile):
                self.findings.append(Finding(Location(path), data.message, data.hint))
            elif strange:
                self.findings.append(Finding(Location(path), *strange))
            else:
                kept[path] = data
        return kept

    def settings(self, files: Mapping[str, bytes]) -> Settings | None:
        path = "content/policy.yaml"
        if path in files:
            return self.take(path, one.settings(path, files[path]))
        if not any(finding.location.path == path for finding in self.findings):
            hint = "write it: who, where, which languages"
            self.findings.append(Finding(Location(path), "the file is missing", hint))
        return None

    def facts(self, files: Mapping[str, bytes], languages: tuple[Locale, ...]) -> Facts | None:
        """ParseResult each fact file by itself, so that the findings of one hide none of another."""
        paths = {kind: f"content/facts/{kind}.yaml" for kind in FACT_KINDS}
        reads = tuple(
            one.facts(path, files[path], kind, languages) for kind, path in paths.items() if path in files
        )
        whole = [
            self.take(path, read)
            for path, read in zip(filter(files.__contains__, paths.values()), reads, strict=True)
        ]
        return None if None in whole else one.joined(reads)

    def redactions(self, files: Mapping[str, bytes]) -> tuple[Redaction, ...]:
        path = "content/redactions.yaml"
        known = self.take(path, one.redactions(path, files[path])) if path in files else None
        return known.redactions if known else ()

    def notes(self, files: Mapping[str, bytes], languages: tuple[Locale, ...]) -> Mapping[str, ChangeNote]:
        for path, data in _below("content/changes/", files):
            name = path.removeprefix(_ROOT)
            note = self.take(path, one.note(path, data, () if name in self.settled else languages))
            if note:
                self.noted[name] = note
        still = ((path.removeprefix(_ROOT), note) for path, note in self.still.items())
        return dict(sorted((*still, *self.noted.items())))

    def sections(self, locale: Locale, files: Mapping[str, bytes]) -> tuple[Section, ...]:
        found: dict[str, Section] = {}
        prefix = f"content/{locale}/"
        for path, data in _below(prefix, files):
            section = self.take(path, one.section(path, data))
            if section is None:
                continue
            for name in (section.id, *section.aliases):
                if name.casefold() in found:
                    other = found[name.casefold()].path.removeprefix(prefix)
                    hint = f"see {other}; rename one of them"
                    self.findings.append(Finding(Location(path), f"the id '{name}' is used twice", hint))
                found[name.casefold()] = section
        unique = {section.path: section for section in found.values()}
        return tuple(sorted(unique.values(), key=lambda section: section.place))


def _below(folder: str, files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Give the files below a folder: they stand in order, and the folder's own name ends with a slash."""
    names = list(files)
    behind = folder[:-1] + chr(ord("/") + 1)
    return islice(files.items(), bisect_left(names, folder), bisect_left(names, behind))


def _with_folder(files: Mapping[str, bytes]) -> tuple[Locale, ...]:
    return tuple(code for code in LOCALES if any(path.startswith(f"content/{code}/") for path in files))


@lru_cache(maxsize=1024)
def _strange(name: str) -> tuple[str, str] | None:
    """Say what is wrong with a file's name, or nothing; of a hidden one, that it is none of ours."""
    folder, _, rest = name.partition("/")
    if any(step.startswith(".") for step in name.split("/")):
        return _HIDDEN
    if name in {"policy.yaml", "redactions.yaml"}:
        return None
    if folder not in _NAMES or not rest:
        return f"'{name}' is no part of a policy", f"move it out of content/; {suggest_name(folder, _NAMES)}"
    if folder == "facts":
        kinds = [f"{kind}.yaml" for kind in FACT_KINDS]
        return None if rest in kinds else (f"'{rest}' is no fact file", suggest_name(rest, kinds))
    if folder == "changes":
        return (
            None
            if _NOTE.fullmatch(rest)
            else (f"'{rest}' is no change note", "name it like 2026-11-deling.yaml")
        )
    whole = _SECTION.fullmatch(rest)
    return (
        None
        if whole
        else (f"'{rest}' is no section file", "name it like 06-deling.md, or move it out of content/")
    )
