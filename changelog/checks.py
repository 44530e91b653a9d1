"""Rules about changes: nothing changes silently, and what is published stays published.

The changes to check are collected by changelog/change_set.py; docs/reference/checks.md describes each rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from changelog import commit_checks, consent_changes, slip_checks, translations, weighty_sentences
from changelog.change_set import Change
from changelog.check_context import ChangeCheckContext
from changelog.days import add_duration, get_day_in_oslo
from changelog.language_order import find_reordered_languages, list_languages_by_age
from changelog.note_checks import (
    NOTE_RULES,
    UNCHANGEABLE_KEYS,
    format_note_value,
    list_levels_brought_forward,
    needs_no_lead_time,
)
from common.messages import Message
from common.suggestions import suggest_name
from policy.checks import RULES as POLICY_RULES
from policy.checks.context import find_phrase
from policy.checks.rule import Rule
from policy.durations import Duration
from policy.findings import Finding, Location, Severity
from policy.models import ChangeNote, Level

# The parameters that newsletters put into links.
_TRACKING_PARAMETER = re.compile(r"\butm_\w+", re.IGNORECASE)


def find_unnoted_changes(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield changes of the text without a change note, unless they are cosmetic or explained later."""
    for change in context.change_set.changes:
        if change.has_text_changes and not change.notes and not change.assessment.is_cosmetic:
            if context.is_explained(change):
                continue
            ids = _list_touched_ids(change)
            location = _locate_first_section(context, ids) or Location("content/policy.yaml")
            hint = Message("run: build.py note; then describe the change for readers")
            yield Finding(location, _describe_unnoted_change(change, ids), hint)


def _describe_unnoted_change(change: Change, ids: Sequence[str]) -> Message:
    """Return which sections changed, in which commit, and the minimum level if the facts set one."""
    subject = ", ".join(ids) or Message("the text")
    if change.commit:
        commit = change.commit[:12]
        message = Message(
            "{sections} changed in commit {commit} without a change note", sections=subject, commit=commit
        )
    else:
        message = Message("{sections} changed without a change note", sections=subject)
    level, reasons = change.assessment.level, change.assessment.reasons
    if level is None:
        return Message("{message} (level not assessed: the policy has no facts)", message=message)
    if not reasons:
        return message
    return Message(
        "{message} (level at least {level}: {reasons})", message=message, level=level.value, reasons=reasons
    )


def find_notes_without_changes(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield new notes without a changed word: a text and its note belong in one commit."""
    for change in context.change_set.changes:
        # If a commit has the text without the note, rules of their own say so.
        if not change.has_text_changes and not commit_checks.list_unnoted_steps(context):
            for name in change.notes:
                message = Message("no text changed together with this note")
                hint = Message("commit the changed text together with its note, or remove the note")
                yield Finding(Location(f"content/{name}"), message, hint)


def find_commits_from_future(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield commits dated after today: no later version can be published before that day."""
    for revision in context.revisions:
        day = get_day_in_oslo(revision.time) if revision.commit else None
        if day and day > context.today:
            hint = Message("correct the clock and commit again; once pushed, a commit keeps its date")
            commit = revision.commit[:12]
            message = Message(
                "commit {commit} is dated {day}, which is in the future", commit=commit, day=day
            )
            yield Finding(Location("content/policy.yaml"), message, hint)


def find_levels_below_minimum(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield notes with a lower level than the facts require and without a published reason."""
    for change in context.change_set.changes:
        if not change.notes:
            continue
        name, _ = _find_highest_level(change.notes)
        # A later commit may already have added the reason.
        newest = {name: _find_newest_note(context, name, note) for name, note in change.notes.items()}
        stated = max((note.level for note in newest.values()), key=lambda level: level.weight)
        assessment = context.get_assessment(change)
        minimum = assessment.level
        if (
            minimum
            and stated.weight < minimum.weight
            and not any(note.lower_reason for note in newest.values())
        ):
            message = Message(
                "the level '{stated}' is below '{minimum}': {reasons}",
                stated=stated.value,
                minimum=minimum.value,
                reasons=assessment.reasons,
            )
            hint = Message(
                "write 'level: {minimum}', or give the reason in 'lower_reason: {texts}'",
                minimum=minimum.value,
                texts=context.policy_context.text_example,
            )
            yield Finding(context.locate_in_note(name, "level"), message, hint)


def find_short_lead_times(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield changes that take effect sooner than `lead_days` after their publication.

    A withdrawal needs no time, and what is brought forward needs that of its own level.
    """
    for change in context.change_set.changes:
        if not change.notes or needs_no_lead_time(change.notes.values()):
            continue
        name, note = _find_highest_level(change.notes)
        level = max((note.level, *list_levels_brought_forward(context, change)), key=lambda one: one.weight)
        lead = getattr(change.after.policy.settings.lead_days, level.value)
        earliest = change.published + timedelta(days=lead)
        # Several notes of one change: readers are told the latest of their days.
        effective = max(_resolve_effective_day(other, change.published) for other in change.notes.values())
        if effective < earliest:
            message = Message(
                "a {level} change must be announced {count} days ahead; this one takes effect on {day}",
                level=level.value,
                count=lead,
                day=effective,
            )
            hint = Message(
                "write 'effective: {day}' or later, or 'effective: P{count}D'", day=earliest, count=lead
            )
            yield Finding(context.locate_in_note(name, "effective"), message, hint)


def find_rewritten_notes(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield published notes whose level or day was edited; their wording may be corrected."""
    for name, published in context.change_set.published_notes.items():
        note = context.policy_context.policy.notes.get(name)
        for key in UNCHANGEABLE_KEYS:
            published_value = getattr(published, key)
            if note is not None and getattr(note, key) != published_value:
                value = format_note_value(published_value)
                message, hint = _describe_rewriting(key, value)
                yield Finding(context.locate_in_note(name, key), message, hint)


def _describe_rewriting(key: str, value: object) -> tuple[Message, Message]:
    """Return message and hint for a key of a published note that was changed; `value` may be None."""
    if value is None:
        return (
            Message("'{key}' of a published note must not change; it was not set", key=key),
            Message("remove '{key}' again, and describe a new change in a new note", key=key),
        )
    return (
        Message("'{key}' of a published note must not change; it was {value}", key=key, value=value),
        Message(
            "write '{key}: {value}' again, and describe a new change in a new note", key=key, value=value
        ),
    )


def find_deleted_notes(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield published notes that were deleted."""
    for name in context.change_set.published_notes:
        if name not in context.policy_context.policy.notes:
            path = f"content/{name}"
            hint = Message(
                "restore it from a commit that has it: git log --all --oneline -- {path}, "
                "then git checkout COMMIT -- {path}",
                path=path,
            )
            yield Finding(Location(path), Message("a published note was deleted"), hint)


def find_missing_actions(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield major and special notes that do not say what readers can do (WP260 rev.01, paragraph 30)."""
    for name, note in context.policy_context.policy.notes.items():
        if name in context.change_set.imported_notes:
            continue
        if note.level is not Level.MINOR and note.action is None:
            message = Message(
                "a {level} change must say what readers can do before it takes effect", level=note.level.value
            )
            hint = Message(
                "add 'action: {texts}'; say how to object, withdraw or leave, "
                "or that nothing needs to be done",
                texts=context.policy_context.text_example,
            )
            yield Finding(context.locate_in_note(name, "level"), message, hint)


def find_unknown_audiences(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield notes that affect an audience which has no row in facts/audiences.yaml."""
    known_ids = [row.id for row in context.policy_context.policy.facts.audiences]
    for change in context.change_set.changes:
        for name, note in change.notes.items():
            for audience in note.affects:
                if audience not in known_ids:
                    location = context.locate_in_note(name, "affects")
                    message = Message("unknown audience '{id}'", id=audience)
                    yield Finding(location, message, suggest_name(audience, known_ids))


def find_promotion_in_notes(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield marketing in messages nobody can opt out of (markedsføringsloven § 15; WP260, paragraph 29)."""
    for passage in context.policy_context.note_passages:
        promotion = (find_phrase("promotion", sentence, passage.locale) for sentence in passage.sentences)
        if found := next(filter(None, promotion), None) or _TRACKING_PARAMETER.search(passage.text):
            message = Message("'{words}' reads like promotion", words=found[0])
            hint = Message("a note is about the change alone; remove the offer")
            yield Finding(passage.locate(found[0]), message, hint)


def find_stale_confirmed_translations(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield translations whose original has changed since they were confirmed."""
    yield from translations.find_stale_confirmed_translations(context.change_set, context.policy_context)


def find_stale_unconfirmed_translations(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield unconfirmed translations that did not follow a change of their original."""
    yield from translations.find_stale_unconfirmed_translations(context.change_set, context.policy_context)


def find_languages_in_another_order(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield the languages of policy.yaml if they are in another order than they were published in."""
    by_age = list_languages_by_age(snapshot.policy.languages for snapshot in context.change_set.snapshots)
    location = context.policy_context.locate_key("content/policy.yaml", ("languages",))
    finding = find_reordered_languages(context.policy_context.policy.languages, by_age, location)
    if finding:
        yield finding


def find_unknown_accepted_rules(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield the entries of `accepted` in policy.yaml whose rule does not exist: they accept nothing."""
    known_ids = sorted({*(rule.id for rule in POLICY_RULES), *(rule.id for rule in RULES)})
    for position, entry in enumerate(context.policy_context.policy.settings.accepted):
        if entry.rule not in known_ids:
            location = context.policy_context.locate_key(
                "content/policy.yaml", ("accepted", position, "rule")
            )
            message = Message("there is no rule '{id}', so this accepts nothing", id=entry.rule)
            yield Finding(location, message, suggest_name(entry.rule, known_ids))


def find_invalid_adoption(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield an `adopted` that is not in the first revision after the imported ones, or that was changed."""
    if problem := context.change_set.adoption.problem:
        yield Finding(context.policy_context.locate_key("content/policy.yaml", ("adopted",)), *problem)


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


def find_redactions_not_applied(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield rows that do not fit the text of their version."""
    for problem in context.redaction_problems:
        if problem.row_number:
            path = (problem.row_number - 1,)
            location = context.policy_context.locate_key("content/redactions.yaml", path)
            yield Finding(location, problem.message, problem.hint)
    if version := context.redacted_current_version:
        number = version.number
        message = Message(
            "version {number} is the newest or in force, and has these words still", number=number
        )
        hint = Message("take the words out of the text first, as an ordinary change")
        yield Finding(Location("content/redactions.yaml"), message, hint)


def find_deleted_redactions(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield rows that were deleted: what they removed stays removed."""
    for problem in context.redaction_problems:
        if not problem.row_number:
            yield Finding(Location("content/redactions.yaml"), problem.message, problem.hint)


RULES: tuple[Rule[ChangeCheckContext], ...] = (
    Rule("unnoted-change", _ERROR, find_unnoted_changes),
    Rule("note-without-change", _WARNING, find_notes_without_changes),
    Rule("commit-from-the-future", _WARNING, find_commits_from_future),
    Rule("level-below-minimum", _ERROR, find_levels_below_minimum),
    Rule("lead-too-short", _ERROR, find_short_lead_times),
    Rule("note-rewritten", _ERROR, find_rewritten_notes),
    Rule("note-deleted", _ERROR, find_deleted_notes),
    Rule("action-missing", _ERROR, find_missing_actions),
    *NOTE_RULES,
    Rule("unknown-audience", _ERROR, find_unknown_audiences),
    Rule("promotion-in-note", _ERROR, find_promotion_in_notes),
    Rule("adoption-invalid", _ERROR, find_invalid_adoption),
    Rule("languages-reordered", _ERROR, find_languages_in_another_order),
    Rule("translation-stale", _ERROR, find_stale_confirmed_translations),
    Rule("translation-stale", _WARNING, find_stale_unconfirmed_translations),
    Rule("note-not-committed", _ERROR, commit_checks.find_texts_committed_without_note),
    Rule("note-in-another-commit", _WARNING, commit_checks.find_notes_in_another_commit),
    Rule("file-not-added", _WARNING, commit_checks.find_files_not_added),
    Rule("file-ignored", _ERROR, commit_checks.find_ignored_files),
    Rule("file-in-conflict", _ERROR, commit_checks.find_files_in_conflict),
    Rule("note-name-taken", _ERROR, commit_checks.find_notes_with_taken_names),
    Rule("effective-far-away", _WARNING, slip_checks.find_far_effective_days),
    Rule("letter-too-long", _WARNING, slip_checks.find_long_letters),
    Rule("section-renamed", _WARNING, slip_checks.find_renamed_sections),
    Rule("changed-fact-not-shown", _WARNING, slip_checks.find_changed_facts_not_shown),
    Rule("unknown-rule", _WARNING, find_unknown_accepted_rules),
    Rule("weighty-sentence", _WARNING, weighty_sentences.find_weighty_sentences),
    Rule("consent-changed", _WARNING, consent_changes.find_changed_consents),
    Rule("redaction-not-applied", _ERROR, find_redactions_not_applied),
    Rule("redaction-deleted", _WARNING, find_deleted_redactions),
)


def check_changes(context: ChangeCheckContext) -> list[Finding]:
    """Return the findings of every rule about changes."""
    return [finding for rule in RULES for finding in rule.apply(context)]


def _list_touched_ids(change: Change) -> list[str]:
    """Return the ids of all touched sections, each once."""
    touched = change.touched_sections
    return list(dict.fromkeys((*touched.added, *touched.removed, *touched.changed, *touched.moved)))


def _locate_first_section(context: ChangeCheckContext, ids: Sequence[str]) -> Location | None:
    """Return the file of the first of these sections that still exists, in the first language that has it."""
    languages = reversed(tuple(context.policy_context.policy.sections.values()))
    sections = {section.id: section for language in languages for section in language}
    return next((Location(sections[id_].path, sections[id_].line) for id_ in ids if id_ in sections), None)


def _find_highest_level(notes: Mapping[str, ChangeNote]) -> tuple[str, ChangeNote]:
    """Return the name and the note with the highest level."""
    return max(notes.items(), key=lambda item: item[1].level.weight)


def _find_newest_note(context: ChangeCheckContext, name: str, note: ChangeNote) -> ChangeNote:
    """Return the wording of a note in the newest policy."""
    return context.policy_context.policy.notes.get(name, note)


def _resolve_effective_day(note: ChangeNote, published: date) -> date:
    """Return the day a note states, or the day of publication."""
    effective = note.effective or published
    return add_duration(published, effective) if isinstance(effective, Duration) else effective
