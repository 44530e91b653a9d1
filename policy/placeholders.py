"""Settings and facts as one flat table of leaves: what a placeholder in a text can name.

`{{ controller.email }}` names a setting, `{{ retention.account.period }}` a row's leaf by the row's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from policy.fact_models import Facts, Row
from policy.fields import Duration, Model, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.models import Settings

KINDS = tuple(Facts.model_fields)
_CODES = {"legal_basis", "role", "kind", "country"}
_NOT_SAID = {"announce", "accepted", "languages", "base_url"}


@dataclass(frozen=True, slots=True)
class Term:
    """A code of a closed list, `role.processor` or `country.NO`, that wording.py has words for."""

    key: str


Leaf: TypeAlias = Text | Duration | date | Term | str | int | tuple[str, ...]


def leaves(settings: Settings, facts: Facts) -> Mapping[str, Leaf]:
    """Give every leaf by the path that a placeholder writes."""
    return _leaves(settings, facts)


@lru_cache(maxsize=8)
def _leaves(settings: Settings, facts: Facts) -> Mapping[str, Leaf]:
    return dict((*_walk("", settings), *_walk("", facts)))


def _walk(prefix: str, model: Model) -> Iterator[tuple[str, Leaf]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        key = name.rstrip("_")
        if (name == "id" and isinstance(model, Row)) or (not prefix and name in _NOT_SAID):
            continue
        yield from _branch(f"{prefix}{key}", key, value)


def _branch(path: str, key: str, value: object) -> Iterator[tuple[str, Leaf]]:
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
            yield path, Term(f"{key}.{value}")
        case bool() | None:
            return
        case Text() | Duration() | date() | str() | int():
            yield path, value
