"""JSON beside the pages: every version's record with its hashes, and the policy in force for machines."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from changelog.versions import Version
from generator.context import JSON_SCHEMA, SiteContext
from policy.blocks import render_prose
from policy.document import Document
from policy.fields import Locale

_SCHEMA_ORG = {
    "@vocab": "https://schema.org/",
    "dpv": "https://w3id.org/dpv#",
    "name": {"@container": "@language"},
    "text": {"@container": "@language"},
}


def render_versions_json(site: SiteContext) -> str:
    """Render `api/versions.json`, oldest version first (docs/reference/output.md)."""
    in_force = site.log.find_version_in_force(site.today)
    return _format_json(
        {
            "schema": JSON_SCHEMA,
            "base_url": site.base_url,
            "built": str(site.today),
            "in_force": in_force.number if in_force else None,
            "upcoming": [version.number for version in site.upcoming_versions],
            "versions": [describe_version(site, version) for version in site.log.versions],
        }
    )


def describe_version(site: SiteContext, version: Version) -> dict[str, Any]:
    """Return what `api/versions.json` has of a version."""
    touched = version.touched_sections
    return {
        "version": version.number,
        "level": version.level,
        "minimum_level": version.minimum_level,
        "published": str(version.published),
        "effective": str(version.effective),
        "commit": version.commit or None,
        "noted": bool(version.note_names),
        "cosmetic": version.is_cosmetic,
        "kind_of_change": version.kind_of_change,
        "superseded": version.is_superseded,
        "predecessor": version.predecessor or None,
        "withdraws": list(version.withdraws),
        "withdrawn_by": version.withdrawn_by or None,
        "brings_forward": list(version.brings_forward),
        **({"redacted": True} if version.redactions else {}),
        **({"imported": True} if version.is_imported else {}),
        "notes": list(version.note_names),
        "explanations": list(version.explanation_names),
        "channels": [channel.value for channel in version.channels],
        "sections": {
            "added": list(touched.added),
            "removed": list(touched.removed),
            "changed": list(touched.changed),
            "moved": list(touched.moved),
        },
        "entry": version.entry_hash,
        "languages": {locale: _describe_in_language(site, version, locale) for locale in version.documents},
    }


def _describe_in_language(site: SiteContext, version: Version, locale: Locale) -> dict[str, str | None]:
    base, number, note = site.base_url, version.number, version.note_texts[locale]
    has_redline = site.find_redline_base(version, locale) is not None
    has_cumulative_page = site.has_cumulative_changes_page(version, locale)
    return {
        "title": note.title,
        "summary": render_prose(note.summary),
        "action": render_prose(note.action),
        "url": base + site.urls.version_path(locale, number),
        "redline_url": base + site.urls.changes_path(locale, number) if has_redline else None,
        "since_url": base + site.urls.cumulative_changes_path(locale, number)
        if has_cumulative_page
        else None,
    }


def render_log_json(site: SiteContext) -> str:
    """Render `api/log.json`, oldest entry first (docs/reference/record.md)."""
    return _format_json({"schema": JSON_SCHEMA, "entries": [entry.describe() for entry in site.log.entries]})


def render_timestamps_json(site: SiteContext) -> str:
    """Render `api/timestamps.json`: the time stamps of the newest revision, by the name of their file."""
    rows = [
        {"file": name, "token": base64.b64encode(data).decode("ascii")}
        for name, data in sorted(site.log.policy.time_stamps.items())
    ]
    return _format_json({"schema": JSON_SCHEMA, "timestamps": rows})


def render_policy_jsonld(site: SiteContext) -> str:
    """Render `api/policy.jsonld`: the version in force as JSON-LD in all languages, its context inline."""
    version = site.find_front_page_version(site.locales[0])
    documents = version.documents
    return _format_json(
        {
            "@context": _SCHEMA_ORG,
            "@type": "WebPage",
            "@id": site.base_url,
            "additionalType": "dpv:PrivacyNotice",
            "name": {locale: site.get_title(locale) for locale in site.locales},
            "inLanguage": list(documents),
            "version": version.number,
            "datePublished": str(version.published),
            "validFrom": str(version.effective),
            "publisher": _describe_controller(site),
            "hasPart": _describe_sections(site.base_url, documents),
        }
    )


def _describe_controller(site: SiteContext) -> dict[str, Any]:
    controller = site.find_settings(site.log.policy.languages[0]).controller
    contact = {"email": controller.email, "telephone": controller.phone, "url": controller.website}
    return {
        "@type": ["Organization", "dpv:DataController"],
        "name": {locale: controller.name.get_text(locale) for locale in site.locales},
        **{name: value for name, value in contact.items() if value},
    }


def _describe_sections(base_url: str, documents: Mapping[Locale, Document]) -> list[dict[str, Any]]:
    """Return each section with its words in every language that it is translated into."""
    rows = []
    for section in next(iter(documents.values())).sections:
        translations = {
            locale: other
            for locale, document in documents.items()
            for other in document.sections
            if other.id == section.id and other.locale == locale
        }
        rows.append(
            {
                "@type": "WebPageElement",
                "@id": f"{base_url}#{section.id}",
                "position": section.number,
                "name": {locale: other.title for locale, other in translations.items()},
                "text": {locale: render_prose(other.blocks) for locale, other in translations.items()},
            }
        )
    return rows


def _format_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
