"""The input of the checks of a policy: its values, its passages of text, and the location of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from common.characters import normalize_text
from languages.loader import get_language
from policy import yaml_reader
from policy.blocks import Block, iter_leaves
from policy.document import Document, render_document
from policy.fact_models import Rights
from policy.fields import LOCALES, Locale
from policy.findings import Location
from policy.markdown import parse_markdown
from policy.models import Policy, Section
from policy.placeholders import FACT_KINDS
from policy.sources import ContentFiles
from policy.time_stamp_files import TIME_STAMP_FOLDER
from policy.yaml_reader import YamlData, YamlPath, YamlTree

# Object replacement character: takes the place of a placeholder, so that no pattern matches across one.
PLACEHOLDER_SIGN = "\ufffc"
_NOTE_TEXT_KEYS = ("title", "summary", "action", "reason", "lower_reason")
# The keys of YAML files whose value readers see.
TEXT_KEYS = {
    "name",
    "what",
    "criteria",
    "after",
    "interest",
    "text",
    "provider",
    "purpose",
    *_NOTE_TEXT_KEYS,
}
TEXT_KEYS |= set(Rights.model_fields)
# A full stop before a lower-case letter is that of an abbreviation or of an ordinal number: "22. desember".
# From the first line of a text on, in which the words of a finding are looked for.
MAX_SEARCHED_LINES = 100
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?![a-zà-ÿ])")
# Placeholders of this kind become links (document.py).
_LINKED_FACTS = {"email", "url", "website"}


@dataclass(frozen=True)
class Passage:
    """One title, paragraph, list item or table cell of the source, with `PLACEHOLDER_SIGN` for placeholders.

    `kind` is the tag of its block, `title`, or `fact` and `note` for texts of YAML files. `source_lines` are
    the lines of its file from its own on, in which `locate` finds words again. `is_in_one_language` is false
    for a text of a YAML file that is the same in all.
    """

    location: Location
    locale: Locale
    kind: str
    section_id: str
    text: str
    has_link: bool
    source_lines: tuple[str, ...]
    is_in_one_language: bool = True

    @property
    def sentences(self) -> list[str]:
        """The sentences of the text."""
        return split_sentences(self.text)

    def locate(self, words: str) -> Location:
        """Return the location of `words` in the source, or else that of the passage.

        Words may be wrapped over lines or contain a placeholder, so their beginning is searched for too.
        """
        beginning = words.split(PLACEHOLDER_SIGN, maxsplit=1)[0].split()
        for search_text in (words, " ".join(beginning[:3]), beginning[0] if beginning else ""):
            for offset, line in enumerate(self.source_lines):
                start = 0 if offset else self.location.column - 1
                if search_text and (column := line.find(search_text, start)) >= 0:
                    return Location(self.location.path, self.location.line + offset, column + 1)
        return self.location


@dataclass(frozen=True)
class PolicyCheckContext:
    """A policy with its files.

    `page_urls` are the addresses of the site's pages, each with that of the same page in the first language;
    empty if unknown.

    Derived values are computed once and live as long as the context, for one run of the checks.
    """

    policy: Policy
    files: ContentFiles
    page_urls: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage that readers of the policy see: those of the sections, then those of the facts."""
        return (*self.section_passages, *self.fact_passages)

    @cached_property
    def section_passages(self) -> tuple[Passage, ...]:
        """The passages of all sections in all languages."""
        return tuple(
            passage
            for locale, sections in self.policy.sections.items()
            for section in sections
            for passage in self._iter_section_passages(locale, section)
        )

    @cached_property
    def fact_passages(self) -> tuple[Passage, ...]:
        """The passages of the fact files."""
        return tuple(
            passage
            for kind in FACT_KINDS
            for passage in self._iter_yaml_passages(f"content/facts/{kind}.yaml", "fact")
        )

    @cached_property
    def note_passages(self) -> tuple[Passage, ...]:
        """The passages of the change notes."""
        return tuple(
            passage
            for name in self.policy.note_files
            for passage in self._iter_yaml_passages(f"content/{name}", "note")
        )

    @cached_property
    def documents(self) -> Mapping[Locale, Document]:
        """The document that readers see, in each language."""
        return {locale: render_document(self.policy, locale) for locale in self.policy.languages}

    @property
    def text_example(self) -> str:
        """How a text is written in YAML in the languages of the policy: `{nb: …, en: …}`."""
        languages = self.policy.languages
        return "{" + ", ".join(f"{code}: …" for code in languages) + "}" if len(languages) > 1 else "…"

    def locate_setting(self, *path: str | int) -> Location:
        """Return the location of a key of policy.yaml, or of its closest parent that exists."""
        return self.locate_key("content/policy.yaml", path)

    def locate_fact(self, kind: str, *path: str | int) -> Location:
        """Return the location of a key in a fact file; its first line if there is no such file or key."""
        return self.locate_key(f"content/facts/{kind}.yaml", path)

    def locate_row(self, kind: str, row_id: str, key: str = "id") -> Location:
        """Return the location of a key of a row, or of the row if it has no such key."""
        rows = getattr(self.policy.facts, kind)
        index = next(index for index, row in enumerate(rows) if row.id == row_id)
        return self.locate_fact(kind, index, key)

    def list_yaml_values(self, file: str) -> Iterator[tuple[Location, str]]:
        """Yield every text of a YAML file of the content with its location."""
        tree = self.get_tree(file)
        for path, (line, column) in tree.value_positions.items() if tree else ():
            value = _get_value(tree.data, path) if tree else None
            if isinstance(value, str):
                yield Location(file, line, column), value

    def locate_value(self, file: str, path: YamlPath) -> Location:
        """Return the location of a value in a YAML file of the content."""
        tree = self.get_tree(file)
        return tree.locate(path) if tree else Location(file)

    def locate_key(self, file: str, path: YamlPath) -> Location:
        """Return the location of a key in a YAML file of the content."""
        tree = self.get_tree(file)
        return tree.locate(path, key=True) if tree else Location(file)

    def split_lines(self, file: str) -> tuple[str, ...]:
        """Return the lines of a file; none if it does not exist, or is no text."""
        return self._lines.get(file, ())

    @cached_property
    def _lines(self) -> Mapping[str, tuple[str, ...]]:
        return {
            path: _decode_lines(data)
            for path, data in self.files.items()
            if isinstance(data, bytes) and not path.startswith(TIME_STAMP_FOLDER)
        }

    @cached_property
    def _trees(self) -> dict[str, YamlTree]:
        return {}

    def get_tree(self, file: str) -> YamlTree | None:
        """Return the tree of a YAML file, parsed at first use: files that are not content may be no YAML."""
        if file in self._lines and file not in self._trees:
            self._trees[file] = yaml_reader.parse_yaml("\n".join(self._lines[file]), file)
        return self._trees.get(file)

    def _iter_section_passages(self, locale: Locale, section: Section) -> Iterator[Passage]:
        """Yield the title of a section, then its leaves that have words."""
        lines = self.split_lines(section.path)
        title_line = next((n for n, line in enumerate(lines, start=1) if line.startswith("title:")), 1)
        yield Passage(
            Location(section.path, title_line),
            locale,
            "title",
            section.id,
            section.title,
            has_link=False,
            source_lines=lines[title_line - 1 : title_line],
        )
        for block in iter_leaves(parse_markdown(section.body, section.id, section.locale)):
            text = extract_source_text(block)
            if text.strip():
                line = section.line + max(block.line, 1) - 1
                yield Passage(
                    Location(section.path, line),
                    locale,
                    block.tag,
                    section.id,
                    text,
                    _has_link(block),
                    lines[line - 1 : line - 1 + MAX_SEARCHED_LINES],
                )

    def _iter_yaml_passages(self, file: str, kind: str) -> Iterator[Passage]:
        """Yield the texts of a YAML file; one without a language counts as in the first."""
        tree = self.get_tree(file)
        if tree is None:
            return
        for path, (line, column) in tree.value_positions.items():
            key = path[-1] if path else None
            value = _get_value(tree.data, path) if key in {*LOCALES, *TEXT_KEYS} else None
            if isinstance(value, str):
                yield Passage(
                    Location(file, line, column),
                    str(key) if key in LOCALES else self.policy.languages[0],
                    kind,
                    "",
                    " ".join(value.split()),
                    has_link=False,
                    source_lines=self.split_lines(file)[line - 1 : line - 1 + MAX_SEARCHED_LINES],
                    is_in_one_language=key in LOCALES,
                )


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return _SENTENCE_END.split(text)


def find_phrase(name: str, text: str, locale: Locale) -> re.Match[str] | None:
    """Return the first match of a phrase of `PhrasePatterns`.

    Return None if the language has no pattern for it, or if the text matches the exception of that name.
    """
    checks = get_language(locale).checks
    pattern: re.Pattern[str] | None = getattr(checks.phrases, name)
    exception: re.Pattern[str] | None = getattr(checks.exceptions, name, None)
    if pattern is None or (exception and exception.search(text)):
        return None
    return pattern.search(text)


def extract_source_text(block: Block) -> str:
    """Return the words of a leaf without footnote references and code; placeholders as `PLACEHOLDER_SIGN`."""
    runs = (run for run in block.runs if not {"footnote", "code"} & set(run.marks))
    return " ".join("".join(PLACEHOLDER_SIGN if run.placeholder else run.text for run in runs).split())


def _has_link(block: Block) -> bool:
    """Whether a leaf has a link, or a placeholder that becomes one."""
    return any(run.href or run.placeholder.rpartition(".")[2] in _LINKED_FACTS for run in block.runs)


def _get_value(data: YamlData, path: YamlPath) -> YamlData:
    for step in path:
        data = data[step]  # type: ignore[index]  # the path comes from the tree of this data
    return data


def _decode_lines(data: bytes) -> tuple[str, ...]:
    """Return the lines as the parser of the file saw them, so that locations agree."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return tuple(normalize_text(text).split("\n"))
