"""A file of facts as the table or list that a reader sees for `{{ table: KIND }}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from policy.blocks import Block, Run
from policy.fields import Duration, Text
from policy.localization import enumerated, say, term
from policy.markdown import inline
from policy.placeholders import Term

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
        return "" if value is None else say(value, locale)

    return cell


def _code(key: str) -> Cell:
    def cell(_facts: Facts, row: Row, locale: Locale) -> str:
        value = getattr(row, key)
        return (
            ""
            if value is None
            else say(Term(f"{key}.{str(value).lower() if key == 'public' else value}"), locale)
        )

    return cell


def _named(key: str, kind: str) -> Cell:
    """Say rows of another kind by their names; where that kind has no file, by their ids."""

    def cell(facts: Facts, row: Row, locale: Locale) -> str:
        names = {other.id: other.name for other in getattr(facts, kind)}
        return enumerated([say(names.get(i, i), locale) for i in getattr(row, key)], locale)

    return cell


def _kept(_facts: Facts, row: Row, locale: Locale) -> str:
    parts = (getattr(row, "period", None), getattr(row, "criteria", None))
    return "; ".join(say(part, locale) for part in parts if isinstance(part, Duration | Text))


def _kept_for(facts: Facts, row: Row, locale: Locale) -> str:
    name = getattr(row, "retention", None)
    kept = next((other for other in facts.retention if other.id == name), None)
    return _kept(facts, kept, locale) if kept else name or ""


def _safeguard(_facts: Facts, row: Row, locale: Locale) -> str:
    safeguard = getattr(row, "safeguard", None)
    if safeguard is None:
        return ""
    said = [term(f"kind.{safeguard.kind}", locale)] if safeguard.kind != "other" or not safeguard.text else []
    return "; ".join([*said, *([say(safeguard.text, locale)] if safeguard.text else [])])


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
        return (Block("ul", tuple(Block("li", runs=inline(row[used[0]])) for row in cells)),)
    headings = [term(f"column.{_COLUMNS[kind][number].heading}", locale) for number in used]
    unknown = term("cell.unknown", locale)
    return (_grid(headings, [[row[number] or unknown for number in used] for row in cells]),)


def _rights(facts: Facts, locale: Locale) -> tuple[Block, ...]:
    said = {name: getattr(facts.rights, name) for name in type(facts.rights).model_fields}
    rows = [[term(f"rights.{name}", locale), say(how, locale)] for name, how in said.items() if how]
    headings = [term("column.right", locale), term("column.how", locale)]
    return (_grid(headings, rows),) if rows else ()


def _grid(headings: list[str], rows: list[list[str]]) -> Block:
    head = Block("tr", tuple(Block("th", runs=(Run(name),), attrs=(("scope", "col"),)) for name in headings))
    body = tuple(
        Block(
            "tr",
            (
                Block("th", runs=inline(first), attrs=(("scope", "row"),)),
                *(Block("td", runs=inline(cell)) for cell in rest),
            ),
        )
        for first, *rest in rows
    )
    return Block("table", (Block("thead", (head,)), Block("tbody", body)))
