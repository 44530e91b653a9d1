"""The pages of one version: itself, what changed in it, all that changed since."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from changelog.redline import identities, pairs
from generator import urls, views
from generator.context import framed, line_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from changelog.redline import Pair
    from changelog.versions import Version
    from generator.context import Edition
    from generator.views import Values
    from policy.fields import Locale


def version_page(edition: Edition, version: Version, before: Version | None, locale: Locale) -> str:
    """Print the permanent page of a version."""

    def where(other: Locale) -> str:
        return urls.version(other, version.number)

    has_changes = before is not None and locale in before.documents
    return framed(edition, "version.html.j2", locale, where, {
        "locales": list(version.documents),
        "prevails": next(iter(version.documents)),
        "predecessor": urls.version(locale, before.number) if before and has_changes else "",
        "version": version.number,
        "status": {
            "line": line_of(edition, version, locale),
            "changes": urls.changes_in_version(locale) if has_changes else "",
        },
        "document": views.document(edition.printer, version.documents[locale], edition.log.policy.renamed),
    })  # fmt: skip


def changes_page(
    edition: Edition, version: Version, before: Version, locale: Locale, changes: Sequence[Values]
) -> str:
    """Print what changed in a version: its note and the redline from the one before."""

    def where(other: Locale) -> str:
        return urls.changes(other, version.number)

    say = edition.printer.words(locale)
    return framed(edition, "changes.html.j2", locale, where, {
        "locales": [other for other in version.documents if other in before.documents],
        "prevails": next(iter(version.documents)),
        "predecessor": urls.version(locale, before.number),
        "heading": say("What changed in version {number}").format(number=version.number),
        "version": version.number,
        "old": before.number,
        "level": views.level_name(version.level, say),
        "told": version.told[locale],
        "touched": views.touched(
            edition.printer, locale, [row for row in changes if row["id"] in version.sections]
        ),
        "status": {"line": line_of(edition, version, locale), "permanent": "../"},
        "changes": views.whole(edition.printer, changes),
    })  # fmt: skip


def since(edition: Edition, version: Version, locale: Locale) -> list[Pair]:
    """Put the sections of a version beside those of the latest."""
    later = edition.log.versions_after(version)
    texts = [step.documents[locale] for step in reversed(later) if locale in step.documents]
    names = identities(texts, edition.log.policy.renamed)
    return list(pairs(version.documents[locale], edition.latest(locale).documents[locale], names))


def since_page(edition: Edition, version: Version, locale: Locale, found: Sequence[Pair]) -> str:
    """Print all that changed from a version to the latest: every note and one redline."""

    def where(other: Locale) -> str:
        return urls.since(other, version.number)

    say = edition.printer.words(locale)
    latest = edition.latest(locale)
    changes = edition.redlines.sections(locale, found)
    later = reversed(edition.log.versions_after(version))
    return framed(edition, "since.html.j2", locale, where, {
        "locales": [other for other in edition.locales if edition.has_since(version, other)],
        "prevails": next(iter(latest.documents)),
        "heading": say("All that changed since version {number}").format(number=version.number),
        "lead": say("From version {old} to version {new}.").format(old=version.number, new=latest.number),
        "version": latest.number,
        "old": version.number,
        "touched": views.touched(edition.printer, locale, changes),
        "steps": [_step(edition, step, locale) for step in later if locale in step.told],
        "changes": views.whole(edition.printer, changes),
    })  # fmt: skip


@lru_cache(maxsize=2048)
def _step(edition: Edition, version: Version, locale: Locale) -> Markup:
    """Print a version's note as it stands on every page of all that changed since an earlier one."""
    say = edition.printer.words(locale)
    before = edition.predecessor(version)
    known = before is not None and locale in before.documents
    target = urls.changes(locale, version.number) if known else urls.version(locale, version.number)
    values = {
        "heading": f"{say('Version')} {version.number}",
        "href": urls.relative(urls.since(locale, version.number), target),
        "line": line_of(edition, version, locale),
        "told": version.told[locale],
        "at_length": version.told_at_length,
    }
    return edition.printer.printed(edition.printer.render("_partials/step.html.j2", locale, values))
