"""What a build warns of before it publishes: a change that nobody is told about, a letter that is cut."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from changelog.versions import NoteText, Version, VersionLog
from generator.context import SiteContext
from generator.letter_bodies import LetterBody, build_letter_body
from generator.letters import has_letter
from policy.blocks import extract_words, iter_leaves
from policy.fields import Locale
from policy.models import Controller

# Gmail shows this much of a message, and hides the rest behind a link.
MAX_LETTER_BYTES = 102_000
# No block of a note needs more bytes of HTML than its characters, encoded, and a style for each; no word of a
# redline more than its marks and those of its block.
_ENCODED_CHARACTER, _STYLE, _MARKED_WORD = 12, 300, 400
_REST = 60_000  # for what is not the note: links, contacts, the names of sections


def describe_unnoted_change(log: VersionLog) -> str:
    """Return a warning if the newest version has no note although its facts require one; else nothing."""
    latest = log.latest
    if latest.note_names or not latest.is_below_minimum or not latest.assessment:
        return ""
    reasons = "; ".join(map(str, latest.assessment.reasons))
    return (
        f"version {latest.number} has no note, but must be announced: {reasons}; "
        "run: build.py note, and commit the text and the note as one commit"
    )


def describe_foreign_history(log: VersionLog) -> str:
    """Return a warning if the history begins with another controller, and nobody has told of the change.

    Whoever starts from a copy of another organisation's policy would publish its versions as their own.
    """
    first, today = (settings.controller for settings in (log.versions[0].settings, log.policy.settings))
    known = {*_list_names(today), *(name.casefold() for name in today.former_names)}
    if known & _list_names(first):
        return ""
    if any(
        after.has_note
        for before, after in pairwise(log.versions)
        if not _list_names(before.settings.controller) & _list_names(after.settings.controller)
    ):
        return ""
    old, new = (controller.name.variants[0][1] for controller in (first, today))
    return (
        f"the history begins with the policy of '{old}', and its versions would be published as those of "
        f"'{new}'; begin a repository of its own with: build.py new, or add '{old}' to "
        "controller.former_names in policy.yaml if that is who you were"
    )


def _list_names(controller: Controller) -> set[str]:
    """Return the names of a controller in all languages."""
    return {name.casefold() for _, name in controller.name.variants}


def find_long_letters(site: SiteContext, version: Version) -> Iterator[tuple[Locale, int]]:
    """Yield each language in which the letter of a version is too long for Gmail, and its size in bytes."""
    for locale, body in _iter_long_bodies(site, version):
        if body.html_size > MAX_LETTER_BYTES:
            yield locale, body.html_size


def _iter_long_bodies(site: SiteContext, version: Version) -> Iterator[tuple[Locale, LetterBody]]:
    """Yield the letters of a version that may be long: rendering every letter again would take its time."""
    if not has_letter(version):
        return
    for locale in version.documents:
        size = _bound_note(version.note_texts[locale]) + _bound_redline(site, version, locale)
        if size > MAX_LETTER_BYTES - _REST:
            yield locale, build_letter_body(site, version, locale)


def _bound_note(note: NoteText) -> int:
    """Return more bytes than a note has as HTML."""
    leaves = iter_leaves((*note.summary, *note.action, *note.reason, *note.lower_reason))
    return sum(_ENCODED_CHARACTER * sum(len(run.text) for run in leaf.runs) + _STYLE for leaf in leaves)


def _bound_redline(site: SiteContext, version: Version, locale: Locale) -> int:
    """Return more bytes than the redline of a version has as HTML."""
    before = site.find_redline_base(version, locale)
    if before is None:
        return 0
    old, new = (each.documents[locale].sections for each in (before, version))
    changed = (section for section in {*old} ^ {*new})
    return sum(_MARKED_WORD * len(extract_words(section.blocks)) for section in changed)


def list_publication_warnings(site: SiteContext) -> Iterator[str]:
    """Yield the warnings about versions that readers are still to be told about."""
    for describe in (describe_unnoted_change, describe_foreign_history):
        if warning := describe(site.log):
            yield warning
    for version in site.upcoming_versions:
        for locale, body in _iter_long_bodies(site, version):
            yield from _describe_letter(f"letter {version.number} in '{locale}'", body)


def _describe_letter(name: str, body: LetterBody) -> Iterator[str]:
    if body.html_size > MAX_LETTER_BYTES:
        yield (
            f"{name} has {body.html_size // 1000} kB of HTML, and Gmail shows "
            f"{MAX_LETTER_BYTES // 1000} kB of a letter; shorten its note"
        )
    elif body.omitted:
        sections = ", ".join(f"'{title}'" for title in body.omitted)
        yield (
            f"{name} has no room for the redline of {sections}: Gmail shows "
            f"{MAX_LETTER_BYTES // 1000} kB of a letter; it names these sections and links to their changes"
        )
