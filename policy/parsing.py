"""One file of `content/` in, its value out, or its faults. Pure: a file that stays the same is read once."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Generic, TypeVar

from pydantic import Field, ValidationError

from policy import yaml_reader
from policy.errors import ContentError, Fault
from policy.fact_models import Facts
from policy.fields import LOCALES, Id, Locale, Model, fits
from policy.models import ChangeNote, Redactions, Section, Settings
from policy.validation_messages import misfits

AnyModel = TypeVar("AnyModel", bound=Model)
Value = TypeVar("Value")
_REMEMBERED = 1024  # files of a few revisions: most stand in one as in the one before


class SectionHead(Model):
    """The front matter of a section."""

    title: Annotated[str, fits(r".*\S.*", "nothing stands here; write something")]
    aliases: tuple[Id, ...] = ()
    translates: str = Field(default="", pattern="^([0-9a-f]{12})?$")


@dataclass(frozen=True, eq=False)
class Read(Generic[Value]):
    """What a file gave: its value, unless faults came instead, and where each thing of its YAML stands."""

    value: Value | None
    faults: tuple[Fault, ...]
    tree: yaml_reader.Tree


@lru_cache(maxsize=_REMEMBERED)
def settings(path: str, data: bytes) -> Read[Settings]:
    """Read `policy.yaml`, whose own languages are those that its texts must be in."""
    read = _tree(path, data)
    said = read.tree.data.get("languages") if isinstance(read.tree.data, dict) else None
    languages = tuple(code for code in LOCALES if isinstance(said, list) and code in said)
    found = _model(Settings, path, read, languages)
    if found.value and len(set(found.value.languages)) < len(found.value.languages):
        return _refused(
            found, Fault(path, *read.tree.place(("languages",)), "a language stands twice", "keep one")
        )
    return found


@lru_cache(maxsize=_REMEMBERED)
def facts(path: str, data: bytes, kind: str, languages: tuple[Locale, ...]) -> Read[Facts]:
    """Read a fact file as Facts that hold its kind alone."""
    read = _tree(path, data)
    found = _model(Facts, path, replace(read, tree=yaml_reader.under(kind, read.tree)), languages)
    return replace(found, tree=read.tree)


@lru_cache(maxsize=_REMEMBERED)
def redactions(path: str, data: bytes) -> Read[Redactions]:
    """Read `redactions.yaml`, a list of rows."""
    read = _tree(path, data)
    found = _model(Redactions, path, replace(read, tree=yaml_reader.under("redactions", read.tree)), ())
    return replace(found, tree=read.tree)


@lru_cache(maxsize=64)
def joined(reads: tuple[Read[Facts], ...]) -> Facts:
    """Join fact files, each with its own kind, to all facts; the same files give the same Facts."""
    kinds = [(field, read.value) for read in reads if read.value for field in read.value.model_fields_set]
    return Facts.model_construct(**{kind: getattr(value, kind) for kind, value in kinds})


@lru_cache(maxsize=_REMEMBERED)
def note(path: str, data: bytes, languages: tuple[Locale, ...]) -> Read[ChangeNote]:
    """Read a change note in the languages it must have."""
    found = _model(ChangeNote, path, _tree(path, data), languages)
    if found.value and found.value.level.weight and found.value.effective is None:
        message = f"a {found.value.level} change needs the day it takes effect"
        hint = "add a line «effective: 2026-12-22», or P30D for thirty days from publication"
        return _refused(found, Fault(path, *found.tree.place(("level",)), message, hint))
    return found


@lru_cache(maxsize=_REMEMBERED)
def section(path: str, data: bytes) -> Read[Section]:
    """Read a section: front matter and body."""
    text, faults = _text(path, data)
    if faults:
        return Read(None, faults, yaml_reader.NOTHING)
    head, line, body = _split(text)
    if not line:
        hint = "begin the file with ---, a line «title: …» and ---"
        return Read(None, (Fault(path, 1, 1, "there is no front matter", hint),), yaml_reader.NOTHING)
    known = _model(SectionHead, path, _parsed(path, head, 2), ())
    if known.value is None:
        return Read(None, known.faults, known.tree)
    stem = path.rpartition("/")[2].removesuffix(".md")
    name = stem.partition("-")[2]
    given = known.value
    return Read(
        Section(path, stem, name, given.title, given.aliases, given.translates, body, line), (), known.tree
    )


def _refused(read: Read[AnyModel], fault: Fault) -> Read[AnyModel]:
    return Read(None, (*read.faults, fault), read.tree)


def _tree(path: str, data: bytes) -> Read[object]:
    text, faults = _text(path, data)
    return Read(None, faults, yaml_reader.NOTHING) if faults else _parsed(path, text, 1)


def _parsed(path: str, text: str, first_line: int) -> Read[object]:
    try:
        tree = yaml_reader.parse(text, path, first_line)
    except ContentError as error:
        return Read(None, error.faults, yaml_reader.NOTHING)
    if tree.data is None:
        hint = "write the keys, or remove the file"
        return Read(None, (Fault(path, first_line, 1, "nothing stands here", hint),), tree)
    return Read(None, (), tree)


def _text(path: str, data: bytes) -> tuple[str, tuple[Fault, ...]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        return "", (Fault(path, line, column, "this is not UTF-8", "save the file as UTF-8"),)
    return unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text)), ()


def _model(
    kind: type[AnyModel], path: str, read: Read[object], languages: tuple[Locale, ...]
) -> Read[AnyModel]:
    if read.faults:
        return Read(None, read.faults, read.tree)
    try:
        return Read(kind.model_validate(read.tree.data, context={"languages": languages}), (), read.tree)
    except ValidationError as error:
        return Read(None, tuple(misfits(error, kind, path, read.tree)), read.tree)


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
