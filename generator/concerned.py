"""Whom a change concerns, in words: pages, letters and notices say it; everybody is told of it by default."""

from __future__ import annotations

from changelog.versions import Version
from generator.context import SiteContext
from policy.fields import Locale


def format_concerned(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return the audiences that the notes of a version name, in a line; empty if they name none."""
    if version.redactions:
        return ""  # the names of its source may be the words that were removed
    names = {row.id: row.name.get_text(locale) for row in version.policy.facts.audiences}
    concerned = [names[audience] for audience in version.affects if audience in names]
    if not concerned:
        return ""
    gettext = site.renderer.get_translator(locale)
    return gettext("Concerns: {audiences}").format(audiences=", ".join(concerned))
