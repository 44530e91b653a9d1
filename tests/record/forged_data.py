"""Alterations of log.json, versions.json and announcements.json, with or without new hashes.

Each is a function that returns whether the site has what it alters.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

from tests.record.site_copies import Site

if TYPE_CHECKING:
    from collections.abc import Callable


def _alter_entry(field: str, value: object, *, recompute: bool, data: bool = False) -> Callable[[Site], bool]:
    def alter(site: Site) -> bool:
        entry, row, code = site.choose_version()
        old = entry
        if field in {"document", "note"}:
            old = entry["languages"][code]
        if old[field] == value:
            return False
        old[field] = value
        name = {"day": "published"}.get(field, field)
        if data and name in row:
            row[name] = value
            save_rows(site)
        site.save_log(recompute=recompute)
        return True

    return alter


def save_rows(site: Site) -> None:
    data = site._read_json("api/versions.json")
    site.write_json("api/versions.json", {**data, "versions": site.rows})


def _change_log(
    change: Callable[[Site, list[dict[str, Any]]], object], *, recompute: bool
) -> Callable[[Site], bool]:
    def alter(site: Site) -> bool:
        before = json.dumps(site.entries)
        change(site, site.entries)
        if json.dumps(site.entries) == before:
            return False
        site.save_log(recompute=recompute)
        return True

    return alter


def _delete_entry(site: Site, entries: list[dict[str, Any]]) -> None:
    del entries[site.random.randrange(site.count)]


def _cut_log(site: Site, entries: list[dict[str, Any]]) -> None:
    del entries[site.random.randrange(site.count) :]


def _insert_entry(site: Site, entries: list[dict[str, Any]]) -> None:
    at = site.random.randrange(site.count)
    entries.insert(at, {"kind": "withdrawn", "day": entries[at]["day"], "version": "1.0", "by": "1.0"})


def _swap_entries(site: Site, entries: list[dict[str, Any]]) -> None:
    if site.count > 1:
        at = site.random.randrange(site.count - 1)
        entries[at], entries[at + 1] = entries[at + 1], entries[at]


def _repeat_entry(site: Site, entries: list[dict[str, Any]]) -> None:
    entries.insert(1, dict(entries[site.random.randrange(site.count)]))


LOG_CHANGES = {
    "deleted entry": _delete_entry,
    "cut": _cut_log,
    "inserted entry": _insert_entry,
    "swapped entries": _swap_entries,
    "repeated entry": _repeat_entry,
}


def _alter_row(field: str, value: object) -> Callable[[Site], bool]:
    def alter(site: Site) -> bool:
        _, row, code = site.choose_version()
        place = row if field in row else row["languages"][code]
        if place is not row and not row["noted"]:
            return False
        if field not in place or place[field] == value or (field == "action" and not place[field]):
            return False
        place[field] = value
        save_rows(site)
        return True

    return alter


def drop_row(site: Site) -> bool:
    """Leave a version out of versions.json."""
    _, row, _ = site.choose_version()
    site.rows.remove(row)
    save_rows(site)
    return True


def swap_rows(site: Site) -> bool:
    """Put versions in another order."""
    site.rows.reverse()
    save_rows(site)
    return len(site.rows) > 1


def drop_row_language(site: Site) -> bool:
    """Leave a language of a version out of versions.json."""
    _, row, code = site.choose_version()
    del row["languages"][code]
    save_rows(site)
    return True


def drop_version(site: Site) -> bool:
    """Leave a version out of everything: its page, its row, its entry, with new hashes."""
    entry, row, _ = site.choose_version()
    for code in row["languages"]:
        shutil.rmtree(site.folder / site.folder_of(row, code), ignore_errors=True)
    site.rows.remove(row)
    save_rows(site)
    site.entries.remove(entry)
    site.save_log(recompute=True)
    return True


def _alter_announcement(field: str, value: object) -> Callable[[Site], bool]:
    def alter(site: Site) -> bool:
        data = site._read_json("api/announcements.json")
        numbers = {entry["version"] for entry in site.published}
        rows = [row for row in data["announcements"] if row["version"] in numbers]
        if not rows:
            return False
        row = site.random.choice(rows)
        place = row if field in row else site.random.choice(list(row["languages"].values()))
        if not place[field] or place[field] == value:
            return False
        place[field] = value
        site.write_json("api/announcements.json", data)
        return True

    return alter


_ENTRY_FIELDS = {
    "level": "minor",
    "effective": "2026-09-09",
    "day": "2026-01-01",
    "channels": ["alert"],
    "version": "7.7",
    "document": "0" * 64,
    "note": "f" * 64,
    "languages": {},
}


def repeat_key_in_log(site: Site) -> bool:
    """Write a key twice, so that some readers see another value than others."""
    text = site.read("api/log.json")
    new = re.sub(r'("effective": )', r'\1"2020-01-01",\n   \1', text, count=1)
    site.write("api/log.json", new)
    return True


def repeat_key_in_versions(site: Site) -> bool:
    """Write a key of versions.json twice."""
    text = site.read("api/versions.json")
    site.write("api/versions.json", re.sub(r'("level": )', r'\1"special", \1', text, count=1))
    return True


DATA_FORGERIES: dict[str, Callable[[Site], bool]] = {
    **{f"log: {name}": _alter_entry(name, value, recompute=False) for name, value in _ENTRY_FIELDS.items()},
    **{
        f"log with hashes: {name}": _alter_entry(name, value, recompute=True)
        for name, value in _ENTRY_FIELDS.items()
    },
    **{
        f"log with hashes and data: {name}": _alter_entry(name, value, recompute=True, data=True)
        for name, value in _ENTRY_FIELDS.items()
        if name in {"level", "effective", "day", "channels"}
    },
    **{f"log: {name}": _change_log(change, recompute=False) for name, change in LOG_CHANGES.items()},
    **{
        f"log with hashes: {name}": _change_log(change, recompute=True)
        for name, change in LOG_CHANGES.items()
    },
    **{
        f"versions.json: {field}": _alter_row(field, value)
        for field, value in {
            "level": "minor",
            "effective": "2026-09-09",
            "published": "2026-01-01",
            "channels": ["alert"],
            "version": "7.7",
            "entry": "0" * 64,
            "title": "Ingenting",
            "summary": "Ingenting.",
            "action": "Ingenting.",
            "url": "https://example.com/",
            "withdraws": ["1.0"],
            "withdrawn_by": "1.0",
            "brings_forward": ["1.0"],
            "redacted": False,
        }.items()
    },
    "versions.json: version that is missing": drop_row,
    "versions.json: order": swap_rows,
    "versions.json: language that is missing": drop_row_language,
    "everywhere: version that is missing": drop_version,
    **{
        f"announcements.json: {field}": _alter_announcement(field, value)
        for field, value in {
            "entry": "0" * 64,
            "channels": ["help_centre", "alert", "login", "email"],
            "level": "minor",
            "effective": "2026-09-09",
            "published": "2026-01-01",
            "title": "Ingenting",
            "summary": "Ingenting.",
            "action": "Ingenting.",
            "version": "7.7",
        }.items()
    },
    "log: repeated key": repeat_key_in_log,
    "versions.json: repeated key": repeat_key_in_versions,
}
