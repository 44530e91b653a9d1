"""A file of facts as the table or list that a reader sees for `{{ table: KIND }}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from policy.blocks import Block, TextRun
from policy.fields import Duration, LocalizedText
from policy.localization import format_enumeration, format_term, format_value
from policy.markdown import make_text_runs
from policy.placeholders import CodedValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from policy.fact_models import Facts, Row
    from policy.fields import Locale

    Cell = Callable[[Facts, Row, Locale], str]


class Column(NamedTuple):
    """A column of a table: the key of its heading, and what stands in it."""

    heading: str
    cell: Cell


def _words(key: str) -> Cell:
    def cell(_facts: Facts, row: Row, locale: Locale) -> str:
        value = getattr(row, key)
        return "" if value is None else format_value(value, locale)

    return cell


def _code(key: str) -> Cell:
    def cell(_facts: Facts, row: Row, locale: Locale) -> str:
        value = getattr(row, key)
        return (
            ""
            if value is None
            else format_value(CodedValue(f"{key}.{str(value).lower() if key == 'public' else value}"), locale)
        )

    return cell


def _named(key: str, kind: str) -> Cell:
    """Say rows of another kind by their names; where that kind has no file, by their ids."""

    def cell(facts: Facts, row: Row, locale: Locale) -> str:
        names = {other.id: other.name for other in getattr(facts, kind)}
        return format_enumeration([format_value(names.get(i, i), locale) for i in getattr(row, key)], locale)

    return cell


def _kept(_facts: Facts, row: Row, locale: Locale) -> str:
    parts = (getattr(row, "period", None), getattr(row, "criteria", None))
    return "; ".join(
        format_value(part, locale) for part in parts if isinstance(part, Duration | LocalizedText)
    )


def _kept_for(facts: Facts, row: Row, locale: Locale) -> str:
    name = getattr(row, "retention", None)
    kept = next((other for other in facts.retention if other.id == name), None)
    return _kept(facts, kept, locale) if kept else name or ""


def _safeguard(_facts: Facts, row: Row, locale: Locale) -> str:
    safeguard = getattr(row, "safeguard", None)
    if safeguard is None:
        return ""
    said = (
        [format_term(f"kind.{safeguard.kind}", locale)]
        if safeguard.kind != "other" or not safeguard.text
        else []
    )
    return "; ".join([*said, *([format_value(safeguard.text, locale)] if safeguard.text else [])])


_COLUMNS: dict[str, tuple[Column, ...]] = {
    "purposes": (
        Column("purpose", _words("name")),
        Column("legal_basis", _code("legal_basis")),
        Column("interest", _words("interest")),
        Column("data", _named("data", "categories")),
        Column("audience", _named("audience", "audiences")),
        Column("retention", _kept_for),
    ),
    "categories": (Column("name", _words("name")),),
    "retention": (Column("what", _words("what")), Column("period", _kept), Column("after", _words("after"))),
    "recipients": (
        Column("recipient", _words("name")),
        Column("role", _code("role")),
        Column("country", _code("country")),
        Column("safeguard", _safeguard),
    ),
    "cookies": (
        Column("name", _words("name")),
        Column("provider", _words("provider")),
        Column("purpose", _words("purpose")),
        Column("period", _words("period")),
    ),
    "sources": (
        Column("source", _words("name")),
        Column("kind", _code("kind")),
        Column("public", _code("public")),
    ),
    "audiences": (Column("name", _words("name")),),
}


def table(kind: str, facts: Facts, locale: Locale) -> tuple[Block, ...]:
    """Make the table of one kind, a plain list where it has one column; nothing where there are no rows."""
    if kind == "rights":
        return _rights(facts, locale)
    rows: Iterable[Row] = getattr(facts, kind)
    cells = [[column.cell(facts, row, locale) for column in _COLUMNS[kind]] for row in rows]
    used = [number for number in range(len(_COLUMNS[kind])) if any(row[number] for row in cells)]
    if not cells:
        return ()
    if len(used) == 1:
        return (Block("ul", tuple(Block("li", runs=make_text_runs(row[used[0]])) for row in cells)),)
    headings = [format_term(f"column.{_COLUMNS[kind][number].heading}", locale) for number in used]
    unknown = format_term("cell.unknown", locale)
    return (_grid(headings, [[row[number] or unknown for number in used] for row in cells]),)


def _rights(facts: Facts, locale: Locale) -> tuple[Block, ...]:
    said = {name: getattr(facts.rights, name) for name in type(facts.rights).model_fields}
    rows = [
        [format_term(f"rights.{name}", locale), format_value(how, locale)]
        for name, how in said.items()
        if how
    ]
    headings = [format_term("column.right", locale), format_term("column.how", locale)]
    return (_grid(headings, rows),) if rows else ()


def _grid(headings: list[str], rows: list[list[str]]) -> Block:
    head = Block(
        "tr", tuple(Block("th", runs=(TextRun(name),), attrs=(("scope", "col"),)) for name in headings)
    )
    body = tuple(
        Block(
            "tr",
            (
                Block("th", runs=make_text_runs(first), attrs=(("scope", "row"),)),
                *(Block("td", runs=make_text_runs(cell)) for cell in rest),
            ),
        )
        for first, *rest in rows
    )
    return Block("table", (Block("thead", (head,)), Block("tbody", body)))
