"""The recipes of the editors' guides, followed as an editor follows them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.helpers.environment import GIT_ENVIRONMENT, REPOSITORY, neutral_environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_RECIPE = re.compile(
    r"^### [^\n]+\n<!-- recipe: (?P<name>[a-z-]+) -->\n(?P<text>.*?)(?=^##)", re.MULTILINE | re.DOTALL
)
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"`(content/[^`*]+\.\w+)`")
_FRONT_MATTER = re.compile(r"---\n(.*?)---\n", re.DOTALL)
# A key or a row at the left margin with everything below it, a comment or a blank line.
_ENTRY = re.compile(r"^(?:\S.*\n(?: .*\n)*|\n)", re.MULTILINE)
_NAME = re.compile(r"- \{?id: *([\w-]+)|([\w-]+):")


@dataclass(frozen=True)
class Step:
    """A block of code: what it is, the file that the sentence above it names last, and the code."""

    kind: str
    path: str
    code: str


def read_recipes(language: str) -> dict[str, tuple[Step, ...]]:
    """Return the steps of every recipe of a guide by the name of the recipe."""
    guide = (REPOSITORY / "docs" / f"editors.{language}.md").read_text(encoding="utf-8")
    return {found["name"]: tuple(_read_steps(found["text"])) for found in _RECIPE.finditer(guide)}


def _read_steps(text: str) -> list[Step]:
    steps, end = [], 0
    for block in _BLOCK.finditer(text):
        named = _PATH.findall(text[end : block.start()])
        steps.append(Step(block[2], named[-1] if named else "", textwrap.dedent(block[3])))
        end = block.end()
    return steps


@dataclass(frozen=True)
class Workplace:
    """An editor's clone, in which `python build.py` is that of this checkout, on one day."""

    source: Path
    environment: Mapping[str, str]

    @classmethod
    def create(cls, commands: Path, source: Path, day: str) -> Workplace:
        """Create a workplace for a clone; `commands` becomes a folder with the command `python`."""
        commands.mkdir()
        script = commands / "python"
        script.write_text(
            "#!/bin/sh\n"
            'test "$1" = build.py || exit 99\ncommand=$2\nshift 2\n'
            "case $command in\n"
            f'  check | note | redact | undo) set -- --today {day} "$@" ;;\n'
            f'  submit) set -- --today {day} --yes "$@" ;;\n'  # a test is no terminal
            "esac\n"
            f'exec "{sys.executable}" "{REPOSITORY}/build.py" "$command" --source . "$@"\n'
        )
        script.chmod(0o755)
        time = f"{day}T12:00:00+0100"
        environment = neutral_environment(
            **{**GIT_ENVIRONMENT, "GIT_AUTHOR_DATE": time, "GIT_COMMITTER_DATE": time},
            GIT_EDITOR="true",  # who saves the message of a commit as it is
            PATH=f"{commands}:{os.environ['PATH']}",
        )
        return cls(source, environment)

    def follow(self, step: Step) -> subprocess.CompletedProcess[str] | None:
        """Run the commands of a step, and return what they printed; or write its text into its file."""
        if step.kind == "sh":
            return self.run(step.code)
        path = self.source / (step.path or self._find_new_note())
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(merge_text(before, step), encoding="utf-8")
        return None

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run commands of a shell, up to the first that fails."""
        return subprocess.run(
            ["sh", "-ec", code],
            cwd=self.source,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def _find_new_note(self) -> str:
        """Return the only note that is not committed: the one that the last command has written."""
        (path,) = self.run("git ls-files --others content/changes").stdout.split()
        return path


def merge_text(before: str, step: Step) -> str:
    """Return a file after an editor has made it agree with a block of code.

    A whole file replaces it, Markdown alone the text below the front matter. Keys and rows of YAML replace
    those of the same name, and others are added at the end; in a section they are those of the front matter.
    """
    if step.kind == "markdown":
        head = _FRONT_MATTER.match(before)
        return step.code if step.code.startswith("---\n") or not head else f"{head[0]}\n{step.code}"
    if step.path.endswith(".md"):
        head = _FRONT_MATTER.match(before)
        assert head
        return f"---\n{_merge_entries(head[1], step.code)}---\n{before[head.end() :]}"
    return _merge_entries(before, step.code)


def _merge_entries(before: str, code: str) -> str:
    entries = _ENTRY.findall(before)
    names = [_get_name(entry) for entry in entries]
    for entry in _ENTRY.findall(code):
        name = _get_name(entry)
        if name and name in names:
            entries[names.index(name)] = entry
        else:
            entries.append(entry)
    return "".join(entries)


def _get_name(entry: str) -> str | None:
    """Return the key or the id of an entry; None for a row without an id and for a comment."""
    found = _NAME.match(entry)
    return found[1] or found[2] if found else None
