"""Whether a translation still follows the first language (law.md, Two languages): this needs history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changelog.cosmetic import has_same_meaning
from changelog.redline import compute_redline, map_to_current_ids
from changelog.redline_text import format_changed_lines
from policy.blocks import render_prose
from policy.document import compute_fingerprint, render_document
from policy.findings import Finding, Location
from policy.markdown import parse_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changelog.change_set import Change, ChangeSet
    from changelog.snapshots import Snapshot
    from policy.checks.context import PolicyCheckContext
    from policy.fields import Locale
    from policy.models import Policy, Section

_LONGEST = 400  # characters of a redline in a message


def find_stale_confirmed(course: ChangeSet, now: PolicyCheckContext) -> Iterator[Finding]:
    """Find translations whose original has changed since somebody confirmed them."""
    for first, other in pair_translations(now.policy):
        if other.translates and other.translates != compute_fingerprint(first):
            known = _when(course, first, other.translates)
            shown = f": {_redline(known, course.newest, first.id)}" if known else ""
            message = f"{first.path} has changed since this was confirmed{shown}"
            yield Finding(_location(now, other), message, _hint(first, other))


def find_stale_unconfirmed(course: ChangeSet, now: PolicyCheckContext) -> Iterator[Finding]:
    """Find translations that nobody ever confirmed and that did not follow a change of their original."""
    for first, other in pair_translations(now.policy):
        if not other.translates and any(_left_behind(step, first, other) for step in course.changes):
            message = f"{first.path} changes, and this translation of it does not"
            yield Finding(_location(now, other), message, _hint(first, other))


def _location(now: PolicyCheckContext, translation: Section) -> Location:
    lines = enumerate(now.lines(translation.path), start=1)
    return Location(translation.path, next((n for n, text in lines if text.startswith("translates:")), 1))


def _hint(first: Section, translation: Section) -> str:
    mark = compute_fingerprint(first)
    return f"check it, then write 'translates: {mark}' in its front matter: build.py confirm {translation.id}"


def pair_translations(policy: Policy) -> Iterator[tuple[Section, Section]]:
    """Give each section of the first language with each translation of it."""
    own = {section.id: section for section in policy.sections[policy.languages[0]]}
    for locale in policy.languages[1:]:
        for section in policy.sections[locale]:
            if section.id in own:
                yield own[section.id], section


def _when(course: ChangeSet, first: Section, mark: str) -> Snapshot | None:
    """Find the newest state in which the section had the words that were confirmed."""
    names = {first.id, *first.aliases}
    for state in reversed(course.snapshots):
        own = state.policy.sections[state.policy.languages[0]]
        if any(section.id in names and compute_fingerprint(section) == mark for section in own):
            return state
    return None


def _redline(then: Snapshot, now: Snapshot, name: str) -> str:
    locale = now.policy.languages[0]
    old, new = render_document(then.policy, locale), render_document(now.policy, locale)
    found = compute_redline(old, new, map_to_current_ids([new], now.policy.aliases))
    lines = (line for change in found if change.section.id == name for line in format_changed_lines(change))
    text = " / ".join(lines)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _left_behind(step: Change, first: Section, other: Section) -> bool:
    """Whether a change gave the first language another meaning and left the translation's words."""
    locale = step.after.policy.languages[0]
    was, is_now = _own(step.before.policy, locale, first.id), _own(step.after.policy, locale, first.id)
    code = other.path.split("/")[1]
    before, after = _own(step.before.policy, code, other.id), _own(step.after.policy, code, other.id)
    if not (was and is_now and before and after) or compute_fingerprint(was) == compute_fingerprint(is_now):
        return False
    same = has_same_meaning(_prose(was), _prose(is_now), locale)
    return compute_fingerprint(before) == compute_fingerprint(after) and not same


def _own(policy: Policy, locale: Locale, name: str) -> Section | None:
    return next((section for section in policy.sections.get(locale, ()) if section.id == name), None)


def _prose(section: Section) -> str:
    return f"{section.title}\n{render_prose(parse_markdown(section.body))}"
