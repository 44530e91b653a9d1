"""Stale translations: those that do not follow a change of the first language.

Whether one is stale depends on history: `translates:` in its front matter has the fingerprint of the original
that an editor confirmed, and without it the changes that `check` looks at decide.
"""

from __future__ import annotations

from collections.abc import Iterator

from changelog.change_set import Change, ChangeSet
from changelog.cosmetic import has_same_meaning
from changelog.redline import compute_redline
from changelog.redline_helpers import HelperWords
from changelog.redline_text import format_changed_lines
from changelog.section_ids import map_to_current_ids
from changelog.snapshots import Snapshot
from common.messages import Message
from policy.blocks import render_prose
from policy.checks.context import PolicyCheckContext
from policy.document import compute_section_fingerprint
from policy.fields import Locale
from policy.findings import Finding, Location
from policy.markdown import parse_markdown
from policy.models import Policy, Section

_MAX_REDLINE = 400  # characters in a message
# A message is translated when it is printed, so its redline has signs that need no translation.
_SIGNS = HelperWords(
    link_changed="[{old} → {new}]", link_added="[→ {new}]", link_removed="[{old} →]", moved_here="[↷]"
)


def find_stale_confirmed_translations(
    change_set: ChangeSet, context: PolicyCheckContext
) -> Iterator[Finding]:
    """Yield translations whose original has changed since they were confirmed, with the redline if known."""
    for original, translation in context.policy.iter_translations():
        if translation.translates and translation.translates != compute_section_fingerprint(original):
            confirmed = _find_confirmed_snapshot(change_set, original, translation.translates)
            redline = _format_redline(confirmed, change_set.newest_snapshot, original.id) if confirmed else ""
            message = Message("{path} has changed since this translation was confirmed", path=original.path)
            if redline:
                message = Message("{message}: {redline}", message=message, redline=redline)
            yield Finding(
                _locate_confirmation(context, translation),
                message,
                _suggest_confirming(original, translation),
            )


def find_stale_unconfirmed_translations(
    change_set: ChangeSet, context: PolicyCheckContext
) -> Iterator[Finding]:
    """Yield translations that were never confirmed and stayed the same when their original changed."""
    for original, translation in context.policy.iter_translations():
        if not translation.translates and any(
            _makes_translation_stale(change, original, translation) for change in change_set.changes
        ):
            message = Message("{path} changed, but this translation did not", path=original.path)
            yield Finding(
                _locate_confirmation(context, translation),
                message,
                _suggest_confirming(original, translation),
            )


def _locate_confirmation(context: PolicyCheckContext, translation: Section) -> Location:
    """Return the line of `translates:`, or the first one."""
    lines = enumerate(context.split_lines(translation.path), start=1)
    return Location(translation.path, next((n for n, text in lines if text.startswith("translates:")), 1))


def _suggest_confirming(original: Section, translation: Section) -> Message:
    return Message(
        "update the translation, then run: build.py confirm {id}; it writes 'translates: {fingerprint}'",
        id=translation.id,
        fingerprint=compute_section_fingerprint(original),
    )


def _find_confirmed_snapshot(change_set: ChangeSet, original: Section, fingerprint: str) -> Snapshot | None:
    """Return the newest snapshot in which the original has this fingerprint."""
    ids = {original.id, *original.aliases}
    for snapshot in reversed(change_set.snapshots):
        sections = snapshot.policy.sections[snapshot.policy.languages[0]]
        if any(
            section.id in ids and compute_section_fingerprint(section) == fingerprint for section in sections
        ):
            return snapshot
    return None


def _format_redline(before: Snapshot, after: Snapshot, section_id: str) -> str:
    """Return the changed lines of a section in the first language, cut to the length of a message."""
    locale = after.policy.languages[0]
    old, new = before.documents.get(locale), after.documents[locale]
    if old is None:
        return ""  # the first language was another one then
    redlines = compute_redline(old, new, map_to_current_ids([new], after.policy.current_ids))
    lines = (
        line
        for redline in redlines
        if redline.section.id == section_id
        for line in format_changed_lines(redline, _SIGNS)
    )
    text = " / ".join(lines)
    return text if len(text) <= _MAX_REDLINE else f"{text[:_MAX_REDLINE]}…"


def _makes_translation_stale(change: Change, original: Section, translation: Section) -> bool:
    """Whether a change gives the original another meaning and leaves the words of the translation."""
    before, after = change.before.policy, change.after.policy
    first = after.languages[0]
    other = translation.path.split("/")[1]  # content/en/01-storage.md
    old, new = _find_section(before, first, original.id), _find_section(after, first, original.id)
    old_translation = _find_section(before, other, translation.id)
    new_translation = _find_section(after, other, translation.id)
    if not (old and new and old_translation and new_translation):
        return False
    if compute_section_fingerprint(old) == compute_section_fingerprint(new):
        return False
    is_unchanged = compute_section_fingerprint(old_translation) == compute_section_fingerprint(
        new_translation
    )
    return is_unchanged and not has_same_meaning(_extract_prose(old), _extract_prose(new), first)


def _find_section(policy: Policy, locale: Locale, section_id: str) -> Section | None:
    return next((section for section in policy.sections.get(locale, ()) if section.id == section_id), None)


def _extract_prose(section: Section) -> str:
    return f"{section.title}\n{render_prose(parse_markdown(section.body, section.id, section.locale))}"
