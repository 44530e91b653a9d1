"""The clause library: what of it a policy gets, by its answers.

`clause_texts/` has facts, questions and settings in all languages side by side, and a Markdown file for each
section in each language. A row or a section has a condition in `when`. In a section, `<!-- if CONDITION -->`
begins a part, and `<!-- end -->` ends it. A condition joins names of answers by `or`, `and` and `not`; `or`
binds least.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from policy.fields import LOCALES, Locale
from policy.yaml_reader import parse_yaml

FOLDER = Path(__file__).resolve().parent / "clause_texts"
Flags: TypeAlias = Mapping[str, bool]
Row: TypeAlias = dict[str, Any]
_SECTION_FILE = re.compile(r"(\d\d)-(\w+)\.md")
_PART_BEGIN, _PART_END, _SIGN_END = "<!-- if ", "<!-- end -->", " -->"
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class SectionClause:
    """The text of a section in one language; `name` is the same in every language, `id` is not."""

    number: str
    name: str
    id: str
    title: str
    when: str
    body: str

    def select_body(self, flags: Flags) -> str:
        """Return the text without the parts that do not apply."""
        lines, is_kept = [], True
        for line in self.body.splitlines():
            if line.startswith(_PART_BEGIN):
                is_kept = is_met(line.removeprefix(_PART_BEGIN).removesuffix(_SIGN_END), flags)
            elif line == _PART_END:
                is_kept = True
            elif is_kept:
                lines.append(line)
        return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip() + "\n"


def is_met(condition: str, flags: Flags) -> bool:
    """Whether a condition is true; an empty one is."""
    if not condition:
        return True
    return any(
        all(flags[term.removeprefix("not ")] != term.startswith("not ") for term in choice.split(" and "))
        for choice in condition.split(" or ")
    )


@lru_cache(maxsize=1)
def list_clause_languages() -> tuple[Locale, ...]:
    """Return the languages that the library has, which may be fewer than the policies can have."""
    return tuple(code for code in LOCALES if list_sections(code))


def select_facts(flags: Flags) -> dict[str, Any]:
    """Return the facts by kind, as they are written into the files of content/facts/."""
    facts: dict[str, Any] = {}
    for kind, rows in _read_yaml("facts.yaml").items():
        facts[kind] = list(_select_rows(rows, flags)) if isinstance(rows, list) else dict(rows)
    return facts


def select_questions(flags: Flags) -> list[Row]:
    """Return the questions that the answers raise."""
    return list(_select_rows(_read_yaml("questions.yaml"), flags))


def select_sections(locale: Locale, flags: Flags) -> list[SectionClause]:
    """Return the sections of a policy in one language, in order."""
    return [clause for clause in list_sections(locale) if is_met(clause.when, flags)]


def get_setting(name: str) -> dict[Locale, str]:
    """Return a word of the settings in every language."""
    return dict(_read_yaml("settings.yaml")[name])


@lru_cache(maxsize=8)
def list_sections(locale: Locale) -> tuple[SectionClause, ...]:
    """Return every section of the library in one language. The files are part of the program."""
    paths = sorted((FOLDER / locale).glob("*.md"))
    return tuple(
        _read_section(path, name[1], name[2])
        for path in paths
        if (name := _SECTION_FILE.fullmatch(path.name))
    )


def read_text(locale: Locale, name: str) -> str:
    """Return another text of the library in one language."""
    return (FOLDER / locale / name).read_text("utf-8")


def _read_section(path: Path, number: str, name: str) -> SectionClause:
    _, front_matter, body = path.read_text("utf-8").split("---\n", 2)
    head: Any = parse_yaml(front_matter, path.name).data
    return SectionClause(number, name, head["id"], head["title"], head.get("when", ""), body)


def _select_rows(rows: list[Row], flags: Flags) -> Iterator[Row]:
    for row in rows:
        if is_met(row.get("when", ""), flags):
            yield {key: value for key, value in row.items() if key != "when"}


@lru_cache(maxsize=8)
def _read_yaml(name: str) -> Any:
    return parse_yaml((FOLDER / name).read_text("utf-8"), name).data
