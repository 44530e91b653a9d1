"""A correction of the version in force while another one waits (`also_in_force`): one change, made twice.

The change between two revisions is applied to the snapshot of an older version: what the change touches is
replaced, and must have been the same in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from changelog.snapshots import Snapshot
from common.messages import Message
from policy.fact_models import Facts, Rights, Row
from policy.fields import Locale
from policy.models import Policy, Section, Settings
from policy.placeholders import FACT_KINDS
from policy.references import find_broken_references
from policy.yaml_reader import create_empty_tree

# They say nothing to readers of the policy, so the newest apply.
_SETTINGS_WITHOUT_TEXT = ("accepted", "lead_days", "mail", "salt", "show_days")


class CorrectionConflictError(Exception):
    """A change cannot be applied to the version in force; `reason` says what is in the way."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class _Values:
    """One mapping in three states: of the version to correct, and before and after the change."""

    target: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def apply_change(self, name: str) -> dict[str, Any]:
        """Return the target with what changed; raise CorrectionConflictError where it differs before.

        `name` is the path of the values, for the error.
        """
        touched = [
            key
            for key in dict.fromkeys((*self.before, *self.after))
            if self.before.get(key) != self.after.get(key)
        ]
        for key in touched:
            if self.target.get(key) != self.before.get(key):
                raise CorrectionConflictError(
                    Message("{name} already differs between the two versions", name=f"{name}{key}")
                )
        kept = {key: value for key, value in self.target.items() if key not in touched}
        return kept | {key: self.after[key] for key in touched if key in self.after}


def _has_new_order(before: Policy, after: Policy) -> bool:
    """Whether the sections that both policies have stand in another order in some language."""
    for locale in before.languages:
        old = [section.id for section in before.sections.get(locale, ())]
        new = [section.id for section in after.sections.get(locale, ())]
        if [name for name in old if name in new] != [name for name in new if name in old]:
            return True
    return False


def correct_snapshot(target: Snapshot, before: Snapshot, after: Snapshot) -> Snapshot:
    """Return `target` with the change from `before` to `after`.

    Raise CorrectionConflictError if what the change touches was not the same in both before.
    """
    policies = target.policy, before.policy, after.policy
    if missing := [locale for locale in target.policy.languages if locale not in after.policy.languages]:
        names = ", ".join(missing)
        raise CorrectionConflictError(
            Message("the version in force has a language that is gone: {names}", names=names)
        )
    if _has_new_order(before.policy, after.policy):
        raise CorrectionConflictError(Message("the order of sections changes, which is not a correction"))
    settings = _correct_settings(*(policy.settings for policy in policies))
    policy = replace(
        after.policy,
        settings=settings,
        facts=_correct_facts(*(policy.facts for policy in policies)),
        sections={
            locale: _correct_sections(locale, *(policy.sections.get(locale, ()) for policy in policies))
            for locale in settings.languages
        },
    )
    if broken := _find_broken_reference(policy):
        raise CorrectionConflictError(broken)
    return Snapshot(after.commit, after.time, policy)


def _correct_settings(target: Settings, before: Settings, after: Settings) -> Settings:
    values = _Values(_list_fields(target), _list_fields(before), _list_fields(after))
    newest = {name: getattr(after, name) for name in _SETTINGS_WITHOUT_TEXT}
    return target.model_copy(update=values.apply_change("") | newest)


def _list_fields(settings: Settings) -> dict[str, Any]:
    return {
        name: getattr(settings, name)
        for name in type(settings).model_fields
        if name not in _SETTINGS_WITHOUT_TEXT
    }


def _correct_facts(target: Facts, before: Facts, after: Facts) -> Facts:
    """Return the facts with the rows that changed; each of the rights counts as a row."""
    corrected: dict[str, Any] = {}
    for kind in type(target).model_fields:
        old, previous, new = (_index_rows(getattr(facts, kind)) for facts in (target, before, after))
        rows = _Values(old, previous, new).apply_change(f"{kind}.")
        if kind == "rights":
            corrected[kind] = target.rights.model_copy(update=rows)
        else:
            corrected[kind] = tuple(rows[row_id] for row_id in dict.fromkeys((*old, *new)) if row_id in rows)
    return Facts.model_construct(**corrected)


def _index_rows(table: Sequence[Row] | Rights) -> dict[str, object]:
    """Return the rows of a table by id, or the rights by name."""
    if isinstance(table, Rights):
        return {name: getattr(table, name) for name in type(table).model_fields}
    return {row.id: row for row in table}


def _correct_sections(
    locale: Locale, target: Sequence[Section], before: Sequence[Section], after: Sequence[Section]
) -> tuple[Section, ...]:
    """Return the sections of one language; one keeps its place unless the change moves it."""
    sources = [{section.id: section for section in sections} for sections in (target, before, after)]
    texts = _Values(*({name: _get_text(section) for name, section in by_id.items()} for by_id in sources))
    old, previous, new = sources
    corrected = []
    for section_id in texts.apply_change(f"{locale}/"):
        section = new.get(section_id) if _has_changed(section_id, previous, new) else old[section_id]
        assert section
        if section_id in old and section_id in previous and previous[section_id].stem == section.stem:
            section = replace(section, stem=old[section_id].stem, path=old[section_id].path)
        corrected.append(section)
    return tuple(sorted(corrected, key=lambda section: section.sort_key))


def _get_text(section: Section) -> tuple[object, ...]:
    """Return what readers see of a section."""
    return section.title, section.aliases, section.body


def _has_changed(section_id: str, before: Mapping[str, Section], after: Mapping[str, Section]) -> bool:
    old, new = before.get(section_id), after.get(section_id)
    if old is None or new is None:
        return old is not new  # a section that only the version in force still has did not change
    return _get_text(old) != _get_text(new)


def _find_broken_reference(policy: Policy) -> Message | None:
    """Return the problem if a corrected text names a fact that the version in force does not have."""
    paths = [section.path for sections in policy.sections.values() for section in sections]
    paths += [f"content/facts/{kind}.yaml" for kind in FACT_KINDS]
    trees = {path: create_empty_tree(path) for path in paths}
    return next((finding.message for finding in find_broken_references(policy, {}, trees)), None)
