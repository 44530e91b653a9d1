"""The pages that tell how things stand today: the policy in force, the change log, the page not found."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator import urls, views
from generator.context import format_status_line, render_page
from policy.localization import format_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changelog.versions import Version
    from generator.context import SiteContext, Values
    from policy.fields import Locale


def render_home_page(edition: SiteContext, locale: Locale) -> str:
    """Print the version in force, with what is coming beside it."""
    say = edition.renderer.translator(locale)
    here = urls.home_path(locale)
    version = edition.current_version(locale)
    before = edition.predecessor(version)
    known = before is not None and locale in before.documents
    coming = [
        later
        for later in edition.log.find_upcoming_versions(edition.today)
        if locale in later.documents and later != version
    ]
    standing = views.state(edition.log, version, edition.today)
    line = {
        "in-force": say("Version {number}, in force since {effective}."),
        "upcoming": say("Version {number}, not in force yet: it takes effect on {effective}."),
    }.get(standing, say("Version {number}, the last one in this language; it is no longer in force."))
    return render_page(edition, "policy.html.j2", locale, urls.home_path, {
        "kind": "home",
        "locales": list(edition.locales),
        "prevails": next(iter(version.documents)),
        "predecessor": urls.version_path(locale, before.number) if before and known else "",
        "version": version.number,
        "status": {
            "line": line.format(number=version.number, effective=format_day(version.effective, locale)),
            "changes": urls.relative_url(here, urls.changes_path(locale, version.number)) if known else "",
            "permanent": urls.relative_url(here, urls.version_path(locale, version.number)),
        },
        "upcoming": _coming(edition, coming, locale),
        "document": views.document(edition.renderer, version.documents[locale], edition.log.policy.aliases),
    })  # fmt: skip


def _coming(edition: SiteContext, coming: list[Version], locale: Locale) -> list[Values]:
    """Tell of the coming versions: those that take effect on one day, as one."""
    say = edition.renderer.translator(locale)
    here = urls.home_path(locale)
    rows = []
    for effective in dict.fromkeys(version.effective for version in coming):
        group = [version for version in coming if version.effective == effective]
        last = group[-1]
        line = say("Version {number} takes effect on {effective}.")
        told = [version for version in group if version.has_since_page] or group
        rows.append({
            "line": line.format(number=last.number, effective=format_day(effective, locale)),
            "notes": [
                {
                    "summary": version.note_texts[locale].summary,
                    "href": urls.relative_url(here, urls.changes_path(locale, version.number)),
                    "number": version.number,
                }
                for version in told
            ],
            "number": last.number,
            "href": urls.relative_url(here, urls.version_path(locale, last.number)),
        })  # fmt: skip
    return rows


def render_changelog_page(edition: SiteContext, locale: Locale) -> str:
    """Print the endringslogg: every version, the newest first."""
    return render_page(edition, "changelog.html.j2", locale, urls.changelog_path, {
        "kind": "changelog",
        "locales": list(edition.locales),
        "prevails": edition.log.policy.languages[0],
        "entries": [_entry(edition, version, locale) for version in reversed(edition.log.versions)],
    })  # fmt: skip


def _entry(edition: SiteContext, version: Version, locale: Locale) -> Values:
    say = edition.renderer.translator(locale)
    standing = views.state(edition.log, version, edition.today)
    titles = (
        {part.id: part.title for part in version.documents[locale].sections}
        if locale in version.documents
        else {}
    )
    sections = version.sections
    return {
        "number": version.number,
        "state": standing,
        "state_name": views.state_name(standing, say),
        "level": version.level,
        "level_name": views.level_name(version.level, say),
        "floor_name": views.level_name(version.minimum_level, say) if version.is_below_minimum else "",
        "line": format_status_line(edition, version, locale),
        "told": version.note_texts.get(locale),
        "touched": [
            {"name": titles.get(name, name), "label": label}
            for label, names in (
                (say("new"), () if version.level == "first" else sections.added),
                ("", sections.changed),
                (say("moved"), sections.moved),
                (say("removed"), sections.removed),
            )
            for name in names
        ],
        "links": list(_links(edition, version, locale)),
    }


def _links(edition: SiteContext, version: Version, locale: Locale) -> Iterator[Values]:
    say = edition.renderer.translator(locale)
    here, number = urls.changelog_path(locale), version.number
    before = edition.predecessor(version)

    def link(text: str, target: str, lang: Locale = locale) -> Values:
        return {"text": text, "href": urls.relative_url(here, target), "lang": lang}

    if locale not in version.documents:
        other = next(iter(version.documents))
        only = {"nb": say("Published in Norwegian only"), "en": say("Published in English only")}
        yield link(only[other], urls.version_path(other, number), other)
        return
    if before and locale in before.documents:
        yield link(say("What changed"), urls.changes_path(locale, number))
    yield link(say("Read the version"), urls.version_path(locale, number))
    if edition.has_since(version, locale):
        yield link(say("All changes since this one"), urls.since_path(locale, number))


def render_not_found_page(edition: SiteContext) -> str:
    """Print the page for an address that is not there: it may be shown at any, so its links are absolute."""
    root = urlsplit(edition.base_url).path
    faces = []
    for locale in edition.locales:
        say = edition.renderer.translator(locale)
        faces.append({
            "locale": locale,
            "heading": say("The page is not here"),
            "text": say("The address may be mistyped. No page of a published version is ever removed."),
            "title": edition.log.policy.settings.title.in_locale(locale),
            "home": root + urls.home_path(locale),
            "changelog": root + urls.changelog_path(locale),
            "changelog_name": say("Change log"),
        })  # fmt: skip
    values = {"faces": faces, "style": root + edition.assets["style.css"]}
    return edition.renderer.render("404.html.j2", edition.locales[0], values)
