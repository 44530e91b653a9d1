"""The values that placeholders refer to: settings and facts as one flat table.

`{{ controller.email }}` refers to a setting, `{{ retention.account.period }}` to a value of the row with the
id `account` in `facts/retention.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from policy.durations import Duration
from policy.fact_models import Facts, Row
from policy.fields import LocalizedText, Model
from policy.models import Settings

FACT_KINDS = tuple(Facts.model_fields)
_CODE_KEYS = {"legal_basis", "role", "kind", "country"}
# Settings about the site itself, which no text needs to show; the salt is secret.
_EXCLUDED_SETTINGS = {
    "rules",
    "salt",
    "announce",
    "accepted",
    "languages",
    "base_url",
    "brand",
    "allowed_origins",
}


@dataclass(frozen=True, slots=True)
class CodedValue:
    """A code of a closed list with a word in each language: `role.processor`, `country.NO`."""

    key: str


PlaceholderValue: TypeAlias = LocalizedText | Duration | date | CodedValue | str | int | tuple[str, ...]


def collect_placeholder_values(settings: Settings, facts: Facts) -> Mapping[str, PlaceholderValue]:
    """Return each value by the name that a placeholder writes, such as `controller.email`."""
    return dict((*_iter_model_values("", settings), *_iter_model_values("", facts)))


def _iter_model_values(prefix: str, model: Model) -> Iterator[tuple[str, PlaceholderValue]]:
    """Yield the values of a model with their names; rows are named by their ids."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        key = name.rstrip("_")  # `from_` is `from` in the file
        if (name == "id" and isinstance(model, Row)) or (not prefix and name in _EXCLUDED_SETTINGS):
            continue
        yield from _iter_field_values(f"{prefix}{key}", key, value)


def _iter_field_values(path: str, key: str, value: object) -> Iterator[tuple[str, PlaceholderValue]]:
    """Yield the values of one field; flags and missing values have no words."""
    match value:
        case Model():
            yield from _iter_model_values(f"{path}.", value)
        case tuple():
            for row in value:
                if isinstance(row, Row):
                    yield from _iter_model_values(f"{path}.{row.id}.", row)
            # The only list of texts that is written out; ids and channels are for programs.
            if value and key == "former_names":
                yield path, value
        case str() if key in _CODE_KEYS:
            yield path, CodedValue(f"{key}.{value}")
        case bool() | None:
            return
        case LocalizedText() | Duration() | date() | str() | int():
            yield path, value
