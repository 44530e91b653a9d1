"""The pages of one version: itself, what changed in it, all that changed since."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from changelog.redline import map_to_current_ids, pair_sections
from generator import urls, views
from generator.context import format_status_line, render_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from changelog.redline import SectionPair
    from changelog.versions import Version
    from generator.context import SiteContext
    from generator.views import Values
    from policy.fields import Locale


def render_version_page(
    edition: SiteContext, version: Version, before: Version | None, locale: Locale
) -> str:
    """Print the permanent page of a version."""

    def where(other: Locale) -> str:
        return urls.version_path(other, version.number)

    has_changes = before is not None and locale in before.documents
    return render_page(edition, "version.html.j2", locale, where, {
        "locales": list(version.documents),
        "prevails": next(iter(version.documents)),
        "predecessor": urls.version_path(locale, before.number) if before and has_changes else "",
        "version": version.number,
        "status": {
            "line": format_status_line(edition, version, locale),
            "changes": urls.changes_subfolder(locale) if has_changes else "",
        },
        "document": views.document(edition.renderer, version.documents[locale], edition.log.policy.aliases),
    })  # fmt: skip


def render_changes_page(
    edition: SiteContext, version: Version, before: Version, locale: Locale, changes: Sequence[Values]
) -> str:
    """Print what changed in a version: its note and the redline from the one before."""

    def where(other: Locale) -> str:
        return urls.changes_path(other, version.number)

    say = edition.renderer.translator(locale)
    return render_page(edition, "changes.html.j2", locale, where, {
        "locales": [other for other in version.documents if other in before.documents],
        "prevails": next(iter(version.documents)),
        "predecessor": urls.version_path(locale, before.number),
        "heading": say("What changed in version {number}").format(number=version.number),
        "version": version.number,
        "old": before.number,
        "level": views.level_name(version.level, say),
        "told": version.note_texts[locale],
        "touched": views.touched(
            edition.renderer, locale, [row for row in changes if row["id"] in version.sections]
        ),
        "status": {"line": format_status_line(edition, version, locale), "permanent": "../"},
        "changes": views.whole(edition.renderer, changes),
    })  # fmt: skip


def pair_with_latest(edition: SiteContext, version: Version, locale: Locale) -> list[SectionPair]:
    """Put the sections of a version beside those of the latest."""
    later = edition.log.versions_after(version)
    texts = [step.documents[locale] for step in reversed(later) if locale in step.documents]
    names = map_to_current_ids(texts, edition.log.policy.aliases)
    return list(pair_sections(version.documents[locale], edition.latest(locale).documents[locale], names))


def render_since_page(
    edition: SiteContext, version: Version, locale: Locale, found: Sequence[SectionPair]
) -> str:
    """Print all that changed from a version to the latest: every note and one redline."""

    def where(other: Locale) -> str:
        return urls.since_path(other, version.number)

    say = edition.renderer.translator(locale)
    latest = edition.latest(locale)
    changes = edition.redlines.sections(locale, found)
    later = reversed(edition.log.versions_after(version))
    return render_page(edition, "since.html.j2", locale, where, {
        "locales": [other for other in edition.locales if edition.has_since(version, other)],
        "prevails": next(iter(latest.documents)),
        "heading": say("All that changed since version {number}").format(number=version.number),
        "lead": say("From version {old} to version {new}.").format(old=version.number, new=latest.number),
        "version": latest.number,
        "old": version.number,
        "touched": views.touched(edition.renderer, locale, changes),
        "steps": [_step(edition, step, locale) for step in later if locale in step.note_texts],
        "changes": views.whole(edition.renderer, changes),
    })  # fmt: skip


@lru_cache(maxsize=2048)
def _step(edition: SiteContext, version: Version, locale: Locale) -> Markup:
    """Print a version's note as it stands on every page of all that changed since an earlier one."""
    say = edition.renderer.translator(locale)
    before = edition.predecessor(version)
    known = before is not None and locale in before.documents
    target = urls.changes_path(locale, version.number) if known else urls.version_path(locale, version.number)
    values = {
        "heading": f"{say('Version')} {version.number}",
        "href": urls.relative_url(urls.since_path(locale, version.number), target),
        "line": format_status_line(edition, version, locale),
        "told": version.note_texts[locale],
        "at_length": version.has_since_page,
    }
    return edition.renderer.mark_safe(edition.renderer.render("_partials/step.html.j2", locale, values))
