"""The texts of change notes: the newest wording of each, with the facts of the revision that has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from changelog.minimum_level import LevelAssessment
from changelog.versions import NoteText
from policy.blocks import Block, TextRun
from policy.document import render_markdown, render_title
from policy.fields import Locale
from policy.localization import format_term
from policy.models import ChangeNote, NoteFile, Policy


@dataclass
class NoteTexts:
    """All notes and explanations up to a revision, by path below `content/`.

    `policies` have the settings and facts under which each was worded: placeholders in a note mean the facts
    of that day. `updates` are the day of that wording, and how many wordings there have been.
    """

    notes: dict[str, NoteFile] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    updates: dict[str, tuple[date, int]] = field(default_factory=dict)

    def add_revision(self, policy: Policy, day: date) -> tuple[str, ...]:
        """Record the wordings of a revision; return the names of the notes that no revision before it had."""
        reread = {name: note for name, note in policy.note_files.items() if self.notes.get(name) is not note}
        new_names = tuple(name for name in reread if name not in self.notes)
        for name, note in reread.items():
            if self.notes.get(name) != note:
                # Only settings and facts fill placeholders: the rest need not stay in memory.
                self.policies[name] = replace(policy, notes={}, explanations={}, sections={})
                _, count = self.updates.get(name, (day, -1))
                self.updates[name] = day, count + 1
        self.notes |= reread
        return new_names

    def find_last_update(self, published: date, names: Iterable[str]) -> tuple[date, int]:
        """Return the last day on which one of some notes was worded, and how many corrections there were."""
        updates = [self.updates[name] for name in names]
        return max((published, *(day for day, _ in updates))), sum(count for _, count in updates)

    def render(
        self, locale: Locale, names: Iterable[str], number: str, assessment: LevelAssessment | None
    ) -> NoteText:
        """Return notes in one language, joined; a standard text as the summary if there are none.

        `number` is that of the version: footnote ids must differ on a page with the notes of all versions.
        """
        names = tuple(names)

        def render_field(key: str) -> tuple[Block, ...]:
            """Return one field of all notes that have it in this language."""
            return tuple(
                block
                for position, name in enumerate(names, start=1)
                for source, policy in self._iter_sources((name,), key, locale)
                for block in render_markdown(source, policy, locale, f"{key}-{number}-{position}")
            )

        standard = "first" if assessment is None else "cosmetic" if assessment.is_cosmetic else "none"
        summary = render_field("summary") or (
            Block("p", runs=(TextRun(format_term(f"note.{standard}", locale)),)),
        )
        return NoteText(
            summary,
            self._render_title(names, locale),
            render_field("action"),
            render_field("reason"),
            render_field("lower_reason"),
        )

    def _render_title(self, names: Iterable[str], locale: Locale) -> str:
        """Return the titles of some notes, that of the highest level first."""
        by_weight = sorted(names, key=lambda name: -_get_weight(self.notes[name]))
        titles = self._iter_sources(by_weight, "title", locale)
        return "; ".join(render_title(source, policy, locale) for source, policy in titles)

    def _iter_sources(self, names: Iterable[str], key: str, locale: Locale) -> Iterator[tuple[str, Policy]]:
        """Yield a text of each note that has it in a language, and the policy under which it was worded."""
        for name in names:
            text = getattr(self.notes[name], key, None)
            if text is not None and not text.is_missing_in(locale):
                yield text.get_text(locale), self.policies[name]


def _get_weight(note: NoteFile) -> int:
    return note.level.weight if isinstance(note, ChangeNote) else -1
