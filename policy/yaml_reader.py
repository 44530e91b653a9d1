"""Parses YAML into plain data with the location of each value; the only module that uses PyYAML.

The events of PyYAML are read instead of its loader (docs/decisions/strict-yaml-reader.md). Every scalar stays
text, so that the country `NO` does not become false nor the version `1.10` a number. Anchors, aliases, tags
and duplicate keys are errors, because with them a file can mean something else than it seems to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import yaml

from common.characters import escape_invisible
from common.messages import Message
from policy.findings import ContentError, Finding, Location

# Scalars stay text: the models decide what is a number or a date.
YamlData: TypeAlias = "str | list[YamlData] | dict[str, YamlData] | None"
YamlPath: TypeAlias = tuple[str | int, ...]
_COMMENT_AFTER_VALUE = re.compile(r"[ \t]+(#.*)")
# To YAML these end a line as well, and it counts lines.
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_MAX_DEPTH = 32  # far more than any model has
_Loader = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml is eight times as fast, but not every build of PyYAML has it


class ParserPosition(Protocol):
    """The attributes shared by the marks of PyYAML's C and Python parsers; both count from 0."""

    @property
    def line(self) -> int:
        """The line, from 0."""

    @property
    def column(self) -> int:
        """The column, from 0."""


@dataclass(frozen=True)
class YamlTree:
    """The data of a YAML file with its locations.

    `key_positions` and `value_positions` map the path of each key and each value to
    its line and column, from 1. `comments` has the comment that follows a value without quotes directly, by
    the path of the value, with the line and column of its sign.
    """

    file: str
    data: YamlData
    key_positions: dict[YamlPath, tuple[int, int]]
    value_positions: dict[YamlPath, tuple[int, int]]
    comments: dict[YamlPath, tuple[int, int, str]] = field(default_factory=dict)

    def locate(self, path: YamlPath, *, key: bool = False) -> Location:
        """Return the location of a value (of its key with `key`), or of its closest parent that exists."""
        for length in range(len(path), 0, -1):
            parent = path[:length]
            if key and parent in self.key_positions:
                return Location(self.file, *self.key_positions[parent])
            if parent in self.value_positions:
                return Location(self.file, *self.value_positions[parent])
        return Location(self.file, *self.value_positions.get((), (1, 1)))


def create_empty_tree(file: str) -> YamlTree:
    """Return the tree of a file that could not be parsed."""
    return YamlTree(file, None, {}, {})


def parse_yaml(text: str, file: str, first_line: int = 1) -> YamlTree:
    """Parse a YAML text that begins on `first_line` of `file`; raise ContentError with every finding."""
    builder = _TreeBuilder(file, first_line, _LINE_BREAK.split(text))
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.handle_event(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        builder.add_finding(mark, *_explain_syntax_error(error.problem or "", builder.lines, mark))
    except yaml.YAMLError:
        message = Message("invalid YAML: it contains a control character")
        builder.add_finding(None, message, Message("remove it"))
    if builder.findings:
        raise ContentError(builder.findings)
    positions = builder.key_positions, builder.value_positions
    return YamlTree(file, builder.root, *positions, builder.comments)


def _explain_syntax_error(
    problem: str, lines: list[str], mark: ParserPosition | None
) -> tuple[Message, Message]:
    """Return message and hint for an error of the parser, in plain words for the common mistakes."""
    character = lines[mark.line][mark.column : mark.column + 1] if mark and mark.line < len(lines) else ""
    if character == "\t":
        return Message("tabs are not allowed here"), Message("use spaces instead")
    if "cannot start any token" in problem:
        return (
            Message("text cannot begin with '{character}'", character=character),
            Message("put it in quotes"),
        )
    if problem.startswith("mapping values are not allowed"):
        return (
            Message("unexpected colon"),
            Message("put the text in quotes, or fix the indentation"),
        )
    if problem == "found unexpected end of stream":
        return Message("an opening quotation mark above is never closed"), Message("close it")
    return (
        Message("invalid YAML: {problem}", problem=problem),
        Message("fix the indentation, or put the text in quotes"),
    )


@dataclass
class _OpenCollection:
    """A mapping or list whose end has not been reached; `key` waits for its value.

    `is_repeated` says that it, or a collection around it, is the value of a key that was there before.
    """

    path: YamlPath
    data: dict[str, YamlData] | list[YamlData]
    is_repeated: bool = False
    key: str | None = None
    is_key_repeated: bool = False


@dataclass
class _TreeBuilder:
    """Builds the tree from the parser's events, without recursion: deep nesting cannot crash it."""

    file: str
    first_line: int
    lines: list[str]
    root: YamlData = None
    key_positions: dict[YamlPath, tuple[int, int]] = field(default_factory=dict)
    value_positions: dict[YamlPath, tuple[int, int]] = field(default_factory=dict)
    comments: dict[YamlPath, tuple[int, int, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    stack: list[_OpenCollection] = field(default_factory=list)
    document_count: int = 0

    def add_finding(self, mark: ParserPosition | None, message: Message, hint: Message) -> None:
        """Add a finding."""
        self.findings.append(Finding(Location(self.file, *self.get_position(mark)), message, hint))

    def get_position(self, mark: ParserPosition | None) -> tuple[int, int]:
        """Return line and column in the file, from 1."""
        return (mark.line + self.first_line, mark.column + 1) if mark else (self.first_line, 1)

    def handle_event(self, event: yaml.Event) -> None:
        """Add the content of a parser event to the tree."""
        mark: ParserPosition = event.start_mark  # type: ignore[assignment]  # the parser always gives one
        match event:
            case yaml.AliasEvent():
                message = Message("YAML aliases (*{name}) are not allowed", name=event.anchor)
                self.add_finding(mark, message, Message("write the value out"))
                self.add_value(mark, "")  # so that the rest of the file is still checked
            case yaml.DocumentStartEvent():
                self.document_count += 1
                if self.document_count > 1:
                    message = Message("a second YAML document begins here")
                    self.add_finding(mark, message, Message("remove the line ---"))
            case yaml.ScalarEvent():
                self.reject_anchor_and_tag(event)
                # Names and notes reach headers, feeds and terminals, where no other module looks at them.
                value = None if _is_null_scalar(event) else escape_invisible(event.value)
                path = self.add_value(mark, value)
                if event.style in {"|", ">"}:  # the text of a block scalar begins on the next line
                    self.value_positions[path] = (mark.line + self.first_line + 1, 1)
                elif not event.style and event.value:
                    self.add_comment(path, event.end_mark)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.reject_anchor_and_tag(event)
                self.open_collection(mark, {} if isinstance(event, yaml.MappingStartEvent) else [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.stack.pop()

    def add_comment(self, path: YamlPath, end: ParserPosition | None) -> None:
        """Remember the comment behind a value, or below it and further in than its key."""
        if end is None or end.line >= len(self.lines):
            return
        line, match = end.line, _COMMENT_AFTER_VALUE.match(self.lines[end.line], end.column)
        if not match and path in self.key_positions and line + 1 < len(self.lines):
            line += 1
            match = _COMMENT_AFTER_VALUE.match(self.lines[line])
            if match and match.start(1) < self.key_positions[path][1]:
                match = None
        if match:
            self.comments[path] = (line + self.first_line, match.start(1) + 1, match[1].rstrip())

    def reject_anchor_and_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        """Report an anchor or a tag; a lone `!` only makes a value text, which it is already."""
        if event.anchor:
            message = Message("YAML anchors (&{name}) are not allowed", name=event.anchor)
            self.add_finding(event.start_mark, message, Message("write the value out"))
        if event.tag and event.tag != "!":
            message = Message("YAML tags ({tag}) are not allowed", tag=event.tag)
            self.add_finding(event.start_mark, message, Message("remove it"))

    def open_collection(self, mark: ParserPosition, data: dict[str, YamlData] | list[YamlData]) -> None:
        """Begin a mapping or list; raise ContentError if it is nested too deeply, or a key."""
        if len(self.stack) >= _MAX_DEPTH:
            message = Message("nested more than {count} levels deep", count=_MAX_DEPTH)
            self.add_finding(mark, message, Message("use fewer levels"))
            raise ContentError(self.findings)
        # YAML allows collections as keys (`? [a]`), JSON and our models do not.
        if self.stack and isinstance(self.stack[-1].data, dict) and self.stack[-1].key is None:
            message = Message("a key must be a plain word, not a list or mapping")
            self.add_finding(mark, message, Message("put it in quotes"))
            raise ContentError(self.findings)
        parent = self.stack[-1] if self.stack else None
        is_repeated = parent is not None and (parent.is_repeated or parent.is_key_repeated)
        self.stack.append(_OpenCollection(self.add_value(mark, data), data, is_repeated))

    def add_value(self, mark: ParserPosition, value: YamlData) -> YamlPath:
        """Add a value, or a key if the open mapping waits for one; return its path."""
        if not self.stack:
            self.root = value
            self.value_positions[()] = self.get_position(mark)
            return ()
        parent = self.stack[-1]
        if isinstance(parent.data, list):
            path = (*parent.path, len(parent.data))
            parent.data.append(value)
        elif parent.key is None:
            return self.add_key(parent, mark, str(value or ""))
        else:
            path = (*parent.path, parent.key)
            parent.data[parent.key], parent.key = value, None
        self.value_positions[path] = self.get_position(mark)
        if value is None:
            message = Message("'{name}' has no value", name=path[-1])
            self.add_finding(mark, message, Message("write one, or remove the line"))
        return path

    def add_key(self, parent: _OpenCollection, mark: ParserPosition, key: str) -> YamlPath:
        """Remember the key of the next value; report one that the mapping has already.

        The keys below a repeated one are those of another mapping, so it alone is reported.
        """
        path = (*parent.path, key)
        parent.is_key_repeated = path in self.key_positions
        if parent.is_key_repeated and not parent.is_repeated:
            first = self.key_positions[path][0]
            message = Message("duplicate key '{key}'", key=key)
            self.add_finding(mark, message, Message("see line {line}; keep one of them", line=first))
        self.key_positions[path] = self.get_position(mark)
        parent.key = key
        return path


def _is_null_scalar(event: yaml.ScalarEvent) -> bool:
    # Quoted, each of these is text.
    return not event.style and event.value in {"", "~", "null"}


def wrap_tree_in_key(key: str, tree: YamlTree) -> YamlTree:
    """Return the tree as the value of a key, as if the whole text were indented below it."""
    return YamlTree(
        tree.file,
        {key: tree.data},
        {(key, *path): position for path, position in tree.key_positions.items()},
        {(key, *path): position for path, position in tree.value_positions.items()},
        {(key, *path): comment for path, comment in tree.comments.items()},
    )
