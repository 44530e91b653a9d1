"""What a note or a redaction asks for and does not get.

A build warns of these problems, and `check` reports them as errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from common.messages import Message


@dataclass(frozen=True, slots=True)
class NoteProblem:
    """What a note asks for and does not get: the rule of `check`, the note and its key, and what to do."""

    rule: str
    commit: str
    note_name: str
    key: str
    message: Message
    hint: Message

    def __str__(self) -> str:
        """Return the problem as the text of a warning."""
        origin = f"commit {self.commit[:12]}" if self.commit else "uncommitted"
        return f"{origin}: content/{self.note_name}: {self.message}; {self.hint}"


@dataclass(frozen=True, slots=True)
class RedactionProblem:
    """What is wrong with a row, counted from 1, or 0 for one that was deleted; and what to do."""

    row_number: int
    message: Message
    hint: Message

    def __str__(self) -> str:
        """Return the problem as the text of a warning."""
        row = f"row {self.row_number}: " if self.row_number else ""
        return f"content/redactions.yaml: {row}{self.message}; {self.hint}"


def describe_number_not_waiting(commit: str, name: str, key: str, number: str, known: str) -> NoteProblem:
    """Return the problem that a note names a version that does not wait; `known` lists those that do."""
    hint = (
        Message("name one of these: {numbers}", numbers=known)
        if known
        else Message("remove '{key}'; no announced version is waiting", key=key)
    )
    message = Message("version {number} is not waiting to take effect", number=number)
    return NoteProblem("not-waiting", commit, name, key, message, hint)


def describe_unrestored_text(commit: str, name: str, base: str, section_ids: str) -> NoteProblem:
    """Return the problem that the text of a withdrawal is not that of the version it returns to."""
    message = Message(
        "nothing is withdrawn: {sections} differs from version {number}",
        sections=section_ids,
        number=base,
    )
    hint = Message(
        "restore the text of version {number}, or add 'changed_sections: [{sections}]'",
        number=base,
        sections=section_ids,
    )
    return NoteProblem("withdrawal-incomplete", commit, name, "withdraws", message, hint)


def describe_announced_text(commit: str, name: str, base: str, section_ids: str) -> NoteProblem:
    """Return the problem that a withdrawal would bring announced text into force without lead time."""
    message = Message(
        "nothing is withdrawn: {sections} still has the text that was announced", sections=section_ids
    )
    hint = Message(
        "restore the text of version {number}, and announce the new text in a change of its own", number=base
    )
    return NoteProblem("withdrawal-incomplete", commit, name, "changed_sections", message, hint)


def describe_unchanged_sections(commit: str, name: str, base: str, section_ids: str) -> NoteProblem:
    """Return the problem that a withdrawal names sections that do not change."""
    message = Message("{sections} is not changed since version {number}", sections=section_ids, number=base)
    hint = Message("name only the sections that change, by their ids")
    return NoteProblem("withdrawal-incomplete", commit, name, "changed_sections", message, hint)


def describe_mixed_notes(commit: str, name: str) -> NoteProblem:
    """Return the problem that one commit corrects the text in force and moves announced versions too."""
    message = Message("'also_in_force' in one commit with 'withdraws' or 'brings_forward'")
    hint = Message("make two commits of it, each with its own note")
    return NoteProblem("correction-conflict", commit, name, "also_in_force", message, hint)


def describe_missing_base(commit: str, name: str, number: str) -> NoteProblem:
    """Return the problem that no version was in force before the one that is withdrawn."""
    message = Message("nothing is withdrawn: there is no version before {number}", number=number)
    hint = Message("publish a new version instead")
    return NoteProblem("withdrawal-incomplete", commit, name, "withdraws", message, hint)


def describe_unnamed_versions(commit: str, name: str, number: str, others: str) -> NoteProblem:
    """Return the problem that further versions are withdrawn, since they build on the first."""
    message = Message(
        "version {others} is withdrawn too, since it builds on {number}", others=others, number=number
    )
    hint = Message("add it to 'withdraws', and tell readers so")
    return NoteProblem("withdrawal-incomplete", commit, name, "withdraws", message, hint)


def describe_late_bringing_forward(commit: str, name: str, number: str, day: date) -> NoteProblem:
    """Return the problem that a note does not take effect before the version that it brings forward."""
    message = Message(
        "version {number} takes effect on {day} anyway, no later than this change",
        number=number,
        day=day,
    )
    hint = Message("write an earlier day in 'effective', or remove 'brings_forward'")
    return NoteProblem("not-brought-forward", commit, name, "brings_forward", message, hint)


def describe_overtaking(
    commit: str, name: str, numbers: Sequence[str], day: date, announced: date
) -> NoteProblem:
    """Return the problem that a change would bring the text of announced versions into force too early."""
    message = Message(
        "a change from {day} would bring version {numbers} into force before {announced}, the day announced",
        day=day,
        numbers=", ".join(numbers),
        announced=announced,
    )
    hint = Message(
        "write 'effective: {announced}', or say what you want: 'also_in_force: true', "
        "'brings_forward: [{numbers}]' or 'withdraws: [{numbers}]'",
        announced=announced,
        numbers=", ".join(f'"{number}"' for number in numbers),
    )
    return NoteProblem("announced-overtaken", commit, name, "effective", message, hint)


def describe_narrow_letter(
    commit: str, name: str, number: str, told: Sequence[str], missing: Sequence[str]
) -> NoteProblem:
    """Return the problem that people who were told of a version are not told what becomes of it.

    `missing` are the audiences of `affects` in its note; none if everybody was told.
    """
    audiences = ", ".join(told)
    if missing:
        others = ", ".join(missing)
        message = Message(
            "only {audiences} get the letter, but {others} were told of version {number} too",
            audiences=audiences,
            others=others,
            number=number,
        )
        hint = Message("add {others} to 'affects', or remove 'tell'", others=others)
    else:
        message = Message(
            "only {audiences} get the letter, but everybody was told of version {number}",
            audiences=audiences,
            number=number,
        )
        hint = Message("remove 'tell': those who were told of a version must be told what becomes of it")
    return NoteProblem("letter-too-narrow", commit, name, "tell", message, hint)


def describe_conflict(commit: str, name: str, number: str, newest: str, reason: Message) -> NoteProblem:
    """Return the problem that a correction does not fit the version in force."""
    message = Message(
        "the correction cannot be made in version {number}: {reason}", number=number, reason=reason
    )
    hint = Message(
        "correct only what is the same in both, or remove 'also_in_force' and let it wait for version "
        "{newest}",
        newest=newest,
    )
    return NoteProblem("correction-conflict", commit, name, "also_in_force", message, hint)


def describe_unknown_version(commit: str, name: str, number: str, newest: str) -> NoteProblem:
    """Return the problem that an explanation is of a version that was not published before it."""
    message = Message("there is no version {number} before this explanation", number=number)
    hint = Message("write the number of a published version; the newest is {newest}", newest=newest)
    return NoteProblem("explanation-misplaced", commit, name, "of", message, hint)


def describe_explained_version(commit: str, name: str, number: str, note_name: str) -> NoteProblem:
    """Return the problem that an explanation is of a version that has a note."""
    message = Message("version {number} has a note already", number=number)
    hint = Message("correct the wording in content/{note}, and remove this file", note=note_name)
    return NoteProblem("explanation-misplaced", commit, name, "of", message, hint)
