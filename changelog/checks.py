"""Rules about changes (law.md, Changes): nothing changes silently, and what was published stays published.

What is judged, and against what, is told in changelog/steps.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from changelog.days import add_duration, day_in_oslo
from changelog.redline import find_touched_sections, map_to_current_ids
from changelog.translations import find_stale_confirmed, find_stale_unconfirmed
from common.suggestions import suggest_name
from policy.checks.rule import Rule
from policy.fields import Duration
from policy.findings import Finding, Location, Severity
from policy.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from changelog.change_set import Change, ChangeSet
    from changelog.history import Revision
    from policy.checks.context import PolicyCheckContext
    from policy.models import ChangeNote

_PROMOTION = re.compile(
    r"\b(rabatt\w*|kampanje\w*|avslag på|spesialtilbud|gode tilbud|tilbud på|prøv gratis|bestill (nå|i dag)|"
    r"kjøp nå|kjøp i dag|vinn\b|premie\w*|gå ikke glipp|gavekort|"
    r"discounts?|special offers?|limited offer|coupons?|free trial|buy now|order now|order today|win an?\b|"
    r"prizes?|promo code|sale ends|do ?n.t miss|gift cards?)|\butm_\w+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ChangeCheckContext:
    """What the rules look at: the changes to judge, today's policy with its places, all revisions."""

    change_set: ChangeSet
    now: PolicyCheckContext
    revisions: Sequence[Revision]
    today: date


def find_unnoted_changes(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Refuse new words without a note, unless they are proven to mean the same (contract §3)."""
    for step in changes.change_set.changes:
        if step.has_text_changes and not step.notes and not step.assessment.is_cosmetic:
            names = _touched(step)
            place = _section(changes, names) or Location("content/policy.yaml")
            why = (
                f" (at least {step.assessment.level.value}: {_reasons(step)})"
                if step.assessment.reasons
                else ""
            )
            message = (
                f"{_when(step)} touches {', '.join(names) or 'the text'}, and no note tells readers{why}"
            )
            yield Finding(place, message, "run: build.py note; then write what changed for a reader")


def find_notes_without_changes(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Warn of a note beside which no word changed: text and its note belong in one commit."""
    for step in changes.change_set.changes:
        if not step.has_text_changes:
            for name in step.notes:
                hint = "commit the changed text together with its note, or remove the note"
                yield Finding(Location(f"content/{name}"), "no words change with this note", hint)


def find_commits_from_future(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Warn of a commit dated after today: every later version is published no earlier than it."""
    for revision in changes.revisions:
        day = day_in_oslo(revision.time) if revision.commit else None
        if day and day > changes.today:
            hint = "set the clock right and commit again; what is pushed keeps its date"
            message = f"commit {revision.commit[:12]} is dated {day}, after today"
            yield Finding(Location("content/policy.yaml"), message, hint)


def find_levels_below_minimum(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Refuse a level below that of the facts without a published reason (contract §3)."""
    for step in changes.change_set.changes:
        if not step.notes:
            continue
        name, _ = _weightiest(step.notes.items())
        own = {name: _newest(changes, name, note) for name, note in step.notes.items()}
        said = max(note.level.weight for note in own.values())
        if said < step.assessment.level.weight and not any(note.lower_reason for note in own.values()):
            message = f"the level is below '{step.assessment.level.value}': {_reasons(step)}"
            level = step.assessment.level.value
            hint = f"write 'level: {level}', or say why not in 'lower_reason: {{nb: …, en: …}}'"
            yield Finding(_in_note(changes, name, "level"), message, hint)


def find_short_lead_times(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Refuse a change that takes effect sooner than `lead_days` after its publication."""
    for step in changes.change_set.changes:
        if not step.notes:
            continue
        name, note = _weightiest(step.notes.items())
        lead = getattr(step.after.policy.settings.lead_days, note.level.value)
        first = step.published + timedelta(days=lead)
        effective = max(_effective(other, step.published) for other in step.notes.values())
        if effective < first:
            message = f"a {note.level.value} change needs {lead} days; this takes effect on {effective}"
            hint = f"write 'effective: {first}' or later, or 'effective: P{lead}D'"
            yield Finding(_in_note(changes, name, "effective"), message, hint)


def find_rewritten_notes(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Refuse another level or date in a published note; its wording may be mended."""
    for name, note in changes.change_set.published_notes.items():
        now = changes.now.policy.notes.get(name)
        for key in ("level", "effective"):
            was = getattr(note, key)
            if now is not None and getattr(now, key) != was:
                said = was.iso if isinstance(was, Duration) else was or "nothing"
                message = f"'{key}' of a published note was {said} and may not change"
                hint = f"write '{key}: {said}' again; tell of a new change in a new note"
                yield Finding(_in_note(changes, name, key), message, hint)


def find_deleted_notes(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Refuse to lose a published note."""
    for name in changes.change_set.published_notes:
        if name not in changes.now.policy.notes:
            hint = f"bring it back: git log --all --oneline -- content/{name}, then git checkout"
            yield Finding(Location(f"content/{name}"), "a published note is deleted", hint)


def find_missing_actions(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Refuse a major note that does not say what a reader can do (WP260 ¶30)."""
    for name, note in changes.now.policy.notes.items():
        if note.level is not Level.MINOR and note.action is None:
            message = f"a {note.level.value} change does not say what a reader can do before it takes effect"
            hint = "add 'action: {nb: …, en: …}': object, withdraw, leave, or that nothing need be done"
            yield Finding(_in_note(changes, name, "level"), message, hint)


def find_unknown_audiences(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Find an audience that no row of facts/audiences.yaml has."""
    known = [row.id for row in changes.now.policy.facts.audiences]
    for step in changes.change_set.changes:
        for name, note in step.notes.items():
            for audience in note.affects:
                if audience not in known:
                    message = f"there is no audience '{audience}'"
                    yield Finding(_in_note(changes, name, "affects"), message, suggest_name(audience, known))


def find_promotion_in_notes(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Refuse marketing in a message that people cannot decline (markedsføringsloven § 15; WP260 ¶29)."""
    for passage in changes.now.notes:
        if found := _PROMOTION.search(passage.text):
            hint = "a note tells of the change alone; take the offer out"
            yield Finding(passage.at(found[0]), f"'{found[0]}' reads as promotion", hint)


def find_stale_confirmed_translations(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Find translations whose original has changed since they were confirmed."""
    yield from find_stale_confirmed(changes.change_set, changes.now)


def find_stale_unconfirmed_translations(changes: ChangeCheckContext) -> Iterator[Finding]:
    """Find unconfirmed translations that did not follow a change of their original."""
    yield from find_stale_unconfirmed(changes.change_set, changes.now)


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
RULES: tuple[Rule[ChangeCheckContext], ...] = (
    Rule("unnoted-change", _ERROR, find_unnoted_changes),
    Rule("note-without-change", _WARNING, find_notes_without_changes),
    Rule("commit-from-the-future", _WARNING, find_commits_from_future),
    Rule("level-below-floor", _ERROR, find_levels_below_minimum),
    Rule("lead-too-short", _ERROR, find_short_lead_times),
    Rule("note-rewritten", _ERROR, find_rewritten_notes),
    Rule("note-deleted", _ERROR, find_deleted_notes),
    Rule("action-missing", _ERROR, find_missing_actions),
    Rule("unknown-audience", _ERROR, find_unknown_audiences),
    Rule("promotion-in-note", _ERROR, find_promotion_in_notes),
    Rule("translation-stale", _ERROR, find_stale_confirmed_translations),
    Rule("translation-stale", _WARNING, find_stale_unconfirmed_translations),
)


def run_checks(changes: ChangeCheckContext) -> list[Finding]:
    """Apply every rule about changes."""
    return [finding for rule in RULES for finding in rule.apply(changes)]


def _when(step: Change) -> str:
    return f"commit {step.commit[:12]}" if step.commit else "this change"


def _reasons(step: Change) -> str:
    return ", ".join(map(str, step.assessment.reasons))


def _touched(step: Change) -> list[str]:
    """Name the sections that differ in some language."""
    names: dict[str, None] = {}
    for locale, new in step.after.documents.items():
        if locale in step.before.documents:
            found = find_touched_sections(
                step.before.documents[locale], new, map_to_current_ids([new], step.after.policy.aliases)
            )
            names |= dict.fromkeys((*found.added, *found.removed, *found.changed, *found.moved))
    return list(names)


def _section(changes: ChangeCheckContext, names: Iterable[str]) -> Location | None:
    """Give the file of the first of these sections that still stands."""
    own = {s.id: s for sections in reversed(tuple(changes.now.policy.sections.values())) for s in sections}
    return next((Location(own[name].path, own[name].line) for name in names if name in own), None)


def _weightiest(notes: Iterable[tuple[str, ChangeNote]]) -> tuple[str, ChangeNote]:
    return max(notes, key=lambda item: item[1].level.weight)


def _newest(changes: ChangeCheckContext, name: str, note: ChangeNote) -> ChangeNote:
    return changes.now.policy.notes.get(name, note)


def _effective(note: ChangeNote, published: date) -> date:
    said = note.effective or published
    return add_duration(published, said) if isinstance(said, Duration) else said


def _in_note(changes: ChangeCheckContext, name: str, key: str) -> Location:
    return changes.now.place(f"content/{name}", (key,))
