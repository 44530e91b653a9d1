"""Parses one file of `content/` into its value or its findings.

The parsers are pure functions of the bytes of a file. Their caches need no invalidation: each key is the
complete input. In a history most files are the same from one revision to the next and are parsed once; the
size of the caches covers a few revisions of a large policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Generic, TypeVar

from pydantic import Field, ValidationError

from common.characters import normalize_text
from common.messages import Message
from policy import yaml_reader
from policy.fact_models import Facts
from policy.fields import LOCALES, IdField, LineField, Locale, Model
from policy.findings import ContentError, Finding, Location
from policy.models import (
    ChangeNote,
    LateExplanation,
    NoteFile,
    QuestionList,
    RedactionList,
    Section,
    Settings,
    Told,
)
from policy.text_limits import find_excess
from policy.validation_messages import explain_validation_errors

AnyModel = TypeVar("AnyModel", bound=Model)
Value = TypeVar("Value")
_CACHE_SIZE = 1024
_FRONT_MATTER_FENCE = "---"
# The lines that Git writes before and after the two versions of a text that it could not merge.
_CONFLICT_MARKER = re.compile(r"^(?:<{7}|>{7})(?: .*)?$", re.MULTILINE)


class SectionFrontMatter(Model):
    """The front matter of a section."""

    title: LineField
    aliases: tuple[IdField, ...] = ()
    translates: str = Field(default="", pattern="^([0-9a-f]{12})?$")


@dataclass(frozen=True, eq=False)
class ParseResult(Generic[Value]):
    """The content of a file: its value, or None and the findings; `tree` has the locations of its YAML."""

    value: Value | None
    findings: tuple[Finding, ...]
    tree: yaml_reader.YamlTree


@lru_cache(maxsize=_CACHE_SIZE)
def parse_settings(path: str, data: bytes) -> ParseResult[Settings]:
    """Parse `policy.yaml`; its texts must exist in the languages that it lists itself."""
    parsed = _parse_yaml_file(path, data)
    root = parsed.tree.data
    listed = root.get("languages") if isinstance(root, dict) else None
    # Before validation `languages` may be anything; what can be used of it finds missing translations.
    languages = tuple(code for code in listed if code in LOCALES) if isinstance(listed, list) else ()
    result = _validate_tree(Settings, parsed, languages)
    if result.value and len(set(result.value.languages)) < len(result.value.languages):
        location = result.tree.locate(("languages",))
        message, hint = Message("a language is listed twice"), Message("remove one of them")
        return _create_rejected_result(result, Finding(location, message, hint))
    return result


@lru_cache(maxsize=_CACHE_SIZE)
def parse_facts(path: str, data: bytes, kind: str, languages: tuple[Locale, ...]) -> ParseResult[Facts]:
    """Parse a file of facts into a `Facts` that has only the rows of its kind."""
    parsed = _parse_yaml_file(path, data)
    # The model has the rows under the kind; the file is those rows alone.
    nested = replace(parsed, tree=yaml_reader.wrap_tree_in_key(kind, parsed.tree))
    return replace(_validate_tree(Facts, nested, languages), tree=parsed.tree)


@lru_cache(maxsize=_CACHE_SIZE)
def parse_redactions(path: str, data: bytes) -> ParseResult[RedactionList]:
    """Parse `redactions.yaml`, a list of rows."""
    parsed = _parse_yaml_file(path, data)
    nested = replace(parsed, tree=yaml_reader.wrap_tree_in_key("redactions", parsed.tree))
    return replace(_validate_tree(RedactionList, nested, ()), tree=parsed.tree)


@lru_cache(maxsize=_CACHE_SIZE)
def parse_questions(path: str, data: bytes) -> ParseResult[QuestionList]:
    """Parse `questions.yaml`, a list of rows."""
    parsed = _parse_yaml_file(path, data)
    nested = replace(parsed, tree=yaml_reader.wrap_tree_in_key("questions", parsed.tree))
    return replace(_validate_tree(QuestionList, nested, ()), tree=parsed.tree)


@lru_cache(maxsize=64)
def parse_model_file(
    model: type[AnyModel], path: str, data: bytes, languages: tuple[Locale, ...]
) -> ParseResult[AnyModel]:
    """Parse a YAML file of any model, such as a plan of an import; its texts must exist in `languages`."""
    return _validate_tree(model, _parse_yaml_file(path, data), languages)


def merge_facts(results: tuple[ParseResult[Facts], ...]) -> Facts:
    """Merge the results of `parse_facts` into all facts; none of them may have failed.

    The same results give the same object, so that its hash is computed once for all revisions that share it.
    """
    kinds = [
        (kind, result.value) for result in results if result.value for kind in result.value.model_fields_set
    ]
    # Without validation, since each value has been validated with its own file.
    return Facts.model_construct(**{kind: getattr(facts, kind) for kind, facts in kinds})


@lru_cache(maxsize=_CACHE_SIZE)
def parse_note_file(path: str, data: bytes, languages: tuple[Locale, ...]) -> ParseResult[NoteFile]:
    """Parse a change note, or the late explanation of a version; its texts must exist in `languages`."""
    parsed = _parse_yaml_file(path, data)
    if isinstance(parsed.tree.data, dict) and "of" in parsed.tree.data:
        explanation = _validate_tree(LateExplanation, parsed, languages)
        return _reject_excess(ParseResult(explanation.value, explanation.findings, explanation.tree))
    note = _reject_contradictions(_validate_tree(ChangeNote, parsed, languages))
    return _reject_excess(ParseResult(note.value, note.findings, note.tree))


def _reject_excess(result: ParseResult[NoteFile]) -> ParseResult[NoteFile]:
    """Reject a note with a text that would take too long to parse."""
    for key, locale, text in result.value.texts if result.value else ():
        if excess := find_excess(text):
            location = result.tree.locate((key, locale) if locale else (key,))
            return ParseResult(
                None, (*result.findings, Finding(location, excess.message, excess.hint)), result.tree
            )
    return result


def _reject_contradictions(result: ParseResult[ChangeNote]) -> ParseResult[ChangeNote]:
    """Reject a note whose keys do not go together."""
    if result.value and result.value.level.weight and result.value.effective is None:
        message = Message("a {level} change needs an effective date", level=result.value.level)
        hint = Message("add a line 'effective: 2026-12-22', or P30D for thirty days after publication")
        return _create_rejected_result(result, Finding(result.tree.locate(("level",)), message, hint))
    if result.value and (contradiction := _find_contradiction(result.value)):
        key, message, hint = contradiction
        location = result.tree.locate((key,), key=True)
        return _create_rejected_result(result, Finding(location, message, hint))
    return result


def _find_contradiction(note: ChangeNote) -> tuple[str, Message, Message] | None:
    """Return the key of a note that another one excludes, what is wrong and what to do."""
    if note.also_in_force and note.level.weight:
        return (
            "also_in_force",
            Message("only a minor change can be made in the version in force while another one waits"),
            Message("write 'level: minor', or remove 'also_in_force'"),
        )
    if note.also_in_force and (note.withdraws or note.brings_forward):
        return (
            "also_in_force",
            Message("'also_in_force' does not go together with 'withdraws' or 'brings_forward'"),
            Message("describe the correction in a note and a commit of its own"),
        )
    if note.tell is Told.AFFECTED and not note.affects:
        return (
            "tell",
            Message("'tell: affected' needs to know who is affected"),
            Message("list their ids in 'affects', or remove 'tell': then everybody is told"),
        )
    if note.changed_sections and not note.withdraws:
        return (
            "changed_sections",
            Message("'changed_sections' is for notes with 'withdraws'"),
            Message("remove it"),
        )
    if note.brings_forward and note.effective is None:
        return (
            "brings_forward",
            Message("'brings_forward' needs an effective date"),
            Message("add a line 'effective: 2026-12-22', or P30D for thirty days after publication"),
        )
    return None


@lru_cache(maxsize=_CACHE_SIZE)
def parse_section(path: str, data: bytes) -> ParseResult[Section]:
    """Parse a section: its front matter and its body of Markdown. Its id comes from the file name."""
    text, findings = _decode_source(path, data)
    if findings:
        return _create_failed_result(path, *findings)
    front_matter, body_line, body = _split_front_matter(text)
    # In the body, a marker is text that a rule reports.
    if conflict := _find_conflict(path, front_matter if body_line else text, 2 if body_line else 1):
        return _create_failed_result(path, conflict)
    if not body_line:
        message = Message("the front matter is missing")
        hint = Message("start the file with ---, a line 'title: …' and ---")
        return _create_failed_result(path, Finding(Location(path), message, hint))
    # Its first line is the second of the file.
    result = _validate_tree(SectionFrontMatter, _parse_yaml(path, front_matter, 2), ())
    head = result.value
    if head is None:
        return ParseResult(None, result.findings, result.tree)
    stem = path.rpartition("/")[2].removesuffix(".md")
    section_id = stem.partition("-")[2]
    if excess := find_excess(body):
        location = Location(path, body_line + excess.line - 1)
        return _create_failed_result(path, Finding(location, excess.message, excess.hint))
    section = Section(path, stem, section_id, head.title, head.aliases, head.translates, body, body_line)
    return ParseResult(section, (), result.tree)


def _create_failed_result(path: str, *findings: Finding) -> ParseResult[Section]:
    return ParseResult(None, findings, yaml_reader.create_empty_tree(path))


def _create_rejected_result(result: ParseResult[AnyModel], finding: Finding) -> ParseResult[AnyModel]:
    return ParseResult(None, (*result.findings, finding), result.tree)


def _parse_yaml_file(path: str, data: bytes) -> ParseResult[object]:
    """Return the tree of a YAML file, or findings; the value comes with validation."""
    text, findings = _decode_source(path, data)
    if findings:
        return ParseResult(None, findings, yaml_reader.create_empty_tree(path))
    return _parse_yaml(path, text, 1)


def _parse_yaml(path: str, text: str, first_line: int) -> ParseResult[object]:
    """Return the tree of a YAML text, or findings; a text without any key is one too."""
    if conflict := _find_conflict(path, text, first_line):
        return ParseResult(None, (conflict,), yaml_reader.create_empty_tree(path))
    try:
        tree = yaml_reader.parse_yaml(text, path, first_line)
    except ContentError as error:
        return ParseResult(None, error.findings, yaml_reader.create_empty_tree(path))
    if tree.data is None:
        message, hint = Message("no keys found"), Message("write them, or remove the file")
        finding = Finding(Location(path, first_line), message, hint)
        return ParseResult(None, (finding,), tree)
    return ParseResult(None, (), tree)


def _find_conflict(path: str, text: str, first_line: int) -> Finding | None:
    """Return a finding for the first marker of a conflict that nobody has resolved."""
    match = _CONFLICT_MARKER.search(text)
    if match is None:
        return None
    message = Message("two editors changed this, and Git could not merge it: {marker}", marker=match[0][:7])
    hint = Message(
        "keep what is right of both versions, remove the lines that begin with {opening}, {middle} and "
        "{closing}, then run: git add {path}",
        opening="<" * 7,
        middle="=" * 7,
        closing=">" * 7,
        path=path,
    )
    return Finding(Location(path, first_line + text.count("\n", 0, match.start())), message, hint)


def _decode_source(path: str, data: bytes) -> tuple[str, tuple[Finding, ...]]:
    """Return the text in NFC with line feeds, so that editors on every system write the same bytes."""
    try:
        text = data.decode("utf-8-sig")  # Notepad writes a byte order mark
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        message, hint = Message("not valid UTF-8"), Message("save the file as UTF-8")
        return "", (Finding(Location(path, line, column), message, hint),)
    return normalize_text(re.sub(r"\r\n?", "\n", text)), ()


def _validate_tree(
    model: type[AnyModel], parsed: ParseResult[object], languages: tuple[Locale, ...]
) -> ParseResult[AnyModel]:
    """Validate a parsed tree against its model; findings of the parser are passed on."""
    if parsed.findings:
        return ParseResult(None, parsed.findings, parsed.tree)
    try:
        value = model.model_validate(parsed.tree.data, context={"languages": languages})
    except ValidationError as error:
        return ParseResult(None, tuple(explain_validation_errors(error, model, parsed.tree)), parsed.tree)
    return ParseResult(value, (), parsed.tree)


def _split_front_matter(text: str) -> tuple[str, int, str]:
    """Return the front matter, the line on which the body begins (0: no front matter), and the body."""
    opening, _, rest = text.partition("\n")
    if opening.rstrip() != _FRONT_MATTER_FENCE:
        return "", 0, text
    lines = rest.split("\n")
    for index, line in enumerate(lines):
        if line.rstrip() == _FRONT_MATTER_FENCE:
            # The fence at the top is line 1, `lines` begin on line 2, and the body after this fence.
            return "\n".join(lines[:index]) + "\n", index + 3, "\n".join(lines[index + 1 :])
    return "", 0, text
