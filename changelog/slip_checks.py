"""Rules about slips in changes, such as a mistyped year or a section renamed without an alias."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from changelog.check_context import ChangeCheckContext
from changelog.days import add_duration
from changelog.fact_comparison import list_changed_facts
from changelog.section_ids import find_touched_sections_in_any_language
from changelog.snapshots import Snapshot
from common.messages import Message
from policy.checks.shown_facts import collect_shown_facts, is_fact_shown
from policy.document import RenderedSection
from policy.durations import Duration
from policy.findings import Finding, Location

_LONGEST_NOTICE = Duration("P18M")
_MIN_SIMILARITY = 0.6  # the share of the words of two sections that they have in common
# Facts for settings and rules, which no text shows by themselves.
_UNSHOWN_KINDS = ("announce", "audiences")


def find_far_effective_days(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield notes that take effect so late that the year is likely to be mistyped."""
    for change in context.change_set.changes:
        for name, note in change.notes.items():
            effective = note.effective
            if isinstance(effective, Duration):
                effective = add_duration(change.published, effective)
            if effective and effective > add_duration(change.published, _LONGEST_NOTICE):
                message = Message("the change takes effect on {day}, in more than 18 months", day=effective)
                hint = Message("check the year; readers forget an announcement that is this old")
                yield Finding(context.locate_in_note(name, "effective"), message, hint)


def find_long_letters(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield notes whose letter is so long that Gmail hides the end of it."""
    changes = [change for change in context.change_set.changes if change.notes]
    for locale, size in context.long_letters.items():
        name = next(iter(changes[-1].notes))
        message = Message(
            "the letter in '{locale}' has {count} kB of HTML, and Gmail hides what is over 102 kB",
            locale=locale,
            count=size // 1000,
        )
        hint = Message("shorten the note")
        yield Finding(context.locate_in_note(name, "level"), message, hint)


def find_renamed_sections(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield new sections that have most of the words of one that is gone: links to it no longer work."""
    current_ids = context.policy_context.policy.current_ids
    # A section that only gets another name changes no word, and is no change of the text.
    for before, after in _list_snapshot_pairs(context):
        touched = find_touched_sections_in_any_language(before.documents, after.documents, current_ids)
        for new_id in touched.added:
            old_id = next((id_ for id_ in touched.removed if _is_renamed(before, after, id_, new_id)), None)
            sections = context.policy_context.policy.sections.values()
            paths = [section.path for sections in sections for section in sections if section.id == new_id]
            if old_id and paths:
                message = Message(
                    "the section '{old}' is gone, and '{new}' has its text", old=old_id, new=new_id
                )
                hint = Message(
                    "if it was renamed, add 'aliases: [{old}]' below its title: links to it keep working",
                    old=old_id,
                )
                yield Finding(Location(paths[0]), message, hint)


def _is_renamed(before: Snapshot, after: Snapshot, old_id: str, new_id: str) -> bool:
    """Whether two sections have most of their words in common, in some language."""
    for locale, document in after.documents.items():
        if earlier := before.documents.get(locale):
            old = next((section for section in earlier.sections if section.id == old_id), None)
            new = next((section for section in document.sections if section.id == new_id), None)
            if old and new and _compute_similarity(old, new) >= _MIN_SIMILARITY:
                return True
    return False


def _compute_similarity(first: RenderedSection, second: RenderedSection) -> float:
    """Return the share of the words of two sections that they have in common, from 0 to 1."""
    counts = [Counter(section.text.casefold().split()) for section in (first, second)]
    return 2 * (counts[0] & counts[1]).total() / max(1, counts[0].total() + counts[1].total())


def find_changed_facts_not_shown(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield changed facts that no section shows: the file says something new, and readers do not."""
    for before, after in _list_snapshot_pairs(context):
        changed = list_changed_facts(before.policy, after.policy)
        if not changed:
            continue
        shown = collect_shown_facts(after.policy, after.documents.values())
        shown |= collect_shown_facts(before.policy, before.documents.values())
        hidden: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for path, _, _ in changed:
            kind, row_id, *keys = path.split(".")
            is_internal = kind in _UNSHOWN_KINDS or (kind, *keys) == ("retention", "data")
            if not is_internal and not is_fact_shown(path, shown):
                hidden[kind, row_id].append(path)
        for (kind, row_id), paths in hidden.items():
            message = Message("{facts} changed, but no section shows it", facts=", ".join(paths))
            hint = Message("show it in a section, or take the change back: readers see nothing of it")
            yield Finding(_locate_fact(context, kind, row_id, paths[0]), message, hint)


def _list_snapshot_pairs(context: ChangeCheckContext) -> list[tuple[Snapshot, Snapshot]]:
    """Return the snapshots before and after each change, and those around later changes of facts alone."""
    pairs = [(change.before, change.after) for change in context.change_set.changes]
    newest = context.change_set.newest_snapshot
    last = pairs[-1][1] if pairs else context.change_set.oldest_own_snapshot
    return pairs if last is newest else [*pairs, (last, newest)]


def _locate_fact(context: ChangeCheckContext, kind: str, row_id: str, path: str) -> Location:
    """Return the line of a fact, or of its row or file if it is gone."""
    policy_context = context.policy_context
    steps = path.split(".")
    if not hasattr(policy_context.policy.facts, kind):
        return policy_context.locate_setting(*steps)
    if kind == "rights":
        return policy_context.locate_fact(kind, row_id)
    if row_id in [row.id for row in getattr(policy_context.policy.facts, kind)]:
        return policy_context.locate_row(kind, row_id, steps[2])
    return policy_context.locate_fact(kind)
