"""Writes the log: which entries each revision adds (docs/reference/record.md).

An entry is never changed later, so a note is hashed in the wording that it has in the revision at hand,
although pages show its newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from changelog.days import EARLIEST_DAY
from changelog.log_entries import EntryKind, LogEntry, create_entry
from changelog.note_texts import NoteTexts, Wording
from changelog.record_hashes import derive_note_salt, hash_note
from changelog.redactions import RemovalFromVersion
from changelog.versions import Version
from policy.fields import Locale
from policy.models import Redaction


@dataclass
class LogWriter:
    """The entries up to a revision, and the wording of all notes in it."""

    entries: list[LogEntry] = field(default_factory=list)
    note_texts: NoteTexts = field(default_factory=NoteTexts)
    _note_hashes: dict[str, Mapping[Locale, str | None]] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        """The day of the newest entry, which no later one may precede."""
        return self.entries[-1].day if self.entries else EARLIEST_DAY

    def write_mended_notes(
        self, wordings: Mapping[str, Wording], versions: Iterable[Version], day: date
    ) -> None:
        """Take over new wordings, and write an entry for each version whose note they change."""
        self.note_texts.apply_wordings(wordings)
        if not any(wording.correction_count for wording in wordings.values()):
            return
        for version in versions:
            if not wordings.keys().isdisjoint((*version.note_names, *version.explanation_names)):
                self._write_note(EntryKind.NOTE_MENDED, version, day)

    def write_explanation(self, version: Version, day: date) -> None:
        """Write that a version was explained; it has the new explanation already."""
        self._write_note(EntryKind.EXPLAINED, version, day)

    def write_redaction(self, row: Redaction, reached: Mapping[str, RemovalFromVersion], day: date) -> None:
        """Write that words were removed from the versions that the row has reached."""
        versions = {number: removal._asdict() for number, removal in reached.items()}
        fields = {"language": row.language, "versions": versions}
        self._write(EntryKind.REDACTED, day, fields)

    def write_adoption(self, newest: Version, day: date) -> None:
        """Write that the versions up to the newest one were imported: they are from before this log."""
        self._write(EntryKind.ADOPTED, day, {"version": newest.number})

    def write_publication(
        self, version: Version, document_hashes: Mapping[Locale, str], before: Version | None
    ) -> LogEntry:
        """Write that a version was published, and what it does to others; return its entry.

        `before` is the newest version in the log before the revision.
        """
        notes = self._hash_notes(version)
        self._note_hashes[version.number] = notes
        entry = self._write(
            EntryKind.PUBLISHED,
            version.published,
            {
                "version": version.number,
                "level": version.level.value,
                "effective": str(version.effective),
                "channels": [channel.value for channel in version.channels],
                "languages": {
                    locale: {"document": digest, "note": notes[locale]}
                    for locale, digest in document_hashes.items()
                },
            },
        )
        self._write_effects(version, before)
        return entry

    def _write_effects(self, version: Version, before: Version | None) -> None:
        """Write which versions a version withdraws or brings forward, and which languages come and go."""
        number, day = version.number, version.published
        for other in version.withdraws:
            self._write(EntryKind.WITHDRAWN, day, {"version": other, "by": number})
        for other in version.brings_forward:
            self._write(EntryKind.BROUGHT_FORWARD, day, {"version": other, "by": number})
        old, new = (list(before.documents) if before else list(version.documents)), list(version.documents)
        for locale in _subtract(new, old):
            self._write(EntryKind.LANGUAGE_ADDED, day, {"language": locale, "version": number})
        for locale in _subtract(old, new):
            self._write(EntryKind.LANGUAGE_DISCONTINUED, day, {"language": locale, "version": number})

    def _write_note(self, kind: EntryKind, version: Version, day: date) -> None:
        """Write the new note of a version, unless its words are the same."""
        notes = self._hash_notes(version)
        if notes != self._note_hashes[version.number]:
            self._note_hashes[version.number] = notes
            languages = {locale: {"note": digest} for locale, digest in notes.items()}
            self._write(kind, day, {"version": version.number, "languages": languages})

    def _hash_notes(self, version: Version) -> Mapping[Locale, str | None]:
        """Return the hash of a version's note in each language, in the wording of the revision at hand."""
        names = (*version.note_names, *version.explanation_names)
        if not names:
            return dict.fromkeys(version.documents)
        _, correction_count = self.note_texts.find_last_update(version.published, names)
        return {
            locale: hash_note(
                self.note_texts.render(locale, names, version.number, version.assessment),
                derive_note_salt(version.settings, version.number, locale, correction_count),
            )
            for locale in version.documents
        }

    def _write(self, kind: EntryKind, day: date, fields: Mapping[str, object]) -> LogEntry:
        entry = create_entry(self.entries, kind, day, fields)
        self.entries.append(entry)
        return entry


def _subtract(locales: Sequence[Locale], others: Sequence[Locale]) -> list[Locale]:
    return [locale for locale in locales if locale not in others]
