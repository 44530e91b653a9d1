"""Made-up policies as values that edits change: sections of paragraphs, lists, tables and other blocks.

A block writes itself as Markdown and names its units: what a reader sees as one paragraph, heading, item,
term, definition or table row. No two units of a policy have the same words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.redline.sentences import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, or a heading with `level` 1 or more; `markdown` where that is more than its words."""

    text: str
    level: int = 0
    markdown: str = ""

    def write_markdown(self) -> str:
        return f"{'#' * self.level} {self.markdown or self.text}".strip()

    @property
    def units(self) -> list[str]:
        return [self.text]


@dataclass(frozen=True)
class Item:
    """An item of a list, with the items nested under it."""

    text: str
    nested: tuple[Item, ...] = ()

    @property
    def units(self) -> list[str]:
        return [self.text, *(unit for item in self.nested for unit in item.units)]


@dataclass(frozen=True)
class ItemList:
    """A list; `start` is its first number, or 0 for bullets."""

    items: tuple[Item, ...]
    start: int = 0

    def write_markdown(self) -> str:
        return "\n".join(_write_items(self.items, self.start, ""))

    @property
    def units(self) -> list[str]:
        return [unit for item in self.items for unit in item.units]


def _write_items(items: tuple[Item, ...], start: int, indent: str) -> Iterator[str]:
    for number, item in enumerate(items, start=start):
        bullet = f"{number}." if start else "-"
        yield f"{indent}{bullet} {item.text}"
        yield from _write_items(item.nested, 0, indent + " " * (len(bullet) + 1))


@dataclass(frozen=True)
class Table:
    """A table; its first row is the header."""

    rows: tuple[tuple[str, ...], ...]

    def write_markdown(self) -> str:
        header, *rows = self.rows
        lines = [header, tuple("---" for _ in header), *rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    @property
    def units(self) -> list[str]:
        return [join_cells(row) for row in self.rows]


def join_cells(cells: tuple[str, ...]) -> str:
    """Return the words of a row."""
    return " ".join(cells)


@dataclass(frozen=True)
class Definitions:
    """Terms, each with one definition."""

    entries: tuple[tuple[str, str], ...]

    def write_markdown(self) -> str:
        return "\n\n".join(f"{term}\n: {text}" for term, text in self.entries)

    @property
    def units(self) -> list[str]:
        return [unit for entry in self.entries for unit in entry]


@dataclass(frozen=True)
class Code:
    """A block of code."""

    lines: tuple[str, ...]

    def write_markdown(self) -> str:
        return "\n".join(["```", *self.lines, "```"])

    @property
    def units(self) -> list[str]:
        return [" ".join(self.lines)]


@dataclass(frozen=True)
class FactsTable:
    """The table of the periods in facts/retention.yaml."""

    def write_markdown(self) -> str:
        return "{{ table: retention }}"

    @property
    def units(self) -> list[str]:
        return []


Block = Paragraph | ItemList | Table | Definitions | Code | FactsTable


@dataclass(frozen=True)
class Section:
    """A section; `note` is the text of its footnote, which its first paragraph refers to."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    aliases: tuple[str, ...] = ()
    note: str = ""

    def write_file(self) -> str:
        parts = [block.write_markdown() for block in self.blocks]
        if self.note:
            first = next(n for n, block in enumerate(self.blocks) if isinstance(block, Paragraph))
            parts[first] += "[^1]"
            parts.append(f"[^1]: {self.note}")
        front = f"title: {json.dumps(self.title, ensure_ascii=False)}\n"
        front += f"aliases: [{', '.join(self.aliases)}]\n" if self.aliases else ""
        return f"---\n{front}---\n\n" + "\n\n".join(parts) + "\n"

    @property
    def units(self) -> list[str]:
        return [
            self.title,
            *(unit for block in self.blocks for unit in block.units),
            *([self.note] if self.note else []),
        ]

    def replace_block(self, position: int, *blocks: Block) -> Section:
        """Return the section with a block replaced by others, or by none."""
        return replace(self, blocks=(*self.blocks[:position], *blocks, *self.blocks[position + 1 :]))

    def insert_blocks(self, position: int, *blocks: Block) -> Section:
        """Return the section with blocks inserted before a position."""
        return replace(self, blocks=(*self.blocks[:position], *blocks, *self.blocks[position:]))

    def list_positions(self, kind: type[Block]) -> list[int]:
        """Return where blocks of a kind stand."""
        return [position for position, block in enumerate(self.blocks) if isinstance(block, kind)]


@dataclass(frozen=True)
class Policy:
    """A policy in one language, and the periods of its facts by their ids."""

    code: str
    sections: tuple[Section, ...]
    periods: dict[str, str] = field(default_factory=lambda: {"account": "P2Y", "payments": "P5Y"})

    def replace_section(self, position: int, *sections: Section) -> Policy:
        """Return the policy with a section replaced by others, or by none."""
        return replace(self, sections=(*self.sections[:position], *sections, *self.sections[position + 1 :]))

    def change_section(self, position: int, change: Callable[[Section], Section]) -> Policy:
        """Return the policy with one section changed."""
        return self.replace_section(position, change(self.sections[position]))

    def write_files(self) -> dict[str, str]:
        """Return the files below content/."""
        code = self.code
        names = {"account": {"nb": "Kontoen din", "en": "Your account"}[code], "payments": "Vipps"}
        files = {
            "policy.yaml": (
                f"title: {{{code}: {'Personvernerklæring' if code == 'nb' else 'Privacy policy'}}}\n"
                f"base_url: https://example.no/personvern/\nlanguages: [{code}]\n"
                "controller: {name: Prøve AS, email: post@example.no}\n"
            ),
            "facts/retention.yaml": "".join(
                f"- {{id: {name}, what: {{{code}: {names[name]}}}, period: {period}}}\n"
                for name, period in self.periods.items()
            ),
        }
        for number, section in enumerate(self.sections, start=1):
            files[f"{code}/{number:02}-{section.id}.md"] = section.write_file()
        return files

    @property
    def titles(self) -> list[str]:
        return [section.title for section in self.sections]


class PolicyMaker:
    """Makes a policy that has at least one block of each kind in every section that an edit may change."""

    def __init__(self, random: Random, code: str) -> None:
        self.random = random
        self.writer = Writer(random, code)

    def make_policy(self) -> Policy:
        """Return a policy of five or six sections."""
        sections = tuple(self.make_section() for _ in range(self.random.randint(5, 6)))
        return Policy(self.writer.code, sections)

    def make_section(self) -> Section:
        """Return a section of paragraphs and one or two other blocks."""
        others = [self.make_list, self.make_table, self.make_definitions, self.make_code]
        blocks: list[Block] = [self.make_paragraph() for _ in range(self.random.randint(3, 5))]
        for make in self.random.sample(others, self.random.randint(0, 2)):
            blocks.insert(self.random.randint(1, len(blocks)), make())
        if self.random.random() < 0.4:
            blocks.insert(self.random.randint(1, len(blocks) - 1), self.make_heading())
        return Section(
            f"s{self.writer.write_number_word().lower()}", self.writer.write_title(), tuple(blocks)
        )

    def make_paragraph(self) -> Paragraph:
        """Return a paragraph of one to four sentences."""
        return Paragraph(self.writer.write_sentences(self.random.randint(1, 4)))

    def make_heading(self, level: int = 1) -> Paragraph:
        """Return a heading."""
        return Paragraph(self.writer.write_title(), level)

    def make_list(self, start: int = 0) -> ItemList:
        """Return a list of four to six items."""
        return ItemList(
            tuple(Item(self.writer.write_sentence()) for _ in range(self.random.randint(4, 6))), start
        )

    def make_table(self) -> Table:
        """Return a table of four to six rows whose cells are much alike."""
        nb = self.writer.code == "nb"
        header = ("Data", "Lagres", "Deles") if nb else ("Data", "Kept", "Shared")
        header = (f"{header[0]} {self.writer.write_number_word()}", *header[1:])
        return Table((header, *(self.make_row() for _ in range(self.random.randint(4, 6)))))

    def make_row(self) -> tuple[str, ...]:
        """Return a row of a table."""
        nb = self.writer.code == "nb"
        word = self.writer.write_number_word()
        period = f"{self.random.randint(1, 9)} {'år' if nb else 'years'}"
        return (f"Register {word}", period, self.random.choice(("Ja", "Nei") if nb else ("Yes", "No")))

    def make_definitions(self) -> Definitions:
        """Return three or four terms with their definitions."""
        return Definitions(
            tuple(
                (
                    f"{self.writer.write_term()} {self.writer.write_number_word()}",
                    self.writer.write_sentence(),
                )
                for _ in range(self.random.randint(3, 4))
            )
        )

    def make_code(self) -> Code:
        """Return a block of code."""
        lines = [f"{self.writer.write_number_word()}: on # {n}" for n in range(self.random.randint(3, 5))]
        return Code(tuple(lines))
