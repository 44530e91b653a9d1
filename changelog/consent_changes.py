"""Purposes that rest on consent and change: what people agreed to is not what happens any more.

A letter is no consent. EDPB Guidelines 05/2020 ¶110: if the processing changes considerably, the consent is
no longer valid, and a new one is needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from changelog.change_set import Change
from changelog.check_context import ChangeCheckContext
from changelog.fact_comparison import FactChange, list_changed_facts
from common.messages import Message
from policy.durations import Duration
from policy.fact_models import Purpose
from policy.findings import Finding

_CONSENT = "consent"


def find_changed_consents(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield each purpose that rests on consent and covers more or something else after a change."""
    current_ids = {purpose.id for purpose in context.policy_context.policy.facts.purposes}
    for change in context.change_set.changes:
        for purpose_id, paths in _iter_changed_consents(change):
            if purpose_id in current_ids:
                message = Message(
                    "the purpose '{id}' rests on consent, and what people agreed to changes: {facts}",
                    id=purpose_id,
                    facts=", ".join(paths),
                )
                hint = Message(
                    "ask everybody again before it takes effect, and leave out those who do not agree: "
                    "a letter is no consent (EDPB 05/2020, paragraph 110)"
                )
                yield Finding(context.policy_context.locate_row("purposes", purpose_id), message, hint)


def _iter_changed_consents(change: Change) -> Iterator[tuple[str, list[str]]]:
    """Yield the id of each purpose that its consent no longer covers, and the paths of the changed facts."""
    old = {purpose.id: purpose for purpose in change.before.policy.facts.purposes}
    changed_facts = list_changed_facts(change.before.policy, change.after.policy)
    for purpose in change.after.policy.facts.purposes:
        before = old.get(purpose.id)
        if before is None or _CONSENT not in {before.legal_basis, purpose.legal_basis}:
            continue
        paths = [fact.path for fact in changed_facts if _belongs_to(fact, purpose) and not _is_narrower(fact)]
        if paths:
            yield purpose.id, paths


def _belongs_to(fact: FactChange, purpose: Purpose) -> bool:
    """Whether a fact says what is done for a purpose: its own row, or one that it refers to."""
    kind, row_id = fact.path.split(".")[:2]
    return (
        (kind == "purposes" and row_id == purpose.id)
        or (kind == "categories" and row_id in purpose.data and fact.old is not None)
        or (kind == "retention" and row_id == purpose.retention and fact.old is not None)
    )


def _is_narrower(fact: FactChange) -> bool:
    """Whether people agreed to more than what is left: fewer data, fewer people, a shorter period."""
    if isinstance(fact.old, frozenset):
        return not fact.new or (isinstance(fact.new, frozenset) and fact.new <= fact.old)
    if isinstance(fact.old, Duration):
        return isinstance(fact.new, Duration) and fact.new.days <= fact.old.days
    return False
