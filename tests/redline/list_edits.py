"""Edits of lists, tables and definition lists within one section."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.redline.expectations import Expected, Kind
from tests.redline.policies import (
    Definitions,
    Item,
    ItemList,
    Paragraph,
    PolicyMaker,
    Section,
    Table,
    join_cells,
)
from tests.redline.text_edits import SectionEdit, edit_one_word, edit_period, insert_block_anywhere

if TYPE_CHECKING:
    from collections.abc import Callable

_GROWN_WORDS = 172


def _prepare_list(
    maker: PolicyMaker, section: Section, *, start: int = 0
) -> tuple[Section, int, tuple[Item, ...]]:
    section, place = insert_block_anywhere(maker, section, maker.make_list(start))
    return section, place, section.blocks[place].items


def _edit_items(
    change: Callable[[PolicyMaker, list[Item]], tuple[Expected, ...]],
) -> Callable[[PolicyMaker, Section], SectionEdit]:
    """Return an edit of the items of one list; the items are changed in place."""

    def edit(maker: PolicyMaker, section: Section) -> SectionEdit:
        start = maker.random.choice([0, 0, 1])
        section, place, items = _prepare_list(maker, section, start=start)
        changed = list(items)
        expected = change(maker, changed)
        return SectionEdit(section, section.replace_block(place, ItemList(tuple(changed), start)), expected)

    return edit


def _insert_item(maker: PolicyMaker, items: list[Item]) -> tuple[Expected, ...]:
    item = Item(maker.writer.write_sentence())
    items.insert(maker.random.randint(0, len(items)), item)
    return (Expected(Kind.INSERTED, new=item.text),)


def _delete_item(maker: PolicyMaker, items: list[Item]) -> tuple[Expected, ...]:
    item = items.pop(maker.random.randrange(len(items)))
    return (Expected(Kind.DELETED, old=item.text),)


def _change_item(maker: PolicyMaker, items: list[Item]) -> tuple[Expected, ...]:
    place = maker.random.randrange(len(items))
    old = items[place].text
    items[place] = Item(edit_one_word(maker, old))
    return (Expected(Kind.CHANGED, old, items[place].text),)


def _move_item(maker: PolicyMaker, items: list[Item]) -> tuple[Expected, ...]:
    item = items.pop(0)
    items.insert(maker.random.randint(2, len(items)), item)
    # Of two neighbours that change places, either may be shown as moved; past two or more, it is this one.
    return (Expected(Kind.MOVED, item.text, item.text),)


def _grow_item(maker: PolicyMaker, items: list[Item]) -> tuple[Expected, ...]:
    place = maker.random.randrange(len(items))
    old = items[place].text
    new = old
    while len(new.split()) < _GROWN_WORDS:
        sentence = maker.writer.write_sentence()
        new = f"{new} {sentence}" if maker.random.random() < 0.7 else f"{sentence} {new}"
    items[place] = Item(new)
    return (Expected(Kind.CHANGED, old, new, contains=True),)


def _nest_item(maker: PolicyMaker, items: list[Item]) -> tuple[Expected, ...]:
    # Under the item before it, so that the order of the words stays the same.
    place = maker.random.randrange(1, len(items))
    item = items.pop(place)
    items[place - 1] = Item(items[place - 1].text, (item,))
    return (Expected(Kind.FORM, item.text, item.text),)


def change_list_kind(maker: PolicyMaker, section: Section) -> SectionEdit:
    section, place, items = _prepare_list(maker, section)
    new = section.replace_block(place, ItemList(items, 1))
    expected = (Expected(Kind.FORM, items[0].text, items[0].text),)
    turned = maker.random.random() < 0.5
    return SectionEdit(new, section, expected) if turned else SectionEdit(section, new, expected)


def change_first_number(maker: PolicyMaker, section: Section) -> SectionEdit:
    section, place, items = _prepare_list(maker, section, start=1)
    new = section.replace_block(place, ItemList(items, maker.random.randint(3, 8)))
    return SectionEdit(section, new, (Expected(Kind.FORM, items[0].text, items[0].text),))


def turn_paragraphs_into_list(maker: PolicyMaker, section: Section) -> SectionEdit:
    """Turn a paragraph into items sentence by sentence, or some paragraphs into an item each."""
    section, place, items = _prepare_list(maker, section)
    paragraphs = [Paragraph(item.text) for item in items]
    whole = maker.random.random() < 0.5
    if whole:
        paragraphs = [Paragraph(" ".join(paragraph.text for paragraph in paragraphs))]
    before = section.replace_block(place, *paragraphs)
    expected = (Expected(Kind.FORM, paragraphs[0].text, items[0].text),)
    return SectionEdit(before, section, expected, keeps_units=not whole)


def turn_list_into_paragraphs(maker: PolicyMaker, section: Section) -> SectionEdit:
    edit = turn_paragraphs_into_list(maker, section)
    (form,) = edit.expected
    return SectionEdit(edit.new, edit.old, (replace(form, old=form.new, new=form.old),), edit.keeps_units)


def _edit_rows(
    change: Callable[[PolicyMaker, list[tuple[str, ...]]], tuple[Expected, ...]],
) -> Callable[[PolicyMaker, Section], SectionEdit]:
    """Return an edit of the rows of one table; the rows, the header first, are changed in place."""

    def edit(maker: PolicyMaker, section: Section) -> SectionEdit:
        section, place = insert_block_anywhere(maker, section, maker.make_table())
        rows = list(section.blocks[place].rows)
        expected = change(maker, rows)
        return SectionEdit(section, section.replace_block(place, Table(tuple(rows))), expected)

    return edit


def _insert_row(maker: PolicyMaker, rows: list[tuple[str, ...]]) -> tuple[Expected, ...]:
    row = maker.make_row()
    rows.insert(maker.random.randint(1, len(rows)), row)
    return (Expected(Kind.INSERTED, new=join_cells(row)),)


def _delete_row(maker: PolicyMaker, rows: list[tuple[str, ...]]) -> tuple[Expected, ...]:
    row = rows.pop(maker.random.randrange(1, len(rows)))
    return (Expected(Kind.DELETED, old=join_cells(row)),)


def _change_row(
    maker: PolicyMaker, rows: list[tuple[str, ...]], at: int | None = None
) -> tuple[Expected, ...]:
    at = maker.random.randrange(1, len(rows)) if at is None else at
    old = rows[at]
    period = edit_period(maker, old[1])
    other = {"Ja": "Nei", "Nei": "Ja", "Yes": "No", "No": "Yes"}[old[2]]
    rows[at] = (old[0], period, maker.random.choice([old[2], other]))
    return (Expected(Kind.CHANGED, join_cells(old), join_cells(rows[at])),)


def _change_row_beside_deleted(maker: PolicyMaker, rows: list[tuple[str, ...]]) -> tuple[Expected, ...]:
    at = maker.random.randrange(1, len(rows) - 1)
    gone = at + 1 if maker.random.random() < 0.5 else at
    changed = _change_row(maker, rows, at if gone == at + 1 else at + 1)
    row = rows.pop(gone)
    return (*changed, Expected(Kind.DELETED, old=join_cells(row)))


def move_table(maker: PolicyMaker, section: Section) -> SectionEdit:
    table = maker.make_table()
    after = [maker.make_paragraph() for _ in range(4)]
    section = section.insert_blocks(
        len(section.blocks),
        table,
        *(Paragraph(f"{each.text} {maker.writer.write_sentences(3)}") for each in after),
    )
    place = section.blocks.index(table)
    new = section.replace_block(place).insert_blocks(place + 3, table)
    moved = tuple(Expected(Kind.MOVED, unit, unit, carried=True) for unit in table.units)
    return SectionEdit(section, new, moved)


def _edit_columns(*, added: bool) -> Callable[[PolicyMaker, Section], SectionEdit]:
    def edit(maker: PolicyMaker, section: Section) -> SectionEdit:
        narrow = maker.make_table()
        at = maker.random.randint(1, 3)
        cells = [f"{maker.writer.write_number_word()} {maker.writer.write_modifier()}" for _ in narrow.rows]
        wide = Table(
            tuple((*row[:at], cell, *row[at:]) for row, cell in zip(narrow.rows, cells, strict=True))
        )
        section, place = insert_block_anywhere(maker, section, narrow)
        other = section.replace_block(place, wide)
        pairs = zip(narrow.units, wide.units, strict=True)
        if added:
            return SectionEdit(section, other, tuple(Expected(Kind.CHANGED, *pair) for pair in pairs))
        return SectionEdit(
            other, section, tuple(Expected(Kind.CHANGED, wide, narrow) for narrow, wide in pairs)
        )

    return edit


def delete_term_beside_changed(maker: PolicyMaker, section: Section) -> SectionEdit:
    section, place = insert_block_anywhere(maker, section, maker.make_definitions())
    entries = list(section.blocks[place].entries)
    gone = maker.random.randrange(len(entries) - 1)
    changed = gone + 1
    term, old = entries[changed]
    entries[changed] = (term, edit_one_word(maker, old))
    expected = Expected(Kind.CHANGED, old, entries[changed][1])
    deleted = (Expected(Kind.DELETED, old=text) for text in entries.pop(gone))
    return SectionEdit(
        section, section.replace_block(place, Definitions(tuple(entries))), (expected, *deleted)
    )


LIST_EDITS = {
    "item inserted": _edit_items(_insert_item),
    "item deleted": _edit_items(_delete_item),
    "item changed": _edit_items(_change_item),
    "item moved": _edit_items(_move_item),
    "item grown": _edit_items(_grow_item),
    "item nested": _edit_items(_nest_item),
    "list kind changed": change_list_kind,
    "first number changed": change_first_number,
    "paragraphs to list": turn_paragraphs_into_list,
    "list to paragraphs": turn_list_into_paragraphs,
    "row inserted": _edit_rows(_insert_row),
    "row deleted": _edit_rows(_delete_row),
    "row changed": _edit_rows(_change_row),
    "row changed beside a deleted one": _edit_rows(_change_row_beside_deleted),
    "table moved": move_table,
    "column added": _edit_columns(added=True),
    "column removed": _edit_columns(added=False),
    "term deleted beside a changed one": delete_term_beside_changed,
}
