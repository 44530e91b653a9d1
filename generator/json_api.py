"""The data beside the pages: every version's record in a chain, and today's facts for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from common.errors import InputError
from generator import urls
from policy.blocks import render_prose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from changelog.versions import Version
    from generator.context import SiteContext
    from policy.fields import Locale

_SEALED = ("level", "published", "effective", "text_sha256", "chain_sha256")


def render_versions_json(edition: SiteContext) -> str:
    """Print `api/versions.json`, oldest first (contract §5)."""
    return _json(_versions(edition))


def _versions(edition: SiteContext) -> dict[str, Any]:
    current = edition.log.find_version_in_force(edition.today)
    return {
        "schema": 1,
        "base_url": edition.base_url,
        "in_force": current.number if current else None,
        "upcoming": [version.number for version in edition.log.find_upcoming_versions(edition.today)],
        "versions": [_record(edition, version) for version in edition.log.versions],
    }


def _record(edition: SiteContext, version: Version) -> dict[str, Any]:
    touched = version.sections
    return {
        "version": version.number,
        "level": version.level,
        "floor": version.minimum_level,
        "published": str(version.published),
        "effective": str(version.effective),
        "commit": version.commit or None,
        "noted": bool(version.notes),
        "cosmetic": version.is_cosmetic,
        "superseded": version.is_superseded,
        **({"redacted": True} if version.redactions else {}),
        "notes": list(version.notes),
        "channels": [channel.value for channel in version.channels],
        "sections": {
            "added": list(touched.added),
            "removed": list(touched.removed),
            "changed": list(touched.changed),
            "moved": list(touched.moved),
        },
        "text_sha256": dict(version.text_sha256),
        "chain_sha256": version.chain_sha256,
        "languages": {locale: _in_language(edition, version, locale) for locale in version.documents},
    }


def _in_language(edition: SiteContext, version: Version, locale: Locale) -> dict[str, str | None]:
    before = edition.predecessor(version)
    base, number = edition.base_url, version.number
    known = before is not None and locale in before.documents
    return {
        "summary": render_prose(version.note_texts[locale].summary),
        "action": render_prose(version.note_texts[locale].action),
        "url": base + urls.version_path(locale, number),
        "redline_url": base + urls.changes_path(locale, number) if known else None,
        "since_url": base + urls.since_path(locale, number) if edition.has_since(version, locale) else None,
    }


def refuse_changed_past(edition: SiteContext, published: Path) -> None:
    """Refuse an edition in which a version of the file `published` would change or vanish (contract §5).

    InputError names the first such version and what of it differs.
    """
    try:
        known = {row["version"]: row for row in json.loads(published.read_bytes())["versions"]}
    except OSError as error:
        raise InputError(
            f"{published}: cannot be read ({error.strerror}); name the last versions.json"
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{published}: this is no versions.json; name the one published last") from None
    now = {version.number: _record(edition, version) for version in edition.log.versions}
    for number, row in known.items():
        if number not in now:
            raise InputError(
                f"version {number} is published and would vanish; its commits must stay in the history"
            )
        _same(number, row, now[number])


def _same(number: str, row: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    differs = [key for key in _SEALED if row.get(key) != now[key]]
    if differs:
        raise InputError(
            f"version {number} is published and would change ({', '.join(differs)}); "
            "take the change back, or make it a new commit"
        )


_SCHEMA_ORG = {
    "@vocab": "https://schema.org/",
    "dpv": "https://w3id.org/dpv#",
    "name": {"@container": "@language"},
    "text": {"@container": "@language"},
}


def render_policy_jsonld(edition: SiteContext) -> str:
    """Print `api/policy.jsonld`: the version in force for machines, all languages, its context inline."""
    shown = edition.current_version(edition.locales[0])
    controller = edition.log.policy.settings.controller
    texts = shown.documents
    return _json({
        "@context": _SCHEMA_ORG,
        "@type": "WebPage",
        "@id": edition.base_url,
        "additionalType": "dpv:PrivacyNotice",
        "name": {locale: edition.log.policy.settings.title.in_locale(locale) for locale in edition.locales},
        "inLanguage": list(texts),
        "version": shown.number,
        "datePublished": str(shown.published),
        "validFrom": str(shown.effective),
        "publisher": {
            "@type": ["Organization", "dpv:DataController"],
            "name": {locale: controller.name.in_locale(locale) for locale in edition.locales},
            **{key: value for key in ("email",) if (value := getattr(controller, key))},
            **({"telephone": controller.phone} if controller.phone else {}),
            **({"url": controller.website} if controller.website else {}),
        },
        "hasPart": [
            {
                "@type": "WebPageElement",
                "@id": f"{edition.base_url}#{part.id}",
                "position": part.number,
                "name": {
                    locale: other.title
                    for locale, text in texts.items()
                    for other in text.sections
                    if other.id == part.id and other.lang == locale
                },
                "text": {
                    locale: render_prose(other.blocks)
                    for locale, text in texts.items()
                    for other in text.sections
                    if other.id == part.id and other.lang == locale
                },
            }
            for part in next(iter(texts.values())).sections
        ],
    })  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
