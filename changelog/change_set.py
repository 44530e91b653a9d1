"""A history cut into the changes that `check` judges, each with what stood before it. Pure.

An editor's `check` and CI ask different things, so which changes are judged depends on `base`:

- Without a base every change since the last one that was noted is judged by itself, that one and what is not
  committed included. What lies further back is published, and no edit can mend it.
- With a base all commits since it and what is not committed are one change: text and note may stand in
  different commits of a pull request. What was published is what the base holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from changelog.days import day_in_oslo
from changelog.minimum_level import LevelAssessment, Side, assess_minimum_level
from changelog.redline import map_to_current_ids
from changelog.snapshots import read_snapshots
from policy.document import have_same_text, render_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from changelog.history import Revision
    from changelog.snapshots import Snapshot
    from policy.models import ChangeNote


@dataclass(frozen=True)
class Change:
    """One change: two states, the notes that are new in the later, and the day it is published.

    `commit` is empty for what is not committed, and for all since a base.
    """

    before: Side
    after: Side
    notes: Mapping[str, ChangeNote]
    published: date
    commit: str

    @cached_property
    def assessment(self) -> LevelAssessment:
        """The floor of this change (contract §3)."""
        names = map_to_current_ids(self.after.documents.values(), self.after.policy.aliases)
        return assess_minimum_level(self.before, self.after, names)

    @property
    def has_text_changes(self) -> bool:
        """Whether a reader finds other words or links."""
        return not have_same_text(self.before.documents, self.after.documents)


@dataclass(frozen=True)
class ChangeSet:
    """What is to be judged: the steps, the notes as they were published, and every state on the way."""

    changes: tuple[Change, ...]
    published_notes: Mapping[str, ChangeNote]
    snapshots: tuple[Snapshot, ...]

    @property
    def newest(self) -> Snapshot:
        """The newest state, on the disk or committed."""
        return self.snapshots[-1]


def collect_changes_since_last_note(revisions: Iterable[Revision], today: date) -> ChangeSet:
    """Cut a history, what is not committed last; ContentError where the newest cannot be read."""
    states = tuple(read_snapshots(revisions, []))
    published: dict[str, ChangeNote] = {}
    steps: list[Change] = []
    before: Side | None = None
    for state in states:
        notes = {name: note for name, note in state.policy.notes.items() if name not in published}
        after = side(state)
        if before is None or notes or not have_same_text(before.documents, after.documents):
            if before is not None:
                steps.append(Change(before, after, notes, _published(state, today), state.revision.commit))
            before = after
        if state.revision.commit:
            published.update(notes)
    noted = max((number for number, step in enumerate(steps) if step.notes), default=0)
    return ChangeSet(tuple(steps[noted:]), published, states)


def collect_changes_since_base(
    base: Sequence[Revision], revisions: Sequence[Revision], today: date
) -> ChangeSet:
    """Take all after the last revision that both lines share as one change."""
    shared = {revision.commit for revision in base}
    line = [revision for revision in revisions if revision.commit in shared] or list(base)
    states = tuple(read_snapshots([*line, *revisions[-1:]], []))
    known = states[:-1] or states  # nothing readable before: then nothing has changed since
    published = {name: note for state in reversed(known) for name, note in state.policy.notes.items()}
    now = states[-1]
    notes = {name: note for name, note in now.policy.notes.items() if name not in published}
    return ChangeSet((Change(side(known[-1]), side(now), notes, today, ""),), published, states)


def side(state: Snapshot) -> Side:
    """Give a state as the floor compares it."""
    return Side(state.policy, {code: render_document(state.policy, code) for code in state.policy.languages})


def _published(state: Snapshot, today: date) -> date:
    """Give the day that a state is published: what is not committed could be today."""
    return (day_in_oslo(state.revision.time) if state.revision.commit else None) or today
