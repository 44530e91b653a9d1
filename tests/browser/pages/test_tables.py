"""Tables where they do not fit: rows become cards, and stay tables for screen readers and on paper."""

from __future__ import annotations

import pytest

_PHONE = {"viewport": {"width": 320, "height": 700}}
_DESKTOP = {"viewport": {"width": 1280, "height": 900}}
_TABLES = "versjon/1.0/"
# The label that is drawn before a cell, and where the cell stands.
_CELLS = """[...document.querySelectorAll("tbody tr")].slice(0, 2).map(row => [...row.cells].map(cell => {
  const {left, right} = cell.getBoundingClientRect();
  return [getComputedStyle(cell, "::before").content, left >= 0 && right <= innerWidth];
}))"""
_TOPS = """[...document.querySelectorAll("table")].map(table => {
  const [first, second] = table.tBodies[0].rows[0].cells;
  return [table.rows[0].cells.length, second.getBoundingClientRect().top > first.getBoundingClientRect().top];
})"""


@pytest.mark.parametrize("reader", [_PHONE], indirect=True)
def test_on_a_phone_every_cell_follows_its_label(sites, reader):
    reader.goto(sites["draft"].address + _TABLES)
    rows = reader.evaluate(_CELLS)
    labels = [[label.partition(" /")[0].strip('"') for label, _ in row] for row in rows]
    heads = ["Leverandør", "Land", "Formål", "Lagringstid", "Grunnlag", "Kommentar"]
    assert labels == [["none", *heads]] * 2
    assert all(is_inside for row in rows for _, is_inside in row)
    assert all(is_card for _, is_card in reader.evaluate(_TOPS))


@pytest.mark.parametrize("reader", [_DESKTOP], indirect=True)
def test_on_a_wide_screen_only_tables_with_many_columns_are_cards(sites, reader):
    reader.goto(sites["draft"].address + _TABLES)
    found = reader.evaluate(_TOPS)
    assert {is_card for columns, is_card in found if columns > 4} == {True}
    assert {is_card for columns, is_card in found if columns <= 4} == {False}


@pytest.mark.parametrize("reader", [_PHONE], indirect=True)
def test_screen_readers_get_a_table_with_each_label_once(sites, reader):
    reader.goto(sites["draft"].address + _TABLES)
    spoken = reader.locator("table").first.aria_snapshot()
    assert '- columnheader "Leverandør"' in spoken
    assert '- cell "Post og Partnere AS"' in spoken


@pytest.mark.parametrize("reader", [_PHONE], indirect=True)
def test_on_paper_every_table_is_a_table(sites, reader):
    reader.goto(sites["draft"].address + _TABLES)
    reader.emulate_media(media="print")
    assert not any(is_card for _, is_card in reader.evaluate(_TOPS))
