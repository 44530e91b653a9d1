"""YAML in, plain data and places out: the only place that knows PyYAML.

Every scalar stays text, so that no country becomes false (`NO`) and no version a number (`1.10`). Anchors,
aliases, tags and duplicate keys are refused: each lets a file say something else than what stands there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import yaml

from policy.findings import ContentError, Finding, Location

Data: TypeAlias = "str | list[Data] | dict[str, Data] | None"
Path: TypeAlias = tuple[str | int, ...]
_DEEPEST = 32
_Loader = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml is eight times as fast, where it is built in


class Mark(Protocol):
    """Where the parser stands, from 0; its C and its Python form share this."""

    @property
    def line(self) -> int: ...  # noqa: D102 - the class says it
    @property
    def column(self) -> int: ...  # noqa: D102 - the class says it


@dataclass(frozen=True)
class YamlTree:
    """The data of a YAML file and where it was written.

    `keys` and `values` hold the line and column, from 1, of each key and each value by its path in the data.
    """

    file: str
    data: Data
    keys: dict[Path, tuple[int, int]]
    values: dict[Path, tuple[int, int]]

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """Return the location of a value (of its key with `key`), or of its closest parent that exists."""
        for length in range(len(path), 0, -1):
            parent = path[:length]
            if key and parent in self.keys:
                return Location(self.file, *self.keys[parent])
            if parent in self.values:
                return Location(self.file, *self.values[parent])
        return Location(self.file, *self.values.get((), (1, 1)))


def empty_tree(file: str) -> YamlTree:
    """Return the tree of a file that holds no YAML that can be read."""
    return YamlTree(file, None, {}, {})


def parse(text: str, name: str, first_line: int = 1) -> YamlTree:
    """Read one YAML text that begins on `first_line` of the file `name`; ContentError tells every fault."""
    builder = _Builder(name, first_line)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        builder.refuse(mark, *_said(error.problem or "", text.split("\n"), mark))
    except yaml.YAMLError:
        builder.refuse(None, "this is not YAML: it holds a character that no text may", "remove it")
    if builder.findings:
        raise ContentError(builder.findings)
    return YamlTree(name, builder.root, builder.keys, builder.values)


def _said(problem: str, lines: list[str], mark: Mark | None) -> tuple[str, str]:
    """Say what the parser found, and what to do; in an editor's words where the slip is a common one."""
    sign = lines[mark.line][mark.column : mark.column + 1] if mark and mark.line < len(lines) else ""
    if sign == "\t":
        return "a tab stands here", "write spaces instead"
    if "cannot start any token" in problem:
        return f"a text cannot begin with '{sign}'", "put it in quotes"
    if problem.startswith("mapping values are not allowed"):
        hint = "put the text in quotes, or mend the indentation"
        return "a colon stands where none can", hint
    if problem == "found unexpected end of stream":
        return "a quotation mark above is opened and not closed", "close it"
    return f"this is not YAML: {problem}", "mend the indentation or quote the text"


@dataclass
class _Open:
    """A mapping or list that has begun and not yet ended."""

    path: Path
    data: dict[str, Data] | list[Data]
    key: str | None = None


@dataclass
class _Builder:
    """Builds the tree from the parser's events: flat, so that no depth of nesting can harm."""

    name: str
    first_line: int
    root: Data = None
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0

    def refuse(self, mark: Mark | None, message: str, hint: str) -> None:
        self.findings.append(Finding(Location(self.name, *self.at(mark)), message, hint))

    def at(self, mark: Mark | None) -> tuple[int, int]:
        return (mark.line + self.first_line, mark.column + 1) if mark else (self.first_line, 1)

    def take(self, event: yaml.Event) -> None:
        mark: Mark = event.start_mark  # type: ignore[assignment]  # the parser always gives one
        match event:
            case yaml.AliasEvent():
                self.refuse(mark, f"an alias (*{event.anchor}) stands here", "write the value out")
                self.add(mark, "")
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.refuse(mark, "a second document begins here", "remove the line ---")
            case yaml.ScalarEvent():
                self.check(event)
                path = self.add(mark, None if _is_empty(event) else event.value)
                if event.style in {"|", ">"}:  # the words begin on the line below
                    self.values[path] = (mark.line + self.first_line + 1, 1)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.check(event)
                self.open(mark, {} if isinstance(event, yaml.MappingStartEvent) else [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.stack.pop()

    def check(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor:
            self.refuse(event.start_mark, f"an anchor (&{event.anchor}) stands here", "write the value out")
        if event.tag and event.tag != "!":
            self.refuse(event.start_mark, f"a tag ({event.tag}) stands here", "remove it")

    def open(self, mark: Mark, data: dict[str, Data] | list[Data]) -> None:
        if len(self.stack) >= _DEEPEST:
            self.refuse(mark, f"this is nested more than {_DEEPEST} deep", "write it flatter")
            raise ContentError(self.findings)
        if self.stack and isinstance(self.stack[-1].data, dict) and self.stack[-1].key is None:
            self.refuse(mark, "a key is a plain word, not a list or mapping", "quote it")
            raise ContentError(self.findings)
        self.stack.append(_Open(self.add(mark, data), data))

    def add(self, mark: Mark, value: Data) -> Path:
        if not self.stack:
            self.root = value
            self.values[()] = self.at(mark)
            return ()
        holder = self.stack[-1]
        if isinstance(holder.data, list):
            path = (*holder.path, len(holder.data))
            holder.data.append(value)
        elif holder.key is None:
            return self.name_key(holder, mark, str(value or ""))
        else:
            path = (*holder.path, holder.key)
            holder.data[holder.key], holder.key = value, None
        self.values[path] = self.at(mark)
        if value is None:
            self.refuse(mark, f"'{path[-1]}' has no value", "write one, or remove the line")
        return path

    def name_key(self, holder: _Open, mark: Mark, key: str) -> Path:
        path = (*holder.path, key)
        if path in self.keys:
            first = self.keys[path][0]
            self.refuse(
                mark, f"the key '{key}' stands here for the second time", f"see line {first}; keep one"
            )
        self.keys[path] = self.at(mark)
        holder.key = key
        return path


def _is_empty(event: yaml.ScalarEvent) -> bool:
    return not event.style and event.value in {"", "~", "null"}


def nest_under(key: str, tree: YamlTree) -> YamlTree:
    """Return the tree as the value of one key, as if the whole text were indented below it."""
    return YamlTree(
        tree.file,
        {key: tree.data},
        {(key, *path): place for path, place in tree.keys.items()},
        {(key, *path): place for path, place in tree.values.items()},
    )
