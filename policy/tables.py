"""Renders the facts of one file as the table or list that replaces `{{ table: KIND }}`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from policy.blocks import Block, TextRun
from policy.durations import Duration
from policy.eea import EEA_COUNTRIES
from policy.fact_models import Facts, Purpose, Recipient, Row, Source
from policy.fields import Locale, LocalizedText
from policy.localization import format_term, format_value
from policy.markdown import create_text_runs
from policy.placeholders import CodedValue

CellFormatter: TypeAlias = Callable[[Facts, Row, Locale], str]
GapExplainer: TypeAlias = Callable[[Row], str]

# Between the items of one cell: items may have commas and "and" in them.
_SEPARATOR = "; "
# Why a cell has no value (`terms.cell` of a language): the law asks for it and the policy does not say it,
# the law does not ask for it in this row, or never.
_UNKNOWN, _NOT_APPLICABLE, _NOT_NEEDED, _NOTHING = "unknown", "not_applicable", "not_needed", "nothing"


def _explain_as_unknown(_row: Row) -> str:
    return _UNKNOWN


def _explain_as_nothing(_row: Row) -> str:
    return _NOTHING


def _explain_missing_interest(row: Row) -> str:
    """Return why a purpose has no interest: only one on that legal basis needs one (GDPR Art. 13(1)(d))."""
    assert isinstance(row, Purpose)
    return _UNKNOWN if row.legal_basis in {None, "legitimate_interests"} else _NOT_APPLICABLE


def _explain_missing_safeguard(row: Row) -> str:
    """Return why a recipient has no safeguard: within the EEA none is needed (GDPR Art. 44)."""
    assert isinstance(row, Recipient)
    return _NOT_NEEDED if row.country in EEA_COUNTRIES else _UNKNOWN


def _explain_missing_publicity(row: Row) -> str:
    """Return why a source is not said to be public: the reader is none (GDPR Art. 14(2)(f))."""
    assert isinstance(row, Source)
    return _NOT_APPLICABLE if row.kind == "person" else _UNKNOWN


class Column(NamedTuple):
    """A column of a table: the key of its heading, the text of a cell, and why a cell has none."""

    heading: str
    format_cell: CellFormatter
    explain_gap: GapExplainer = _explain_as_unknown


def _create_value_formatter(key: str) -> CellFormatter:
    """Return a formatter for a plain value of a row."""

    def format_cell(_facts: Facts, row: Row, locale: Locale) -> str:
        value = getattr(row, key)
        return "" if value is None else format_value(value, locale)

    return format_cell


def _create_code_formatter(key: str) -> CellFormatter:
    """Return a formatter for a code of a closed list, or a flag."""

    def format_cell(_facts: Facts, row: Row, locale: Locale) -> str:
        value = getattr(row, key)
        if value is None:
            return ""
        code = str(value).lower() if isinstance(value, bool) else value
        return format_value(CodedValue(f"{key}.{code}"), locale)

    return format_cell


def _create_names_formatter(key: str, kind: str) -> CellFormatter:
    """Return a formatter for the names of rows of another file; their ids if a row is missing."""

    def format_cell(facts: Facts, row: Row, locale: Locale) -> str:
        names = {other.id: other.name for other in getattr(facts, kind)}
        return _SEPARATOR.join(format_value(names.get(i, i), locale) for i in getattr(row, key))

    return format_cell


def _format_retention(_facts: Facts, row: Row, locale: Locale) -> str:
    """Return the period, its criteria, or both."""
    parts = (getattr(row, "period", None), getattr(row, "criteria", None))
    return _SEPARATOR.join(
        format_value(part, locale) for part in parts if isinstance(part, Duration | LocalizedText)
    )


def _format_retention_of_purpose(facts: Facts, row: Row, locale: Locale) -> str:
    name = getattr(row, "retention", None)
    retention = next((row for row in facts.retention if row.id == name), None)
    return _format_retention(facts, retention, locale) if retention else name or ""


def _format_safeguard(_facts: Facts, row: Row, locale: Locale) -> str:
    """Return the kind of a safeguard and the text about it."""
    safeguard = getattr(row, "safeguard", None)
    if safeguard is None:
        return ""
    parts = []
    # "Other" adds nothing to a text that names the safeguard.
    if safeguard.kind != "other" or not safeguard.text:
        parts.append(format_term(f"kind.{safeguard.kind}", locale))
    if safeguard.text:
        parts.append(format_value(safeguard.text, locale))
    return _SEPARATOR.join(parts)


# The columns of each kind of facts, in order. Published tables must not change, so columns may only be added
# for keys that are new.
COLUMNS: dict[str, tuple[Column, ...]] = {
    "purposes": (
        Column("purpose", _create_value_formatter("name")),
        Column("legal_basis", _create_code_formatter("legal_basis")),
        Column("interest", _create_value_formatter("interest"), _explain_missing_interest),
        Column("data", _create_names_formatter("data", "categories")),
        Column("audience", _create_names_formatter("audience", "audiences"), _explain_as_nothing),
        Column("retention", _format_retention_of_purpose),
    ),
    "categories": (Column("name", _create_value_formatter("name")),),
    "retention": (
        Column("what", _create_value_formatter("what")),
        Column("period", _format_retention),
        Column("after", _create_value_formatter("after"), _explain_as_nothing),
    ),
    "recipients": (
        Column("recipient", _create_value_formatter("name")),
        Column("role", _create_code_formatter("role"), _explain_as_nothing),
        Column("country", _create_code_formatter("country")),
        Column("safeguard", _format_safeguard, _explain_missing_safeguard),
    ),
    "cookies": (
        Column("name", _create_value_formatter("name")),
        Column("provider", _create_value_formatter("provider")),
        Column("purpose", _create_value_formatter("purpose")),
        Column("period", _create_value_formatter("period")),
    ),
    "sources": (
        Column("source", _create_value_formatter("name")),
        Column("kind", _create_code_formatter("kind")),
        Column("public", _create_code_formatter("public"), _explain_missing_publicity),
    ),
    "audiences": (Column("name", _create_value_formatter("name")),),
}


# Which facts the columns print: keys of the row, and of the rows that it refers to.
_OWN_KEYS = {kind: tuple(column.heading for column in columns) for kind, columns in COLUMNS.items()}
_OWN_KEYS |= {
    "purposes": ("name", "legal_basis", "interest"),
    "retention": ("what", "period", "criteria", "after"),
    "recipients": ("name", "role", "country", "safeguard"),
    "sources": ("name", "kind", "public"),
}
_REFERENCES = {"purposes": (("data", "categories"), ("audience", "audiences"), ("retention", "retention"))}
_REFERRED_KEYS = {"categories": ("name",), "audiences": ("name",), "retention": ("period", "criteria")}


def list_printed_facts(kind: str, facts: Facts) -> Iterator[str]:
    """Yield the facts that the table of a kind prints, by path: `purposes.newsletter.legal_basis`."""
    if kind == "rights":
        yield from (f"rights.{name}" for name in type(facts.rights).model_fields)
        return
    for row in getattr(facts, kind):
        yield from (f"{kind}.{row.id}.{key}" for key in _OWN_KEYS[kind])
        for key, other_kind in _REFERENCES.get(kind, ()):
            yield f"{kind}.{row.id}.{key}"
            ids = getattr(row, key) or ()
            for row_id in (ids,) if isinstance(ids, str) else ids:
                yield from (f"{other_kind}.{row_id}.{name}" for name in _REFERRED_KEYS[other_kind])


def render_table(kind: str, facts: Facts, locale: Locale) -> tuple[Block, ...]:
    """Return the table of one kind of facts, or a list if only one column has values.

    Columns without any value are left out. There are no blocks if there are no rows.
    """
    if kind == "rights":
        return _render_rights(facts, locale)
    rows: tuple[Row, ...] = getattr(facts, kind)
    used = [column for column in COLUMNS[kind] if any(column.format_cell(facts, row, locale) for row in rows)]
    if not rows:
        return ()
    # An empty cell would look like a mistake, so it says why it has no value.
    cells = [
        [
            column.format_cell(facts, row, locale) or format_term(f"cell.{column.explain_gap(row)}", locale)
            for column in used
        ]
        for row in rows
    ]
    if len(used) == 1:
        return (Block("ul", tuple(Block("li", runs=create_text_runs(cell)) for (cell,) in cells)),)
    return (_build_table([format_term(f"column.{column.heading}", locale) for column in used], cells),)


def _render_rights(facts: Facts, locale: Locale) -> tuple[Block, ...]:
    """Return the table of rights; `rights.yaml` is a mapping, not a list of rows."""
    explanations = {name: getattr(facts.rights, name) for name in type(facts.rights).model_fields}
    rows = [
        [format_term(f"rights.{name}", locale), format_value(how, locale)]
        for name, how in explanations.items()
        if how
    ]
    headings = [format_term("column.right", locale), format_term("column.how", locale)]
    return (_build_table(headings, rows),) if rows else ()


def _build_table(headings: list[str], rows: list[list[str]]) -> Block:
    """Return a table whose first row and first column are headings."""
    head = Block(
        "tr", tuple(Block("th", runs=(TextRun(name),), attrs=(("scope", "col"),)) for name in headings)
    )
    body = tuple(
        Block(
            "tr",
            (
                Block("th", runs=create_text_runs(first), attrs=(("scope", "row"),)),
                *(Block("td", runs=create_text_runs(cell)) for cell in rest),
            ),
        )
        for first, *rest in rows
    )
    return Block("table", (Block("thead", (head,)), Block("tbody", body)))
