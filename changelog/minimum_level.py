"""The minimum level of a change, which the facts before and after it require, and the reasons.

docs/reference/history.md has the table of facts that make a change major.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from changelog.cosmetic import collect_words_of_names, has_same_meaning, is_cosmetic
from changelog.kind_of_change import KindOfChange, find_kind_of_change
from changelog.snapshots import Snapshot
from common.messages import Message
from policy.durations import Duration
from policy.fact_models import Facts, Row
from policy.fields import Locale, LocalizedText, Model
from policy.models import Level, Policy

FactsByPath: TypeAlias = "Mapping[str, object]"

_EXACT_PREFIXES = (
    "controller.",
    "dpo.",
    "recipients.",
)  # one other letter may name another person or company
_IDENTITY_PREFIXES = ("controller.name", "controller.address", "controller.email", "dpo.")
_ROW_PREFIXES = ("purposes.", "categories.", "recipients.", "rights.")  # of tables where every key counts


class LevelAssessment(NamedTuple):
    """The minimum level of a change, the reasons for it, and what of the text changes.

    `is_cosmetic` tells that the change is proven to change no meaning; `kind` is None if no text changes. The
    level is None where nothing can be assessed: the policy has no facts before and after the change. A
    reason is a clause about a fact that makes the change major, by the path that a placeholder uses:
    `retention.main.period grows from P2Y to P3Y`.
    """

    level: Level | None
    reasons: tuple[Message, ...]
    is_cosmetic: bool
    kind: KindOfChange | None

    @property
    def kind_to_tell(self) -> KindOfChange | None:
        """The kind, if readers are told that nothing but links or form changed; no fact may say otherwise."""
        is_told = self.level is not Level.MAJOR and self.kind is not KindOfChange.WORDS
        return self.kind if is_told else None


def assess_minimum_level(
    before: Snapshot, after: Snapshot, current_ids: Mapping[str, str]
) -> LevelAssessment:
    """Compare two snapshots; `current_ids` maps each former section id to the one used today."""
    new = _list_facts(after.policy)
    old = _follow_renamed_rows(_list_facts(before.policy), new)
    languages = after.policy.languages
    reasons = tuple(_find_reasons(old, new, languages))
    has_changed_facts = any(True for _ in _find_changed_facts(old, new, languages))
    cosmetic = not has_changed_facts and is_cosmetic(
        before.documents, after.documents, current_ids, _collect_names(old) | _collect_names(new)
    )
    # Settings alone, which every policy has, say nothing about what is done with data.
    has_facts = any(snapshot.policy.facts != Facts() for snapshot in (before, after))
    level = Level.MAJOR if reasons else Level.MINOR if has_facts else None
    kind = find_kind_of_change(before.documents, after.documents, current_ids)
    return LevelAssessment(level, reasons, cosmetic, kind)


class FactChange(NamedTuple):
    """A fact that appears (`old` is None), is removed (`new` is None) or changes, by its path."""

    path: str
    old: object
    new: object


def list_changed_facts(before: Policy, after: Policy) -> list[FactChange]:
    """Return the facts that differ; a row that got another id and nothing else has the new id in both."""
    new = _list_facts(after)
    old = _follow_renamed_rows(_list_facts(before), new)
    return [
        FactChange(path, old.get(path), new.get(path))
        for path in _find_changed_facts(old, new, after.languages)
    ]


def _list_facts(policy: Policy) -> FactsByPath:
    """Return all facts that are compared, by path; a fact that is not stated has no path."""
    facts: dict[str, object] = {}
    for name in ("controller", "dpo", "authority", "announce"):
        facts.update(_flatten_facts(name, getattr(policy.settings, name)))
    for kind in type(policy.facts).model_fields:
        facts.update(_flatten_facts(kind, getattr(policy.facts, kind)))
    # Former names are for rules of `check`; readers never see them.
    facts.pop("controller.former_names", None)
    return facts


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


def _get_row_path(path: str) -> str:
    """Return the path of a fact's row: `recipients.host` for `recipients.host.country`. A right is a row."""
    return ".".join(path.split(".")[:2])


def _follow_renamed_rows(old: FactsByPath, new: FactsByPath) -> FactsByPath:
    """Return the old facts with the new id of each row that changed in nothing but its id."""
    removed = {_get_row_path(path) for path in old} - {_get_row_path(path) for path in new}
    added = {_get_row_path(path) for path in new} - {_get_row_path(path) for path in old}
    renamed = {
        old_row: new_row
        for old_row in removed
        for new_row in added
        if old_row.split(".")[0] == new_row.split(".")[0] != "rights"
        and _select_facts_of_row(old, old_row) == _select_facts_of_row(new, new_row)
    }
    return {
        path.replace(_get_row_path(path), renamed.get(_get_row_path(path), _get_row_path(path)), 1): value
        for path, value in old.items()
    }


def _select_facts_of_row(facts: FactsByPath, row: str) -> FactsByPath:
    """Return the facts of one row, by paths below it."""
    return {path.removeprefix(row): value for path, value in facts.items() if _get_row_path(path) == row}


def _find_changed_facts(old: FactsByPath, new: FactsByPath, languages: Collection[Locale]) -> Iterator[str]:
    """Yield the paths of facts that appear, are removed, or mean something else."""
    for path in dict.fromkeys((*old, *new)):
        if not _has_same_meaning(path, old.get(path), new.get(path), languages):
            yield path


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


def _find_reasons(old: FactsByPath, new: FactsByPath, languages: Collection[Locale]) -> Iterator[Message]:
    """Yield a reason for each fact that makes the change major; a new row is one reason in all."""
    old_rows = {_get_row_path(path) for path in old}
    new_rows: set[str] = set()
    for path in _find_changed_facts(old, new, languages):
        row = _get_row_path(path)
        if row not in old_rows and path.startswith(_ROW_PREFIXES):
            if row not in new_rows:
                new_rows.add(row)
                yield Message("{fact} appears", fact=row)
        elif reason := _describe_major_change(path, old, new):
            yield reason


def _describe_major_change(path: str, old: FactsByPath, new: FactsByPath) -> Message | None:
    """Return what happened to a fact if that makes the change major, else None."""
    old_value, new_value = old.get(path), new.get(path)
    is_row_removed = not any(_get_row_path(other) == _get_row_path(path) for other in new)
    if path.startswith((*_IDENTITY_PREFIXES, "rights.")):
        return _describe_difference(path, old_value, new_value)
    if path.startswith("announce."):
        lost = _list_values(old_value) - _list_values(new_value)
        channels = ", ".join(sorted(lost))
        return Message("{fact} loses {channels}", fact=path, channels=channels) if lost else None
    if is_row_removed:
        return None
    if path.startswith("purposes.") and path.endswith(".retention"):
        return _describe_longer_period(path, _find_period(old_value, old), _find_period(new_value, new))
    if path.startswith("retention."):
        return _describe_longer_retention(path, old_value, new_value)
    return _describe_difference(path, old_value, new_value) if path.startswith(_ROW_PREFIXES) else None


def _describe_difference(path: str, old: object, new: object) -> Message:
    """Return whether a fact appears, is removed or changes."""
    if old is None:
        return Message("{fact} appears", fact=path)
    return Message("{fact} is removed", fact=path) if new is None else Message("{fact} changes", fact=path)


def _list_values(value: object) -> frozenset[str]:
    """Return the values of a list as strings; nothing for a fact that is not stated."""
    return frozenset(map(str, value)) if isinstance(value, frozenset) else frozenset()


def _describe_longer_retention(path: str, old: object, new: object) -> Message | None:
    """Return how a row of `retention` allows longer storage, else None."""
    if path.endswith(".period"):
        return _describe_longer_period(path, old, new)
    if path.endswith(".criteria") and old is not None and new:
        return Message("{fact} changes and may allow longer storage", fact=path)
    return None


def _find_period(retention_id: object, facts: FactsByPath) -> object:
    """Return the period of a row of `retention`, or None."""
    return facts.get(f"retention.{retention_id}.period")


def _describe_longer_period(path: str, old: object, new: object) -> Message | None:
    """Return how a period grows, else None; one that is no longer stated has no end."""
    if not isinstance(old, Duration):
        return None
    if not isinstance(new, Duration):
        return Message("{fact} is no longer limited", fact=path)
    if new.days <= old.days:
        return None
    return Message("{fact} grows from {old} to {new}", fact=path, old=old.iso, new=new.iso)


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
