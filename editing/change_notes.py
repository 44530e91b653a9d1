"""A change note laid out, ready to be filled in (contract §6, `note`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from changelog.change_set import collect_changes_since_last_note
from changelog.history import read_working_tree
from changelog.redline import find_touched_sections, map_to_current_ids
from editing.checking import append_working_tree, read_committed
from policy.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from changelog.change_set import Change
    from changelog.minimum_level import LevelAssessment
    from policy.fields import Locale
    from policy.models import Settings


@dataclass(frozen=True)
class PendingChange:
    """What is changed and not noted: its floor, the titles of the sections it touches by id, the settings."""

    assessment: LevelAssessment
    touched: dict[str, str]
    settings: Settings


def find_pending_change(source: Path, today: date) -> PendingChange | None:
    """Find what is changed since the last note; nothing where every change is noted."""
    steps = collect_changes_since_last_note(
        append_working_tree(read_committed(source), read_working_tree(source, today)), today
    ).changes
    open_ones = [step for step in steps if not step.notes and step.has_text_changes]
    if not open_ones:
        return None
    whole = _joined(open_ones)
    return PendingChange(whole.assessment, _touched(whole), whole.after.policy.settings)


def _joined(steps: list[Change]) -> Change:
    first, last = steps[0], steps[-1]
    return type(last)(first.before, last.after, {}, last.published, last.commit)


def _touched(step: Change) -> dict[str, str]:
    names: dict[str, str] = {}
    renamed = step.after.policy.aliases
    for locale, new in step.after.documents.items():
        old = step.before.documents.get(locale)
        titles = {part.id: part.title for text in (old, new) if text for part in text.sections}
        found = find_touched_sections(old, new, map_to_current_ids([new], renamed)) if old else None
        for name in (*found.added, *found.changed, *found.moved, *found.removed) if found else ():
            names.setdefault(name, titles.get(name, name))
    return names


def write_note(source: Path, what: PendingChange, level: Level, today: date) -> str:
    """Write the note into content/changes/ under a name of its own, and give its path below `source`."""
    folder = source / "content" / "changes"
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{today}-{next(iter(what.touched), 'endring')}"
    taken = {path.stem for path in folder.iterdir()}
    name = next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if name not in taken)
    (folder / f"{name}.yaml").write_text("\n".join(_lines(what, level, today)) + "\n", encoding="utf-8")
    return f"content/changes/{name}.yaml"


def _lines(what: PendingChange, level: Level, today: date) -> Iterator[str]:
    yield f"# Touched: {', '.join(f'{title} ({name})' for name, title in what.touched.items())}"
    if what.assessment.reasons:
        yield f"# At least {what.assessment.level.value}, by the facts:"
        yield from (f"#   {reason}" for reason in what.assessment.reasons)
    yield "# See it with: build.py diff. Write for a reader: what is new for them, in a sentence or two."
    yield f"level: {level.value}"
    lead = getattr(what.settings.lead_days, level.value)
    if level is not Level.MINOR or lead:
        yield f"effective: P{lead}D  # from publication: {today + timedelta(days=lead)} if that is today"
    yield from _texts("summary", what.settings.languages)
    if level is not Level.MINOR:
        yield "# What a reader can do before that day; say so if nothing need be done."
        yield from _texts("action", what.settings.languages)
    if level.weight < what.assessment.level.weight:
        yield "# Published: why this is no larger change, though the facts say so."
        yield from _texts("lower_reason", what.settings.languages)


def _texts(key: str, languages: tuple[Locale, ...]) -> Iterator[str]:
    """Lay out a text with nothing in it: reading refuses it until it is written."""
    yield f"{key}:"
    yield from (f"  {locale}:" for locale in languages)
