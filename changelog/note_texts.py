"""The texts of change notes: the newest wording of each, with the facts of the revision that has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from changelog.minimum_level import LevelAssessment
from changelog.versions import NoteText
from policy.blocks import Block, TextRun
from policy.document import render_markdown, render_title
from policy.fields import Locale
from policy.localization import format_term
from policy.models import ChangeNote, NoteFile, Policy


class Wording(NamedTuple):
    """A note as it is worded in a revision.

    `policy` has the settings and facts of that revision: placeholders in a note mean the facts of the day on
    which it was worded, which is `day`. `correction_count` is the number of earlier wordings.
    """

    note: NoteFile
    policy: Policy
    day: date
    correction_count: int


@dataclass
class NoteTexts:
    """The wording of all notes and explanations up to a revision, by path below `content/`."""

    wordings: dict[str, Wording] = field(default_factory=dict)

    def add_revision(self, policy: Policy, day: date) -> Mapping[str, Wording]:
        """Record the wordings of a revision; return those that no revision before it had."""
        changed: dict[str, Wording] = {}
        for name, note in policy.note_files.items():
            known = self.wordings.get(name)
            if known and known.note is note:
                continue
            if known and known.note == note:
                self.wordings[name] = known._replace(note=note)
                continue
            # Only settings and facts fill placeholders: the rest need not stay in memory.
            facts = replace(policy, notes={}, explanations={}, sections={})
            changed[name] = Wording(note, facts, day, known.correction_count + 1 if known else 0)
        self.apply_wordings(changed)
        return changed

    def apply_wordings(self, wordings: Mapping[str, Wording]) -> None:
        """Replace the wordings of some notes."""
        self.wordings.update(wordings)

    def find_last_update(self, published: date, names: Iterable[str]) -> tuple[date, int]:
        """Return the last day on which one of some notes was worded, and how many corrections there were."""
        wordings = [self.wordings[name] for name in names]
        last_day = max((published, *(wording.day for wording in wordings)))
        return last_day, sum(wording.correction_count for wording in wordings)

    def render(
        self, locale: Locale, names: Iterable[str], number: str, assessment: LevelAssessment | None
    ) -> NoteText:
        """Return notes in one language, joined; a standard text if they have no summary, or there are none.

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

        def render_standard_text() -> tuple[Block, ...]:
            name = _choose_standard_text(assessment, has_notes=bool(names))
            return (Block("p", runs=(TextRun(format_term(f"note.{name}", locale)),)),)

        return NoteText(
            render_field("summary") or render_standard_text(),
            self._render_title(names, locale),
            render_field("action"),
            render_field("reason"),
            render_field("lower_reason"),
        )

    def _render_title(self, names: Iterable[str], locale: Locale) -> str:
        """Return the titles of some notes, that of the highest level first."""
        by_weight = sorted(names, key=lambda name: -_get_weight(self.wordings[name].note))
        titles = self._iter_sources(by_weight, "title", locale)
        return "; ".join(render_title(source, policy, locale) for source, policy in titles)

    def _iter_sources(self, names: Iterable[str], key: str, locale: Locale) -> Iterator[tuple[str, Policy]]:
        """Yield a text of each note that has it in a language, and the policy under which it was worded."""
        for name in names:
            wording = self.wordings[name]
            text = getattr(wording.note, key, None)
            if text is not None and not text.is_missing_in(locale):
                yield text.get_text(locale), wording.policy


def _choose_standard_text(assessment: LevelAssessment | None, *, has_notes: bool) -> str:
    """Return the name of the term that stands for a summary."""
    if assessment is None:
        return "first"
    # Where other languages have a note, the log has the hash of the standard text, so it stays as it was.
    if not has_notes and assessment.kind_to_tell:
        return assessment.kind_to_tell.term
    return "cosmetic" if assessment.is_cosmetic else "none"


def _get_weight(note: NoteFile) -> int:
    return note.level.weight if isinstance(note, ChangeNote) else -1
