"""The hashes of texts and notes in the log (docs/reference/record.md)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from changelog.versions import NoteText, Version
from policy.blocks import Block, TextRun
from policy.document import Document, RenderedSection
from policy.fields import Locale
from policy.models import Settings
from policy.plain_markup import render_plain_note_part

_SALT_LENGTH = 32  # hexadecimal digits, 128 bits


def derive_salt(settings: Settings, *context: str) -> str:
    """Return the salt of a text, in hex; empty if the policy has no key for salts.

    `context` tells which text it is for. Nobody without the key can compute one salt from another.
    """
    if settings.salt is None:
        return ""
    message = "\n".join(context).encode()
    return hmac.digest(settings.salt.encode(), message, "sha256").hex()[:_SALT_LENGTH]


def derive_section_salt(
    settings: Settings, number: str, locale: Locale, section_id: str, redaction_count: int
) -> str:
    """Return the salt of a section of a version; each redaction of the section gives it another one."""
    return derive_salt(settings, "section", number, locale, section_id, str(redaction_count))


def derive_note_salt(settings: Settings, number: str, locale: Locale, update_count: int) -> str:
    """Return the salt of the notes of a version; each correction of their wording gives them another one."""
    return derive_salt(settings, "note", number, locale, str(update_count))


def find_note_salt(version: Version, locale: Locale) -> str:
    """Return the salt of the newest wording of a version's notes."""
    _, correction_count = version.last_update
    return derive_note_salt(version.settings, version.number, locale, correction_count)


def hash_section(section: RenderedSection, salt: str) -> str:
    """Return the hash of a section, in hex."""
    if not salt:
        return section.plain_sha256
    return _hash_text(salt + section.plain_markup)


def list_section_salts(version: Version, document: Document) -> list[str]:
    """Return the salt of each section of a document of a version."""
    if version.settings.salt is None:
        return [""] * len(document.sections)
    counts = version.redaction_counts
    return [
        derive_section_salt(
            version.settings,
            version.number,
            document.locale,
            section.id,
            counts.get((document.locale, section.id), 0),
        )
        for section in document.sections
    ]


def compute_section_hashes(version: Version, document: Document) -> list[str]:
    """Return the hash of each section of a document of a version, in hex."""
    salts = list_section_salts(version, document)
    return [hash_section(section, salt) for section, salt in zip(document.sections, salts, strict=True)]


def hash_document(section_hashes: Iterable[str]) -> str:
    """Return the hash of a document from those of its sections, in hex."""
    return _hash_text("".join(section_hashes))


def hash_note(note: NoteText, salt: str) -> str:
    """Return the hash of the texts of a note, in hex."""
    parts = (render_plain_note_part(name, blocks, salt) for name, blocks in list_note_parts(note))
    return _hash_text("".join(parts))


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def list_note_parts(note: NoteText) -> Iterable[tuple[str, tuple[Block, ...]]]:
    """Return the parts that a note has, each with its name on the page."""
    title = (Block("p", runs=(TextRun(note.title),)),) if note.title else ()
    parts = {
        "title": title,
        "summary": note.summary,
        "action": note.action,
        "reason": note.reason,
        "lower-reason": note.lower_reason,
    }
    return [(name, blocks) for name, blocks in parts.items() if blocks]
