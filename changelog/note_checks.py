"""Rules about what notes ask for: titles, and what becomes of versions that wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from changelog.change_set import Change
from changelog.check_context import ChangeCheckContext
from common.messages import Message
from policy.checks.rule import Rule
from policy.durations import Duration
from policy.findings import Finding, Severity
from policy.models import ChangeNote, Level

# What a published note may not change: they decide number, level, days and other versions.
UNCHANGEABLE_KEYS = (
    "level",
    "effective",
    "withdraws",
    "changed_sections",
    "brings_forward",
    "also_in_force",
)


def find_missing_titles(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield new major and special notes without a title: the subject of the letter, the heading elsewhere."""
    for change in context.change_set.changes:
        for name, note in change.notes.items():
            if note.level is not Level.MINOR and note.title is None:
                message = Message("a {level} change must have a title", level=note.level.value)
                hint = Message(
                    "add 'title: {texts}'; say what changes, as in the subject of a mail",
                    texts=context.policy_context.text_example,
                )
                yield Finding(context.locate_in_note(name, "level"), message, hint)


def find_note_problems(context: ChangeCheckContext, rule: str) -> Iterator[Finding]:
    """Yield what a note asks for and does not get, as far as a rule is about it."""
    for problem in context.note_problems:
        if problem.rule == rule:
            location = context.locate_in_note(problem.note_name, problem.key)
            yield Finding(location, problem.message, problem.hint)


def format_note_value(value: object) -> str | None:
    """Return the value of a key as an editor writes it; None if the key was not set."""
    match value:
        case Duration():
            return value.iso
        case tuple():
            quoted = ", ".join(f'"{item}"' for item in value)
            return f"[{quoted}]" if value else None
        case bool():
            return "true" if value else None
    return None if value is None else str(value)


def needs_no_lead_time(notes: Iterable[ChangeNote]) -> bool:
    """Whether notes withdraw versions and change nothing besides: people learn that nothing changes."""
    notes = tuple(notes)
    return any(note.withdraws for note in notes) and not any(note.changed_sections for note in notes)


def list_levels_brought_forward(context: ChangeCheckContext, change: Change) -> list[Level]:
    """Return the levels of the versions whose text comes into force with a change, earlier than announced."""
    if not any(note.brings_forward for note in change.notes.values()):
        return []
    log, numbers = context.version_log, context.find_version(change).brings_forward
    return [Level(log.get_version(number).level.value) for number in numbers]


NOTE_RULES: tuple[Rule[ChangeCheckContext], ...] = (
    Rule("title-missing", Severity.ERROR, find_missing_titles),
    *(
        Rule(rule, Severity.ERROR, partial(find_note_problems, rule=rule))
        for rule in (
            "announced-overtaken",
            "not-waiting",
            "withdrawal-incomplete",
            "not-brought-forward",
            "letter-too-narrow",
            "correction-conflict",
            "explanation-misplaced",
        )
    ),
)
