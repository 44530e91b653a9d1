"""What the rules about one policy look at: its values, its passages of text, and the place of each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from policy import yaml_reader
from policy.blocks import iter_leaves
from policy.document import render_document
from policy.fact_models import Rights
from policy.fields import LOCALES
from policy.findings import Location
from policy.markdown import parse_markdown
from policy.placeholders import FACT_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.blocks import Block
    from policy.document import Document
    from policy.fields import Locale
    from policy.models import Policy, Section
    from policy.sources import ContentFiles
    from policy.yaml_reader import Data, Path, YamlTree

SLOT_SIGN = "\ufffc"  # stands in a passage where a placeholder does, so that no rule reads across one
# The keys of YAML files whose value is said to readers, in every language where it is not parted.
_NOTED = ("summary", "action", "reason", "lower_reason")
_SAID = {"name", "what", "criteria", "after", "interest", "text", "provider", "purpose", *_NOTED}
_SAID |= set(Rights.model_fields)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Passage:
    """One title, paragraph, list item or cell as it was typed, placeholders as `SLOT_SIGN`.

    `kind` is the tag of its block, `title`, or `fact` and `note` for words of a YAML file; `typed` holds the
    lines of its file from its own on, so that a match can be found again.
    """

    place: Location
    locale: Locale
    kind: str
    section: str
    text: str
    linked: bool
    typed: tuple[str, ...]

    @property
    def sentences(self) -> list[str]:
        """Part it where a sentence ends."""
        return _SENTENCE.split(self.text)

    def at(self, words: str) -> Location:
        """Give the place of `words`, or of the first of them where a line was wrapped, else the passage's."""
        first = words.split(SLOT_SIGN, maxsplit=1)[0].split()
        for wanted in (words, " ".join(first[:3]), first[0] if first else ""):
            for offset, line in enumerate(self.typed):
                start = 0 if offset else self.place.column - 1
                if wanted and (column := line.find(wanted, start)) >= 0:
                    return Location(self.place.path, self.place.line + offset, column + 1)
        return self.place


@dataclass(frozen=True)
class PolicyCheckContext:
    """A policy that could be read, with its files. `pages` are the addresses the site has, where known."""

    policy: Policy
    files: ContentFiles
    pages: frozenset[str] = frozenset()

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage that readers of the policy see: sections, then the words of facts."""
        return (*self.prose, *self.facts)

    @cached_property
    def prose(self) -> tuple[Passage, ...]:
        """The passages of the sections."""
        every = (section for own in self.policy.sections.items() for section in ((own[0], s) for s in own[1]))
        return tuple(found for locale, section in every for found in self._section(locale, section))

    @cached_property
    def facts(self) -> tuple[Passage, ...]:
        """The wordings in the fact files."""
        return tuple(
            found for kind in FACT_KINDS for found in self._wordings(f"content/facts/{kind}.yaml", "fact")
        )

    @cached_property
    def notes(self) -> tuple[Passage, ...]:
        """The wordings of the change notes."""
        return tuple(
            found for name in self.policy.notes for found in self._wordings(f"content/{name}", "note")
        )

    @cached_property
    def documents(self) -> Mapping[Locale, Document]:
        """What readers see in each language."""
        return {locale: render_document(self.policy, locale) for locale in self.policy.languages}

    def setting(self, *path: str | int) -> Location:
        """Give the place of a key of policy.yaml, or of what comes nearest to it."""
        return self.place("content/policy.yaml", path)

    def fact(self, kind: str, *path: str | int) -> Location:
        """Give the place of a key in a fact file; its first line where there is no such file or key."""
        return self.place(f"content/facts/{kind}.yaml", path)

    def row(self, kind: str, name: str, key: str = "id") -> Location:
        """Give the place of a key of the row with the id `name`, else that of the row."""
        rows = getattr(self.policy.facts, kind)
        number = next(number for number, row in enumerate(rows) if row.id == name)
        return self.fact(kind, number, key)

    def lines(self, path: str) -> tuple[str, ...]:
        """Give a file's lines as they were typed; none where there is no such file."""
        return _lines(data) if isinstance(data := self.files.get(path, b""), bytes) else ()

    def place(self, path: str, inside: Path) -> Location:
        """Give the place of a key in any YAML file of the content."""
        tree = self._tree(path)
        return tree.locate(inside, key=True) if tree else Location(path)

    def _tree(self, path: str) -> YamlTree | None:
        data = self.files.get(path)
        return _tree("\n".join(_lines(data)), path) if isinstance(data, bytes) else None

    def _section(self, locale: Locale, section: Section) -> Iterator[Passage]:
        typed = self.lines(section.path)
        at = next((n for n, line in enumerate(typed, start=1) if line.startswith("title:")), 1)
        head = typed[at - 1 : at]
        yield Passage(
            Location(section.path, at), locale, "title", section.id, section.title, linked=False, typed=head
        )
        for block in iter_leaves(parse_markdown(section.body, section.id)):
            place = Location(section.path, section.line + max(block.line, 1) - 1)
            passage = Passage(
                place,
                locale,
                block.tag,
                section.id,
                typed_words(block),
                _linked(block),
                typed[place.line - 1 :],
            )
            if passage.text.strip():
                yield passage

    def _wordings(self, path: str, kind: str) -> Iterator[Passage]:
        tree = self._tree(path)
        for inside, (line, column) in tree.values.items() if tree else ():
            locale = inside[-1] if inside and inside[-1] in LOCALES else self.policy.languages[0]
            words = _at(tree.data, inside) if tree and {*inside[-1:]} & {*LOCALES, *_SAID} else None
            if isinstance(words, str):
                text = " ".join(words.split())
                typed = self.lines(path)[line - 1 :]
                yield Passage(
                    Location(path, line, column), str(locale), kind, "", text, linked=False, typed=typed
                )


def typed_words(block: Block) -> str:
    """Give the words of a leaf without footnote signs and code, a `SLOT_SIGN` where a placeholder stands."""
    runs = (run for run in block.runs if not {"note", "code"} & set(run.marks))
    return " ".join("".join(SLOT_SIGN if run.placeholder else run.text for run in runs).split())


def _linked(block: Block) -> bool:
    """Whether a link stands in it, or a placeholder for what becomes one."""
    return any(
        run.href or run.placeholder.rpartition(".")[2] in {"email", "url", "website"} for run in block.runs
    )


def _at(data: Data, path: Path) -> Data:
    for step in path:
        data = data[step]  # type: ignore[index]  # the tree's own path leads through it
    return data


@lru_cache(maxsize=256)
def _lines(data: bytes) -> tuple[str, ...]:
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return tuple(unicodedata.normalize("NFC", text).split("\n"))


@lru_cache(maxsize=256)
def _tree(text: str, path: str) -> YamlTree:
    return yaml_reader.parse(text, path)
