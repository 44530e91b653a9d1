"""What a build warns of before it publishes: a change that nobody is told about, a letter that is cut."""

from __future__ import annotations

from collections.abc import Iterator

from changelog.versions import Version, VersionLog
from generator.context import SiteContext
from generator.letters import has_letter, render_letter_html
from policy.fields import Locale

# Gmail shows this much of a message, and hides the rest behind a link.
MAX_LETTER_BYTES = 102_000
# In a redline of this many characters even a mark on every word does not make a letter too long.
_SHORT_REDLINE = 4_000


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
    if not has_letter(version) or not _may_be_long(site, version):
        return
    for locale in version.documents:
        size = len(render_letter_html(site, version, locale).encode())
        if size > MAX_LETTER_BYTES:
            yield locale, size


def _may_be_long(site: SiteContext, version: Version) -> bool:
    """Whether the changed sections are long enough: rendering every letter again would take its time."""
    before = site.find_predecessor(version)
    return any(
        sum(len(section.text) for section in document.sections if section.id in version.touched_sections)
        > _SHORT_REDLINE
        for one in (before, version)
        if one
        for document in one.documents.values()
    )


def list_publication_warnings(site: SiteContext) -> Iterator[str]:
    """Yield the warnings about versions that readers are still to be told about."""
    if warning := describe_unnoted_change(site.log):
        yield warning
    for version in site.log.find_upcoming_versions(site.today):
        for locale, size in find_long_letters(site, version):
            yield (
                f"letter {version.number} in '{locale}' has {size // 1000} kB of HTML, and Gmail shows "
                f"{MAX_LETTER_BYTES // 1000} kB of a letter; publish the change in smaller parts"
            )
