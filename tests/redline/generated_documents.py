"""Hypothesis strategies: documents of few different words, and edits of their structure and words at once.

Few words make everything alike, which is hard for whoever looks for partners.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.redline.policies import (
    Block,
    Code,
    Definitions,
    Item,
    ItemList,
    Paragraph,
    Policy,
    Section,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_WORD = st.sampled_from("we keep share never your name for two nine years of the account and data".split())  # noqa: SIM905 - a sentence is easier to read
TEXT = st.lists(_WORD, min_size=1, max_size=14).map(" ".join)
_CELL = st.lists(_WORD, min_size=1, max_size=3).map(" ".join)
_PARAGRAPH = st.builds(Paragraph, TEXT)
_HEADING = st.builds(Paragraph, _CELL, st.sampled_from([2, 3]))
_ITEM = st.builds(Item, TEXT, st.lists(st.builds(Item, TEXT), max_size=2).map(tuple))
_LIST = st.builds(ItemList, st.lists(_ITEM, min_size=2, max_size=4).map(tuple), st.sampled_from([0, 1, 4]))
_DEFINITIONS = st.builds(Definitions, st.lists(st.tuples(_CELL, TEXT), min_size=1, max_size=3).map(tuple))
_CODE = st.builds(Code, st.lists(_CELL, min_size=1, max_size=3).map(tuple))


@st.composite
def tables(draw) -> Table:
    """Draw a table of one to four columns."""
    width = draw(st.integers(1, 4))
    row = st.lists(_CELL, min_size=width, max_size=width).map(tuple)
    return Table(tuple(draw(st.lists(row, min_size=2, max_size=5))))


_BLOCK = st.one_of(_PARAGRAPH, _PARAGRAPH, _HEADING, _LIST, tables(), _DEFINITIONS, _CODE)


@st.composite
def policies(draw, block: st.SearchStrategy[Block] = _BLOCK) -> Policy:
    """Draw a policy of one to four sections."""
    bodies = draw(st.lists(st.lists(block, min_size=1, max_size=5), min_size=1, max_size=4))
    sections = (Section(f"s{number}", draw(_CELL), _keep_apart(body)) for number, body in enumerate(bodies))
    return Policy("en", tuple(sections))


def _keep_apart(blocks: list[Block]) -> tuple[Block, ...]:
    """Return blocks without neighbours that Markdown would read as one: two lists, two definition lists."""
    kept: list[Block] = []
    for block in blocks:
        if (
            kept
            and isinstance(block, ItemList | Definitions)
            and isinstance(kept[-1], ItemList | Definitions)
        ):
            kept.append(Paragraph("and"))
        if isinstance(block, Definitions) and kept and isinstance(kept[-1], Paragraph) and not kept[-1].level:
            kept.append(Code(("and",)))
        kept.append(block)
    return tuple(kept)


@dataclass
class _Editing:
    """A policy that is being edited, as lists of blocks; `keeps_units` until something is split or merged."""

    draw: Callable
    bodies: dict[str, list[Block]]
    keeps_units: bool = True

    def choose(self, kind: type[Block] = object) -> tuple[str, int] | None:
        """Choose a block of a kind, if there is one."""
        places = [
            (name, at)
            for name, body in self.bodies.items()
            for at, block in enumerate(body)
            if isinstance(block, kind)
        ]
        return self.draw(st.sampled_from(places)) if places else None

    def move_block(self) -> None:
        """Move a block anywhere."""
        if place := self.choose():
            block = self.bodies[place[0]].pop(place[1])
            body = self.bodies[self.draw(st.sampled_from(sorted(self.bodies)))]
            body.insert(self.draw(st.integers(0, len(body))), block)

    def replace_block(self) -> None:
        """Replace a block by another."""
        if place := self.choose():
            self.bodies[place[0]][place[1]] = self.draw(_BLOCK)

    def insert_block(self) -> None:
        body = self.bodies[self.draw(st.sampled_from(sorted(self.bodies)))]
        body.insert(self.draw(st.integers(0, len(body))), self.draw(_BLOCK))

    def delete_block(self) -> None:
        if place := self.choose():
            del self.bodies[place[0]][place[1]]

    def edit_paragraph(self) -> None:
        if place := self.choose(Paragraph):
            block = self.bodies[place[0]][place[1]]
            words = block.text.split()
            words[self.draw(st.integers(0, len(words) - 1))] = self.draw(_WORD)
            self.bodies[place[0]][place[1]] = replace(block, text=" ".join(words))

    def split_paragraph(self) -> None:
        if place := self.choose(Paragraph):
            name, at = place
            words = self.bodies[name][at].text.split()
            end = self.draw(st.integers(1, len(words)))
            parts = [" ".join(part) for part in (words[:end], words[end:]) if part]
            self.bodies[name][at : at + 1] = map(Paragraph, parts)
            self.keeps_units = False

    def merge_paragraphs(self) -> None:
        for body in self.bodies.values():
            for at, (one, two) in enumerate(pairwise(body)):
                if isinstance(one, Paragraph) and isinstance(two, Paragraph):
                    body[at : at + 2] = [Paragraph(f"{one.text} {two.text}")]
                    self.keeps_units = False
                    return

    def nest_item(self) -> None:
        """Nest an item under the one before it, or turn a list into paragraphs."""
        if place := self.choose(ItemList):
            name, at = place
            first, *others = self.bodies[name][at].items
            if others and self.draw(st.booleans()):
                second, *rest = others
                nested = Item(first.text, (*first.nested, Item(second.text), *second.nested))
                self.bodies[name][at] = ItemList((nested, *rest), self.bodies[name][at].start)
            else:
                self.bodies[name][at : at + 1] = map(Paragraph, self.bodies[name][at].units)

    def edit_rows(self) -> None:
        """Delete, repeat or swap rows, add or remove a column, change a cell."""
        if place := self.choose(Table):
            name, at = place
            rows = list(self.bodies[name][at].rows)
            row = self.draw(st.integers(0, len(rows) - 1))
            match self.draw(st.sampled_from(["delete", "repeat", "swap", "widen", "narrow", "edit"])):
                case "delete" if len(rows) > 1:
                    del rows[row]
                case "repeat":
                    rows.insert(row, tuple(self.draw(_CELL) for _ in rows[0]))
                case "swap":
                    rows.append(rows.pop(row))
                case "widen":
                    rows = [(*cells[:1], self.draw(_CELL), *cells[1:]) for cells in rows]
                case "narrow" if len(rows[0]) > 1:
                    rows = [cells[1:] for cells in rows]
                case _:
                    rows[row] = (*rows[row][:-1], self.draw(_CELL))
            self.bodies[name][at] = Table(tuple(rows))

    def reorder_sections(self) -> None:
        self.bodies = {name: self.bodies[name] for name in self.draw(st.permutations(sorted(self.bodies)))}

    def rename_section(self) -> None:
        name = self.draw(st.sampled_from(sorted(self.bodies)))
        self.bodies = {f"{key}x" if key == name else key: body for key, body in self.bodies.items()}

    def split_section(self) -> None:
        name = self.draw(st.sampled_from(sorted(self.bodies)))
        at = self.draw(st.integers(0, len(self.bodies[name])))
        bodies = {}
        for key, body in self.bodies.items():
            bodies |= {key: body[:at], f"{key}y": body[at:]} if key == name else {key: body}
        self.bodies = bodies


EDITS = tuple(name for name, found in vars(_Editing).items() if callable(found) and "_" in name.strip("_"))


@st.composite
def edited_policies(
    draw, names: tuple[str, ...] = EDITS, block: st.SearchStrategy[Block] = _BLOCK
) -> tuple[Policy, Policy, bool]:
    """Draw a policy, the same after one to four edits, and whether the borders of its units stayed."""
    old = draw(policies(block))
    editing = _Editing(draw, {section.id: list(section.blocks) for section in old.sections})
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=4)):
        getattr(editing, name)()
    titles = {section.id: section.title for section in old.sections}
    sections = tuple(
        Section(name, titles.get(name.rstrip("xy"), "we"), _keep_apart(body) or (Paragraph("and"),))
        for name, body in editing.bodies.items()
    )
    return old, replace(old, sections=sections), editing.keeps_units
