"""Parse one file of `content/` into its value or its findings. Pure: unchanged files are parsed once."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Generic, TypeVar

from pydantic import Field, ValidationError

from policy import yaml_reader
from policy.fact_models import Facts
from policy.fields import LOCALES, Id, Locale, Model, fits
from policy.findings import ContentError, Finding, Location
from policy.models import ChangeNote, Redactions, Section, Settings
from policy.validation_messages import explain_validation_errors

AnyModel = TypeVar("AnyModel", bound=Model)
Value = TypeVar("Value")
_REMEMBERED = 1024  # files of a few revisions: most stand in one as in the one before


class SectionFrontMatter(Model):
    """The front matter of a section."""

    title: Annotated[str, fits(r".*\S.*", "nothing stands here; write something")]
    aliases: tuple[Id, ...] = ()
    translates: str = Field(default="", pattern="^([0-9a-f]{12})?$")


@dataclass(frozen=True, eq=False)
class ParseResult(Generic[Value]):
    """What a file gave: its value, unless findings came instead, and where each thing of its YAML stands."""

    value: Value | None
    findings: tuple[Finding, ...]
    tree: yaml_reader.YamlTree


@lru_cache(maxsize=_REMEMBERED)
def settings(path: str, data: bytes) -> ParseResult[Settings]:
    """Read `policy.yaml`, whose own languages are those that its texts must be in."""
    read = _tree(path, data)
    said = read.tree.data.get("languages") if isinstance(read.tree.data, dict) else None
    languages = tuple(code for code in LOCALES if isinstance(said, list) and code in said)
    found = _model(Settings, read, languages)
    if found.value and len(set(found.value.languages)) < len(found.value.languages):
        location = read.tree.locate(("languages",))
        return _refused(found, Finding(location, "a language stands twice", "keep one"))
    return found


@lru_cache(maxsize=_REMEMBERED)
def facts(path: str, data: bytes, kind: str, languages: tuple[Locale, ...]) -> ParseResult[Facts]:
    """Read a fact file as Facts that hold its kind alone."""
    read = _tree(path, data)
    found = _model(Facts, replace(read, tree=yaml_reader.nest_under(kind, read.tree)), languages)
    return replace(found, tree=read.tree)


@lru_cache(maxsize=_REMEMBERED)
def redactions(path: str, data: bytes) -> ParseResult[Redactions]:
    """Read `redactions.yaml`, a list of rows."""
    read = _tree(path, data)
    found = _model(Redactions, replace(read, tree=yaml_reader.nest_under("redactions", read.tree)), ())
    return replace(found, tree=read.tree)


@lru_cache(maxsize=64)
def joined(reads: tuple[ParseResult[Facts], ...]) -> Facts:
    """Join fact files, each with its own kind, to all facts; the same files give the same Facts."""
    kinds = [(field, read.value) for read in reads if read.value for field in read.value.model_fields_set]
    return Facts.model_construct(**{kind: getattr(value, kind) for kind, value in kinds})


@lru_cache(maxsize=_REMEMBERED)
def note(path: str, data: bytes, languages: tuple[Locale, ...]) -> ParseResult[ChangeNote]:
    """Read a change note in the languages it must have."""
    found = _model(ChangeNote, _tree(path, data), languages)
    if found.value and found.value.level.weight and found.value.effective is None:
        message = f"a {found.value.level} change needs the day it takes effect"
        hint = "add a line 'effective: 2026-12-22', or P30D for thirty days from publication"
        return _refused(found, Finding(found.tree.locate(("level",)), message, hint))
    return found


@lru_cache(maxsize=_REMEMBERED)
def section(path: str, data: bytes) -> ParseResult[Section]:
    """Read a section: front matter and body."""
    text, findings = _text(path, data)
    if findings:
        return ParseResult(None, findings, yaml_reader.empty_tree(path))
    head, line, body = _split(text)
    if not line:
        hint = "begin the file with ---, a line 'title: …' and ---"
        return ParseResult(
            None, (Finding(Location(path), "there is no front matter", hint),), yaml_reader.empty_tree(path)
        )
    known = _model(SectionFrontMatter, _parsed(path, head, 2), ())
    if known.value is None:
        return ParseResult(None, known.findings, known.tree)
    stem = path.rpartition("/")[2].removesuffix(".md")
    name = stem.partition("-")[2]
    given = known.value
    return ParseResult(
        Section(path, stem, name, given.title, given.aliases, given.translates, body, line), (), known.tree
    )


def _refused(read: ParseResult[AnyModel], finding: Finding) -> ParseResult[AnyModel]:
    return ParseResult(None, (*read.findings, finding), read.tree)


def _tree(path: str, data: bytes) -> ParseResult[object]:
    text, findings = _text(path, data)
    return ParseResult(None, findings, yaml_reader.empty_tree(path)) if findings else _parsed(path, text, 1)


def _parsed(path: str, text: str, first_line: int) -> ParseResult[object]:
    try:
        tree = yaml_reader.parse(text, path, first_line)
    except ContentError as error:
        return ParseResult(None, error.findings, yaml_reader.empty_tree(path))
    if tree.data is None:
        hint = "write the keys, or remove the file"
        return ParseResult(None, (Finding(Location(path, first_line), "nothing stands here", hint),), tree)
    return ParseResult(None, (), tree)


def _text(path: str, data: bytes) -> tuple[str, tuple[Finding, ...]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        return "", (Finding(Location(path, line, column), "this is not UTF-8", "save the file as UTF-8"),)
    return unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text)), ()


def _model(
    kind: type[AnyModel], read: ParseResult[object], languages: tuple[Locale, ...]
) -> ParseResult[AnyModel]:
    if read.findings:
        return ParseResult(None, read.findings, read.tree)
    try:
        return ParseResult(
            kind.model_validate(read.tree.data, context={"languages": languages}), (), read.tree
        )
    except ValidationError as error:
        return ParseResult(None, tuple(explain_validation_errors(error, kind, read.tree)), read.tree)


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
