"""Compares the JSON files of a site with its log, in what both of them state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from verifier.log import SCHEMA, Log

VERSIONS = "api/versions.json"
ANNOUNCEMENTS = "api/announcements.json"


def list_rows(data: Mapping[str, Any], key: str) -> list[dict[str, Any]] | None:
    """Return the list of objects at a key; None if there is none, or if the file is of another schema."""
    rows = data.get(key)
    if data.get("schema") != SCHEMA or not isinstance(rows, list):
        return None
    return rows if all(isinstance(row, dict) for row in rows) else None


def compare_versions(log: Log, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for everything in which `versions.json` says something else than the log."""
    numbers = [row.get("version") for row in rows]
    if numbers != list(log.publications):
        difference = _describe_difference(numbers, list(log.publications))
        yield f"{VERSIONS} has other versions than the log: {difference}"
    for row in rows:
        yield from compare_version(log, row, VERSIONS)


def compare_version(log: Log, row: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield a line if the row of a version in the log says something else; `name` is that of its file."""
    number = row.get("version")
    if not isinstance(number, str) or number not in log.publications:
        return
    differing = [fact for fact, value in _describe_version(log, number).items() if row.get(fact) != value]
    if _get_languages(row) != log.publications[number]["languages"].keys():
        differing.append("languages")
    if differing:
        yield _describe_facts(name, number, differing)


def _describe_difference(numbers: list[Any], expected: list[str]) -> str:
    names = {number for number in numbers if isinstance(number, str)}
    missing = [number for number in expected if number not in names]
    extra = sorted(names.difference(expected))
    parts = [
        f"{word} {', '.join(found[:5]):.80}"
        for word, found in (("without", missing), ("with", extra))
        if found
    ]
    return "; ".join(parts) or "in another order, or one of them twice"


def _describe_facts(name: str, number: str, differing: list[str]) -> str:
    return f"{name} states other facts of version {number} than the log: {', '.join(differing)}"


def _describe_version(log: Log, number: str) -> dict[str, object]:
    """Return what `versions.json` has to state of a version."""
    entry = log.publications[number]
    return {
        "level": entry["level"],
        "published": entry["day"],
        "effective": entry["effective"],
        "channels": entry["channels"],
        "entry": entry["hash"],
        "withdraws": log.withdraws.get(number, []),
        "withdrawn_by": log.withdrawn_by.get(number),
        "brings_forward": log.brings_forward.get(number, []),
        "redacted": True if number in log.redacted else None,
        "imported": True if number in log.imported else None,
    }


def _get_languages(row: Mapping[str, Any]) -> Any:
    languages = row.get("languages")
    return languages.keys() if isinstance(languages, dict) else None


def compare_announcements(log: Log, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for everything in which `announcements.json` says something else than the log."""
    for row in rows:
        number = row.get("version")
        if not isinstance(number, str) or number not in log.publications:
            yield f"{ANNOUNCEMENTS} announces a version that is not in the log: {number!r:.20}"
            continue
        entry = log.publications[number]
        expected = {
            "entry": entry["hash"],
            "level": entry["level"],
            "published": entry["day"],
            "effective": entry["effective"],
            "channels": entry["channels"],
        }
        differing = [name for name, value in expected.items() if row.get(name) != value]
        if not (languages := _get_languages(row)) or not languages <= entry["languages"].keys():
            differing.append("languages")
        if differing:
            yield _describe_facts(ANNOUNCEMENTS, number, differing)
        if number in log.withdrawn_by:
            yield f"{ANNOUNCEMENTS} announces version {number}, which was withdrawn"


def compare_prose(
    note_words: Mapping[tuple[str, str], Mapping[str, list[str]]], rows: list[dict[str, Any]], name: str
) -> Iterator[str]:
    """Yield a line for each version whose note has other words in a JSON file than in the change log.

    `note_words` are the words of each part by number and language.
    """
    for row in rows:
        number = row.get("version")
        for language, texts in row["languages"].items() if _get_languages(row) else ():
            words = note_words.get((number, language), {}) if isinstance(number, str) else {}
            differing = [
                part
                for part, expected in words.items()
                # A note without a title is announced with one that is made from its day.
                if (expected or part != "title") and _split(texts, part) != expected
            ]
            if differing:
                yield (
                    f"{name}: the note of version {number} ({language:.20}) has other words than "
                    f"in the change log: {', '.join(differing)}"
                )


def _split(texts: Any, part: str) -> list[str] | None:
    text = texts.get(part) if isinstance(texts, dict) else None
    return text.split() if isinstance(text, str) else None
