"""The minimum level of a change, which the facts before and after it require, and the reasons.

docs/reference/history.md has the table of facts that make a change major.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from changelog.cosmetic import is_cosmetic
from changelog.fact_comparison import FactComparison, FactsByPath, compare_facts, get_row_path
from changelog.kind_of_change import KindOfChange, find_kind_of_change
from changelog.snapshots import Snapshot
from common.messages import Message
from policy.document import Document
from policy.durations import Duration
from policy.fact_models import Facts
from policy.fields import Locale
from policy.models import Level

_IDENTITY_PREFIXES = ("controller.name", "controller.address", "controller.email", "dpo.")
_ROW_PREFIXES = ("purposes.", "categories.", "recipients.", "rights.")  # of tables where every key counts


@dataclass(frozen=True, eq=False)
class LevelAssessment:
    """The minimum level of a change, the reasons for it, and what of the text changes.

    The level is None where nothing can be assessed: the policy has no facts before and after the change. A
    reason is a clause about a fact that makes the change major, by the path that a placeholder uses:
    `retention.main.period grows from P2Y to P3Y`. The texts are compared when it is first asked for: few
    versions need it, and a spelling is looked up in a lexicon that takes longer to load than a policy.
    """

    level: Level | None
    reasons: tuple[Message, ...]
    _documents: tuple[Mapping[Locale, Document], Mapping[Locale, Document]]  # before and after
    _current_ids: Mapping[str, str]
    _facts: FactComparison

    @cached_property
    def is_cosmetic(self) -> bool:
        """Whether the change is proven to change no meaning."""
        if self._facts.changed_paths:
            return False
        return is_cosmetic(*self._documents, self._current_ids, self._facts.names)

    @cached_property
    def kind(self) -> KindOfChange | None:
        """What of the text differs; None if nothing does."""
        return find_kind_of_change(*self._documents, self._current_ids)

    @property
    def kind_to_tell(self) -> KindOfChange | None:
        """The kind, if readers are told that nothing but links or form changed; no fact may say otherwise."""
        is_told = self.level is not Level.MAJOR and self.kind is not KindOfChange.WORDS
        return self.kind if is_told else None


def assess_minimum_level(
    before: Snapshot, after: Snapshot, current_ids: Mapping[str, str]
) -> LevelAssessment:
    """Compare two snapshots; `current_ids` maps each former section id to the one used today."""
    facts = compare_facts(before.policy, after.policy)
    reasons = tuple(_find_reasons(facts))
    # Settings alone, which every policy has, say nothing about what is done with data.
    has_facts = any(snapshot.policy.facts != Facts() for snapshot in (before, after))
    level = Level.MAJOR if reasons else Level.MINOR if has_facts else None
    documents = before.documents, after.documents
    return LevelAssessment(level, reasons, documents, current_ids, facts)


def _find_reasons(facts: FactComparison) -> Iterator[Message]:
    """Yield a reason for each fact that makes the change major; a new row is one reason in all."""
    old, new = facts.old, facts.new
    old_rows = {get_row_path(path) for path in old}
    new_rows: set[str] = set()
    for path in facts.changed_paths:
        row = get_row_path(path)
        if row not in old_rows and path.startswith(_ROW_PREFIXES):
            if row not in new_rows:
                new_rows.add(row)
                yield Message("{fact} appears", fact=row)
        elif reason := _describe_major_change(path, old, new):
            yield reason


def _describe_major_change(path: str, old: FactsByPath, new: FactsByPath) -> Message | None:
    """Return what happened to a fact if that makes the change major, else None."""
    old_value, new_value = old.get(path), new.get(path)
    is_row_removed = not any(get_row_path(other) == get_row_path(path) for other in new)
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
