"""The facts of two policies compared: which appear, are removed, or mean something else.

The minimum level of a change and the fact rows that readers see both come from this comparison.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

from changelog.cosmetic import collect_words_of_names, has_same_meaning
from policy.fact_models import Facts, Row
from policy.fields import Locale, LocalizedText, Model
from policy.models import Policy, Settings

FactsByPath: TypeAlias = "Mapping[str, object]"

_EXACT_PREFIXES = (
    "controller.",
    "dpo.",
    "recipients.",
)  # one other letter may name another person or company


class FactChange(NamedTuple):
    """A fact that appears (`old` is None), is removed (`new` is None) or changes, by its path."""

    path: str
    old: object
    new: object


@dataclass(frozen=True, eq=False)
class FactComparison:
    """All facts of two policies, by path.

    A row that got another id and nothing else has the new id in `old` too; `renamed_rows` maps the old paths
    of such rows to the new ones. A text that is the same in all `languages` must mean the same in each.
    """

    old: FactsByPath
    new: FactsByPath
    renamed_rows: Mapping[str, str]
    languages: Collection[Locale]

    @cached_property
    def changed_paths(self) -> tuple[str, ...]:
        """The paths of facts that appear, are removed, or mean something else."""
        return tuple(
            path
            for path in dict.fromkeys((*self.old, *self.new))
            if not _has_same_meaning(path, self.old.get(path), self.new.get(path), self.languages)
        )

    @property
    def names(self) -> frozenset[str]:
        """The casefolded words in names and addresses of controller, officer, authority and recipients."""
        return _collect_names(self.old) | _collect_names(self.new)


def compare_facts(before: Policy, after: Policy) -> FactComparison:
    """Compare all facts of two policies."""
    old, new = list_facts(before), list_facts(after)
    renamed_rows = _find_renamed_rows(old, new)
    followed = {
        path.replace(get_row_path(path), renamed_rows.get(get_row_path(path), get_row_path(path)), 1): value
        for path, value in old.items()
    }
    return FactComparison(followed, new, renamed_rows, after.languages)


def list_changed_facts(before: Policy, after: Policy) -> list[FactChange]:
    """Return the facts that differ; a row that got another id and nothing else has the new id in both."""
    facts = compare_facts(before, after)
    return [FactChange(path, facts.old.get(path), facts.new.get(path)) for path in facts.changed_paths]


def get_row_path(path: str) -> str:
    """Return the path of a fact's row: `recipients.host` for `recipients.host.country`. A right is a row."""
    return ".".join(path.split(".")[:2])


def list_facts(policy: Policy) -> FactsByPath:
    """Return all facts that are compared, by path; a fact that is not stated has no path."""
    return _list_facts(policy.settings, policy.facts)


@lru_cache(maxsize=64)
def _list_facts(settings: Settings, facts: Facts) -> FactsByPath:
    """Return all facts. The cache needs no invalidation: its key is the complete input."""
    by_path: dict[str, object] = {}
    for name in ("controller", "dpo", "authority", "announce"):
        by_path.update(_flatten_facts(name, getattr(settings, name)))
    for kind in type(facts).model_fields:
        by_path.update(_flatten_facts(kind, getattr(facts, kind)))
    # Former names are for rules of `check`; readers never see them.
    by_path.pop("controller.former_names", None)
    return by_path


def _flatten_facts(path: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield the facts below a value, path and value; rows go by their id, not by their place."""
    match value:
        case Model():
            for name in type(value).model_fields:
                if name != "id":
                    yield from _flatten_facts(f"{path}.{name}", getattr(value, name))
        case tuple() if value and isinstance(value[0], Row):
            for row in value:
                yield from _flatten_facts(f"{path}.{row.id}", row)
        case None | ():
            return
        case _:
            # The order of a list says nothing to a reader.
            yield path, frozenset(value) if isinstance(value, tuple) else value


def _find_renamed_rows(old: FactsByPath, new: FactsByPath) -> Mapping[str, str]:
    """Return the new path for the old one of each row that changed in nothing but its id."""
    removed = {get_row_path(path) for path in old} - {get_row_path(path) for path in new}
    added = {get_row_path(path) for path in new} - {get_row_path(path) for path in old}
    return {
        old_row: new_row
        for old_row in sorted(removed)
        for new_row in sorted(added)
        if old_row.split(".")[0] == new_row.split(".")[0] != "rights"
        and _select_facts_of_row(old, old_row) == _select_facts_of_row(new, new_row)
    }


def _select_facts_of_row(facts: FactsByPath, row: str) -> FactsByPath:
    """Return the facts of one row, by paths below it."""
    return {path.removeprefix(row): value for path, value in facts.items() if get_row_path(path) == row}


def _has_same_meaning(path: str, old: object, new: object, languages: Collection[Locale]) -> bool:
    """Whether a fact means the same: its words may be corrected, unless they name a person or company.

    A text that is the same in all `languages` must mean the same in each of them.
    """
    if old == new:
        return True
    if (
        not isinstance(old, LocalizedText)
        or not isinstance(new, LocalizedText)
        or path.startswith(_EXACT_PREFIXES)
    ):
        return False
    return all(
        has_same_meaning(old.get_text(locale), new.get_text(locale), locale)
        for locale in dict(old.by_locale) | dict(new.by_locale) or languages
    )


def _collect_names(facts: FactsByPath) -> frozenset[str]:
    """Return the words in names and addresses of controller, officer, authority and recipients."""
    named = (
        value
        for path, value in facts.items()
        if path.startswith(("controller.", "dpo.", "authority."))
        or (path.startswith("recipients.") and path.endswith(".name"))
    )
    return collect_words_of_names(text for value in named for text in _list_wordings(value))


def _list_wordings(value: object) -> Iterator[str]:
    """Yield the texts of a fact in every language."""
    if isinstance(value, LocalizedText):
        yield value.common
        yield from (text for _, text in value.by_locale)
    elif isinstance(value, str):
        yield value
