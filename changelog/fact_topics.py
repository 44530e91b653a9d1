"""What facts are about, as rows for readers: the parts of each topic, as `policy/tables.py` prints them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from policy.fact_models import Facts, Retention, Row, Safeguard
from policy.models import Settings
from policy.placeholders import CodedValue, PlaceholderValue

# The settings that sections may show, in the order of what matters to readers.
SETTINGS = (
    "controller.name",
    "dpo.name",
    "authority.name",
    "controller.email",
    "controller.phone",
    "controller.address",
    "controller.website",
    "dpo.email",
    "dpo.phone",
    "authority.url",
)
# The topics of a row beside its name, by kind, in the order of what matters to readers.
TOPICS = {
    "recipients": ("country", "safeguard", "role"),
    "purposes": ("legal_basis", "interest", "data", "retention", "audience"),
    "categories": (),
    "retention": ("period", "after"),
    "cookies": ("provider", "purpose", "period"),
    "sources": ("kind", "public"),
    "audiences": (),
}
# Topics that are lists of names of other rows.
LISTS = {"data": "categories", "audience": "audiences"}
_CODES = {"country", "role", "legal_basis", "kind", "public"}


class Part(NamedTuple):
    """A value, and the path of the fact that it states: `retention.main.period`."""

    path: str
    value: PlaceholderValue


def list_setting_parts(settings: Settings, path: str) -> list[Part]:
    """Return the value of a setting, if it is stated."""
    group, _, key = path.partition(".")
    value: Any = getattr(getattr(settings, group), key, None)
    return [Part(path, value)] if value else []


def get_name_path(kind: str, row: Row) -> str:
    """Return the path of the name of a row."""
    return f"{kind}.{row.id}.{'what' if isinstance(row, Retention) else 'name'}"


def get_name_part(kind: str, row: Row) -> Part:
    """Return the name of a row."""
    path = get_name_path(kind, row)
    return Part(path, getattr(row, path.rpartition(".")[2]))


def list_fact_paths(kind: str, row: Row, topic: str) -> list[str]:
    """Return the paths of the facts that a topic of a row consists of."""
    keys = ("period", "criteria") if (kind, topic) == ("retention", "period") else (topic,)
    return [f"{kind}.{row.id}.{key}" for key in keys]


def list_topic_parts(facts: Facts, kind: str, row: Row, topic: str) -> list[Part]:
    """Return the parts of a topic of a row that are stated."""
    path = f"{kind}.{row.id}.{topic}"
    if isinstance(row, Retention) and topic == "period":
        return list(_list_period_parts(row, path, f"{kind}.{row.id}.criteria"))
    if topic == "retention" and (referred := find_retention(facts, row)):
        return list(_list_period_parts(referred, path, path))
    return [Part(path, value) for value in _list_values(facts, topic, getattr(row, topic))]


def _list_values(facts: Facts, topic: str, value: Any) -> list[PlaceholderValue]:
    if value is None:
        return []
    if topic in LISTS:
        names = {other.id: other.name for other in getattr(facts, LISTS[topic])}
        return [names.get(row_id, row_id) for row_id in value]
    if isinstance(value, Safeguard):
        # "Other" adds nothing to a text that names the safeguard.
        codes = [] if value.kind == "other" and value.text else [CodedValue(f"kind.{value.kind}")]
        return [*codes, *([value.text] if value.text else [])]
    if topic in _CODES:
        return [CodedValue(f"{topic}.{str(value).lower() if isinstance(value, bool) else value}")]
    return [value]


def find_retention(facts: Facts, purpose: Row) -> Retention | None:
    """Return the row of `retention` that a purpose refers to."""
    row_id = getattr(purpose, "retention", None)
    return next((row for row in facts.retention if row.id == row_id), None)


def _list_period_parts(row: Retention, period_path: str, criteria_path: str) -> Iterator[Part]:
    if row.period:
        yield Part(period_path, row.period)
    if row.criteria:
        yield Part(criteria_path, row.criteria)
