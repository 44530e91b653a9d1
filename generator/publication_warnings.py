"""What a build warns of before it publishes: a change that nobody is told about, a letter that is cut."""

from __future__ import annotations

from collections.abc import Iterator

from changelog.versions import Version, VersionLog
from generator.context import SiteContext
from generator.letter_bodies import build_letter_body
from generator.letters import has_letter
from policy.blocks import iter_leaves
from policy.fields import Locale

# Gmail shows this much of a message, and hides the rest behind a link.
MAX_LETTER_BYTES = 102_000
# No block of a note needs more bytes of HTML than its characters, encoded, and a style for each.
_ENCODED_CHARACTER, _STYLE = 12, 300
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


def find_long_letters(site: SiteContext, version: Version) -> Iterator[tuple[Locale, int]]:
    """Yield each language in which the letter of a version is too long for Gmail, and its size in bytes."""
    if not has_letter(version) or not _may_be_long(version):
        return
    for locale in version.documents:
        size = build_letter_body(site, version, locale).html_size
        if size > MAX_LETTER_BYTES:
            yield locale, size


def _may_be_long(version: Version) -> bool:
    """Whether the note is long: rendering every letter again would take its time. Redlines are shortened."""
    sizes = [
        sum(
            _ENCODED_CHARACTER * sum(len(run.text) for run in leaf.runs) + _STYLE
            for leaf in iter_leaves((*note.summary, *note.action, *note.reason, *note.lower_reason))
        )
        for note in version.note_texts.values()
    ]
    return max(sizes) > MAX_LETTER_BYTES - _REST


def list_publication_warnings(site: SiteContext) -> Iterator[str]:
    """Yield the warnings about versions that readers are still to be told about."""
    if warning := describe_unnoted_change(site.log):
        yield warning
    for version in site.log.find_upcoming_versions(site.today):
        for locale, size in find_long_letters(site, version):
            yield (
                f"letter {version.number} in '{locale}' has {size // 1000} kB of HTML, and Gmail shows "
                f"{MAX_LETTER_BYTES // 1000} kB of a letter; shorten its note"
            )
