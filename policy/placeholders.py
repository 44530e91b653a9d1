"""Settings and facts as one flat table of leaves: what a placeholder in a text can name.

`{{ controller.email }}` names a setting, `{{ retention.account.period }}` a row's leaf by the row's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from policy.fact_models import Facts, Row
from policy.fields import Duration, LocalizedText, Model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.models import Settings

FACT_KINDS = tuple(Facts.model_fields)
_CODES = {"legal_basis", "role", "kind", "country"}
_NOT_SAID = {"announce", "accepted", "languages", "base_url"}


@dataclass(frozen=True, slots=True)
class CodedValue:
    """A code of a closed list, `role.processor` or `country.NO`, that wording.py has words for."""

    key: str


PlaceholderValue: TypeAlias = LocalizedText | Duration | date | CodedValue | str | int | tuple[str, ...]


def list_placeholder_values(settings: Settings, facts: Facts) -> Mapping[str, PlaceholderValue]:
    """Give every leaf by the path that a placeholder writes."""
    return _leaves(settings, facts)


@lru_cache(maxsize=8)
def _leaves(settings: Settings, facts: Facts) -> Mapping[str, PlaceholderValue]:
    return dict((*_walk("", settings), *_walk("", facts)))


def _walk(prefix: str, model: Model) -> Iterator[tuple[str, PlaceholderValue]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        key = name.rstrip("_")
        if (name == "id" and isinstance(model, Row)) or (not prefix and name in _NOT_SAID):
            continue
        yield from _branch(f"{prefix}{key}", key, value)


def _branch(path: str, key: str, value: object) -> Iterator[tuple[str, PlaceholderValue]]:
    match value:
        case Model():
            yield from _walk(f"{path}.", value)
        case tuple():
            for row in value:
                if isinstance(row, Row):
                    yield from _walk(f"{path}.{row.id}.", row)
            if value and key == "former_names":
                yield path, value
        case str() if key in _CODES:
            yield path, CodedValue(f"{key}.{value}")
        case bool() | None:
            return
        case LocalizedText() | Duration() | date() | str() | int():
            yield path, value
