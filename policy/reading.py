"""`content/` in, a Policy out, or every fault of it at once (contract §1).

Takes a mapping of path to bytes and does not know whether it came from the disk or from a commit, so that
old versions go through the same code as today's files.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from pydantic import Field, ValidationError

from policy import yaml
from policy.disk import Refused
from policy.errors import ContentError, Fault, near
from policy.facts import KINDS
from policy.leaves import LOCALES, Id, Locale
from policy.misfits import misfits
from policy.model import ChangeNote, Facts, Model, Policy, Redaction, Redactions, Section, Settings
from policy.references import references

if TYPE_CHECKING:
    from collections.abc import Collection

    from policy.disk import Files

_SECTION = re.compile(r"(\d{2,})-([^\W_][\w-]*)\.md")
_NOTE = re.compile(r"[\w-]+\.yaml")
_NAMES = ("policy.yaml", "redactions.yaml", "facts", "changes", *LOCALES)
AnyModel = TypeVar("AnyModel", bound=Model)


class SectionHead(Model):
    """The front matter of a section."""

    title: str = Field(min_length=1)
    aliases: tuple[Id, ...] = ()
    translates: str = Field(default="", pattern="^([0-9a-f]{12})?$")


def read(files: Files, settled: Collection[str] = ()) -> Policy:
    """Read `content/`, paths and bytes; ContentError tells every fault of it at once.

    The notes named in `settled` are published: they keep the languages that they were published in.
    """
    reader = _Reader(settled=frozenset(settled))
    policy = reader.policy({unicodedata.normalize("NFC", path): data for path, data in sorted(files.items())})
    if policy:
        reader.faults += references(policy, reader.trees)
    if reader.faults or not policy:
        raise ContentError(reader.faults)
    return policy


@dataclass
class _Reader:
    settled: frozenset[str]
    faults: list[Fault] = field(default_factory=list)
    trees: dict[str, yaml.Tree] = field(default_factory=dict)

    def policy(self, files: Files) -> Policy | None:
        files = self.known(files)
        settings = self.settings(files)
        languages = settings.languages if settings else ()
        facts = self.facts(files, languages)
        notes = {
            path.removeprefix("content/"): note
            for path in files
            if path.startswith("content/changes/")
            and (note := self.note(path, files[path], languages)) is not None
        }
        sections: dict[Locale, tuple[Section, ...]] = {code: self.sections(code, files) for code in languages}
        if settings and not any(sections.values()):
            self.refuse(f"content/{languages[0]}", 1, 1, "there is no section", "write one, like 01-about.md")
        redactions = self.redactions(files)
        return Policy(settings, facts, sections, notes, redactions) if settings and facts else None

    def refuse(self, path: str, line: int, column: int, message: str, hint: str) -> None:
        self.faults.append(Fault(path, line, column, message, hint))

    def known(self, files: Files) -> Files:
        """Keep the files that the contract knows; say what is wrong with every other."""
        kept = {}
        for path, data in files.items():
            name = path.removeprefix("content/")
            if name.rpartition("/")[2].startswith("."):
                continue
            if isinstance(data, Refused):
                self.refuse(path, 1, 1, *data.value)
            elif strange := _strange(name):
                self.refuse(path, 1, 1, *strange)
            else:
                kept[path] = data
        return kept

    def settings(self, files: Files) -> Settings | None:
        path = "content/policy.yaml"
        if path not in files:
            if not any(fault.path == path for fault in self.faults):
                self.refuse(path, 1, 1, "the file is missing", "write it: who, where, which languages")
            return None
        tree = self.tree(path, files[path])
        if tree is None:
            return None
        said = tree.data.get("languages") if isinstance(tree.data, dict) else None
        languages = tuple(code for code in LOCALES if isinstance(said, list) and code in said)
        settings = self.model(Settings, path, tree, languages)
        if settings and len(set(settings.languages)) < len(settings.languages):
            self.refuse(path, *tree.place(("languages",)), "a language stands twice", "keep one")
        return settings

    def facts(self, files: Files, languages: tuple[Locale, ...]) -> Facts | None:
        """Read each fact file by itself, so that the faults of one hide none of another."""
        found: dict[str, object] = {}
        broken = False
        for kind in KINDS:
            path = f"content/facts/{kind}.yaml"
            if path not in files:
                continue
            tree = self.tree(path, files[path], prefix=kind)
            facts = self.model(Facts, path, tree, languages) if tree else None
            broken = broken or facts is None
            found[kind] = getattr(facts, kind, None)
        return None if broken else Facts.model_construct(**found)  # type: ignore[arg-type]  # each was validated

    def redactions(self, files: Files) -> tuple[Redaction, ...]:
        path = "content/redactions.yaml"
        tree = self.tree(path, files[path], prefix="redactions") if path in files else None
        known = self.model(Redactions, path, tree, ()) if tree else None
        return known.redactions if known else ()

    def note(self, path: str, data: bytes | Refused, languages: tuple[Locale, ...]) -> ChangeNote | None:
        tree = self.tree(path, data)
        if tree is None:
            return None
        published = path.removeprefix("content/") in self.settled
        note = self.model(ChangeNote, path, tree, () if published else languages)
        if note and note.level.weight and note.effective is None:
            hint = "add a line «effective: 2026-12-22», or P30D for thirty days from publication"
            self.refuse(
                path, *tree.place(("level",)), f"a {note.level} change needs the day it takes effect", hint
            )
        return note

    def sections(self, locale: Locale, files: Files) -> tuple[Section, ...]:
        found: dict[str, Section] = {}
        prefix = f"content/{locale}/"
        for path, data in files.items():
            section = self.section(path, data) if path.startswith(prefix) else None
            if section is None:
                continue
            for name in (section.id, *section.aliases):
                if name.casefold() in found:
                    other = found[name.casefold()].path.removeprefix(prefix)
                    self.refuse(
                        path, 1, 1, f"the id «{name}» is used twice", f"see {other}; rename one of them"
                    )
                found[name.casefold()] = section
        unique = {section.path: section for section in found.values()}
        return tuple(
            sorted(unique.values(), key=lambda section: (int(section.stem.split("-")[0]), section.stem))
        )

    def section(self, path: str, data: bytes | Refused) -> Section | None:
        text = self.text(path, data)
        if text is None:
            return None
        head, line, body = _split(text)
        if not line:
            hint = "begin the file with ---, a line «title: …» and ---"
            self.refuse(path, 1, 1, "there is no front matter", hint)
            return None
        tree = self.tree(path, head.encode(), first_line=2)
        known = self.model(SectionHead, path, tree, ()) if tree else None
        if known is None:
            return None
        stem = path.rpartition("/")[2].removesuffix(".md")
        return Section(
            path, stem, stem.partition("-")[2], known.title, known.aliases, known.translates, body, line
        )

    def tree(
        self, path: str, data: bytes | Refused, prefix: str = "", first_line: int = 1
    ) -> yaml.Tree | None:
        """Parse the YAML of one file; with `prefix`, as the value of that key."""
        text = self.text(path, data)
        if text is None:
            return None
        try:
            tree = _tree(text, path, first_line)
        except ContentError as error:
            self.faults += error.faults
            return None
        if tree.data is None:
            self.refuse(path, first_line, 1, "nothing stands here", "write the keys, or remove the file")
            return None
        self.trees[path] = tree
        return yaml.under(prefix, tree) if prefix else tree

    def text(self, path: str, data: bytes | Refused) -> str | None:
        assert isinstance(data, bytes)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = data[: error.start]
            place = (before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
            self.refuse(path, *place, "this is not UTF-8", "save the file as UTF-8")
            return None
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))

    def model(
        self, kind: type[AnyModel], path: str, tree: yaml.Tree, languages: tuple[Locale, ...]
    ) -> AnyModel | None:
        try:
            return kind.model_validate(tree.data, context={"languages": languages})
        except ValidationError as error:
            self.faults += misfits(error, kind, path, tree)
            return None


@lru_cache(maxsize=1024)
def _tree(text: str, path: str, first_line: int) -> yaml.Tree:
    return yaml.parse(text, path, first_line)


def _split(text: str) -> tuple[str, int, str]:
    """Part the front matter from the body; the line that the body begins on is 0 where there is none."""
    opening, _, rest = text.partition("\n")
    if opening.rstrip() != "---":
        return "", 0, text
    lines = rest.split("\n")
    for number, line in enumerate(lines):
        if line.rstrip() == "---":
            return "\n".join(lines[:number]) + "\n", number + 3, "\n".join(lines[number + 1 :])
    return "", 0, text


def _strange(name: str) -> tuple[str, str] | None:
    """Say what is wrong with a file's name, or nothing."""
    folder, _, rest = name.partition("/")
    if name in {"policy.yaml", "redactions.yaml"}:
        return None
    if folder not in _NAMES or (not rest and folder != "policy.yaml"):
        return f"«{name}» is no part of a policy", f"move it out of content/; {near(folder, _NAMES)}"
    if folder == "facts":
        kinds = [f"{kind}.yaml" for kind in KINDS]
        return None if rest in kinds else (f"«{rest}» is no fact file", near(rest, kinds))
    if folder == "changes":
        return (
            None
            if _NOTE.fullmatch(rest)
            else (f"«{rest}» is no change note", "name it like 2026-11-deling.yaml")
        )
    if not _SECTION.fullmatch(rest):
        return f"«{rest}» is no section file", "name it like 06-deling.md, or move it out of content/"
    return None
