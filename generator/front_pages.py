"""The pages that tell how things stand today: the policy in force, the change log, the page not found."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator import urls, views
from generator.context import framed, line_of
from policy.localization import day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changelog.versions import Version
    from generator.context import Edition, Values
    from policy.fields import Locale


def home_page(edition: Edition, locale: Locale) -> str:
    """Print the version in force, with what is coming beside it."""
    say = edition.printer.words(locale)
    here = urls.home(locale)
    version = edition.shown(locale)
    before = edition.predecessor(version)
    known = before is not None and locale in before.documents
    coming = [
        later
        for later in edition.log.upcoming(edition.today)
        if locale in later.documents and later != version
    ]
    standing = views.state(edition.log, version, edition.today)
    line = {
        "in-force": say("Version {number}, in force since {effective}."),
        "upcoming": say("Version {number}, not in force yet: it takes effect on {effective}."),
    }.get(standing, say("Version {number}, the last one in this language; it is no longer in force."))
    return framed(edition, "policy.html.j2", locale, urls.home, {
        "kind": "home",
        "locales": list(edition.locales),
        "prevails": next(iter(version.documents)),
        "predecessor": urls.version(locale, before.number) if before and known else "",
        "version": version.number,
        "status": {
            "line": line.format(number=version.number, effective=day(version.effective, locale)),
            "changes": urls.relative(here, urls.changes(locale, version.number)) if known else "",
            "permanent": urls.relative(here, urls.version(locale, version.number)),
        },
        "upcoming": _coming(edition, coming, locale),
        "document": views.document(edition.printer, version.documents[locale], edition.log.policy.renamed),
    })  # fmt: skip


def _coming(edition: Edition, coming: list[Version], locale: Locale) -> list[Values]:
    """Tell of the coming versions: those that take effect on one day, as one."""
    say = edition.printer.words(locale)
    here = urls.home(locale)
    rows = []
    for effective in dict.fromkeys(version.effective for version in coming):
        group = [version for version in coming if version.effective == effective]
        last = group[-1]
        line = say("Version {number} takes effect on {effective}.")
        told = [version for version in group if version.told_at_length] or group
        rows.append({
            "line": line.format(number=last.number, effective=day(effective, locale)),
            "notes": [
                {
                    "summary": version.told[locale].summary,
                    "href": urls.relative(here, urls.changes(locale, version.number)),
                    "number": version.number,
                }
                for version in told
            ],
            "number": last.number,
            "href": urls.relative(here, urls.version(locale, last.number)),
        })  # fmt: skip
    return rows


def changelog_page(edition: Edition, locale: Locale) -> str:
    """Print the endringslogg: every version, the newest first."""
    return framed(edition, "changelog.html.j2", locale, urls.changelog, {
        "kind": "changelog",
        "locales": list(edition.locales),
        "prevails": edition.log.policy.languages[0],
        "entries": [_entry(edition, version, locale) for version in reversed(edition.log.versions)],
    })  # fmt: skip


def _entry(edition: Edition, version: Version, locale: Locale) -> Values:
    say = edition.printer.words(locale)
    standing = views.state(edition.log, version, edition.today)
    titles = (
        {part.id: part.title for part in version.documents[locale].parts}
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
        "floor_name": views.level_name(version.floor, say) if version.below_floor else "",
        "line": line_of(edition, version, locale),
        "told": version.told.get(locale),
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


def _links(edition: Edition, version: Version, locale: Locale) -> Iterator[Values]:
    say = edition.printer.words(locale)
    here, number = urls.changelog(locale), version.number
    before = edition.predecessor(version)

    def link(text: str, target: str, lang: Locale = locale) -> Values:
        return {"text": text, "href": urls.relative(here, target), "lang": lang}

    if locale not in version.documents:
        other = next(iter(version.documents))
        only = {"nb": say("Published in Norwegian only"), "en": say("Published in English only")}
        yield link(only[other], urls.version(other, number), other)
        return
    if before and locale in before.documents:
        yield link(say("What changed"), urls.changes(locale, number))
    yield link(say("Read the version"), urls.version(locale, number))
    if edition.has_since(version, locale):
        yield link(say("All changes since this one"), urls.since(locale, number))


def missing_page(edition: Edition) -> str:
    """Print the page for an address that is not there: it may be shown at any, so its links are absolute."""
    root = urlsplit(edition.base_url).path
    faces = []
    for locale in edition.locales:
        say = edition.printer.words(locale)
        faces.append({
            "locale": locale,
            "heading": say("The page is not here"),
            "text": say("The address may be mistyped. No page of a published version is ever removed."),
            "title": edition.log.policy.settings.title.wording(locale),
            "home": root + urls.home(locale),
            "changelog": root + urls.changelog(locale),
            "changelog_name": say("Change log"),
        })  # fmt: skip
    values = {"faces": faces, "style": root + edition.assets["style.css"]}
    return edition.printer.render("404.html.j2", edition.locales[0], values)
