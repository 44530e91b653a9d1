"""Reads `api/log.json`: what it says of each version, and what in it contradicts the rules of a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from verifier.json_reader import JsonError, parse_json
from verifier.log_entries import has_known_fields, has_known_kind
from verifier.texts import hash_value

SCHEMA = 2
Entry: TypeAlias = Mapping[str, Any]


class Removal(NamedTuple):
    """What the log says of one removal: a section, its former hash, and that of the whole text before it."""

    section: str
    before: str
    document_before: str


@dataclass(slots=True)
class Log:
    """The entries, and what the newest of them say of each version.

    `documents` and `notes` are hashes by number and language; `withdraws` and `brings_forward` are numbers by
    that of the version that does it. `newest_minor` is by whole number.
    `imported` are the numbers of the versions from before the log. `problems` are lines for people.
    """

    entries: list[Entry] = field(default_factory=list)
    publications: dict[str, Entry] = field(default_factory=dict)
    documents: dict[tuple[str, str], str] = field(default_factory=dict)
    notes: dict[tuple[str, str], str | None] = field(default_factory=dict)
    withdraws: dict[str, list[str]] = field(default_factory=dict)
    withdrawn_by: dict[str, str] = field(default_factory=dict)
    brings_forward: dict[str, list[str]] = field(default_factory=dict)
    imported: frozenset[str] = frozenset()
    redacted: set[str] = field(default_factory=set)
    removals: dict[tuple[str, str], list[Removal]] = field(default_factory=dict)
    newest_minor: dict[int, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def name_entry(self, position: int) -> str:
        """Return an entry's place, kind and version in words."""
        entry = self.entries[position]
        version = f", version {entry['version']}" if "version" in entry else ""
        return f"entry {position + 1} ({entry['kind']}{version}, {entry['day']})"


def read_log(content: bytes, name: str) -> Log:
    """Read a log; `name` is that of its file. Its problems tell what is wrong with it."""
    try:
        value = parse_json(content)
    except JsonError as error:
        return Log(problems=[f"{name} {error}; this is not the log that was published"])
    if value.get("schema") != SCHEMA or isinstance(value.get("schema"), bool):
        return Log(problems=[f"{name} has not the schema {SCHEMA}; this program can read no other"])
    entries = value.get("entries")
    if not isinstance(entries, list) or not entries or value.keys() != {"schema", "entries"}:
        return Log(problems=[f"{name} has no list of entries; this is not the log that was published"])
    log = Log()
    for position, entry in enumerate(entries):
        if not has_known_kind(entry) or not has_known_fields(entry):
            log.problems.append(
                f"{name}: entry {position + 1} is not of a known kind with its fields; "
                "the entries from there on were not read"
            )
            break
        log.entries.append(entry)
        log.problems += (
            f"{name}: {log.name_entry(position)} {problem}" for problem in _read_entry(log, position)
        )
    return log


def _read_entry(log: Log, position: int) -> Iterator[str]:
    """Take over what an entry says; yield what is wrong with it."""
    entry = log.entries[position]
    yield from _check_place(log.entries, position)
    if entry["kind"] == "published":
        yield from _read_publication(log, entry)
    elif entry["kind"] == "redacted":
        yield from _read_redaction(log, entry)
    elif not {entry["version"], entry.get("by", entry["version"])} <= log.publications.keys():
        yield "names a version that was not published before it"
    elif entry["kind"] in {"note-mended", "explained"}:
        yield from _read_notes(log, entry)
    elif entry["kind"] == "withdrawn":
        log.withdrawn_by.setdefault(entry["version"], entry["by"])
        log.withdraws.setdefault(entry["by"], []).append(entry["version"])
    elif entry["kind"] == "adopted":
        yield from _read_adoption(log, entry)
    elif entry["kind"] == "brought-forward":
        log.brings_forward.setdefault(entry["by"], []).append(entry["version"])


def _check_place(entries: Sequence[Entry], position: int) -> Iterator[str]:
    entry, before = entries[position], entries[position - 1] if position else None
    try:
        own_hash = hash_value({name: value for name, value in entry.items() if name != "hash"})
    except ValueError:  # half of a surrogate pair
        own_hash = ""
    if entry["hash"] != own_hash:
        yield "does not have the hash of its own fields: it was changed after it was written"
    if entry["previous"] != (before["hash"] if before else None):
        yield "does not name the hash of the entry before it: one was removed, inserted or moved"
    if before and entry["day"] < before["day"]:
        yield f"is dated before the entry above it, {before['day']}: days never go back"


def _read_publication(log: Log, entry: Entry) -> Iterator[str]:
    number, level = entry["version"], entry["level"]
    if number in log.publications:
        yield "publishes a number a second time"
        return
    if (level == "first") == bool(log.publications):
        yield f"has the level '{level}': the first version has 'first', and no other"
    whole, minor = map(int, number.split("."))
    if (whole, minor) != (expected := _find_next_number(log, level, whole)):
        follows = ".".join(map(str, expected))
        yield f"has not the number that follows those before it, {follows}: one was removed or inserted"
    if entry["effective"] < entry["day"]:
        yield f"takes effect on {entry['effective']}, before it was published"
    log.publications[number] = entry
    log.newest_minor[whole] = minor
    for language, hashes in entry["languages"].items():
        log.documents[number, language] = hashes["document"]
        log.notes[number, language] = hashes["note"]


def _find_next_number(log: Log, level: str, whole: int) -> tuple[int, int]:
    """Return the number of the next version of a level; a minor one may follow any whole number."""
    if level == "minor" and whole in log.newest_minor:
        return whole, log.newest_minor[whole] + 1
    return len(log.newest_minor) + 1, 0


def _read_notes(log: Log, entry: Entry) -> Iterator[str]:
    number = entry["version"]
    if entry["languages"].keys() != log.publications[number]["languages"].keys():
        yield "does not have the languages of its version"
    for language, hashes in entry["languages"].items():
        log.notes[number, language] = hashes["note"]


def _read_adoption(log: Log, entry: Entry) -> Iterator[str]:
    """Take over which versions are from before the log: nobody was told of them, and they come first."""
    if log.imported:
        yield "calls older versions imported a second time"
        return
    log.imported = frozenset(log.publications)
    if entry["version"] != next(reversed(log.publications)):
        yield "does not name the newest version before it"
    announced = [number for number, row in log.publications.items() if row["channels"]]
    if announced:
        yield f"calls version {announced[0]} imported, which was announced"


def _read_redaction(log: Log, entry: Entry) -> Iterator[str]:
    for number, hashes in entry["versions"].items():
        if (number, entry["language"]) not in log.documents:
            yield f"names version {number}, which was not published in this language before it"
            continue
        key = number, entry["language"]
        removal = Removal(hashes["section"], hashes["before"], log.documents[key])
        log.removals.setdefault(key, []).append(removal)
        log.documents[key] = hashes["document"]
        log.redacted.add(number)


def describe_removals(log: Log) -> Iterator[str]:
    """Yield a line for each entry that says that words were removed from published versions."""
    for position, entry in enumerate(log.entries, start=1):
        if entry["kind"] == "redacted":
            versions = list(entry["versions"])
            sections = dict.fromkeys(removal["section"] for removal in entry["versions"].values())
            yield (
                f"redacted  words were removed from section {', '.join(map(repr, sections))} of "
                f"version{'s' * (len(versions) != 1)} {', '.join(versions)} ({entry['language']}) "
                f"on {entry['day']} (entry {position})"
            )


def has_later_removal(log: Log, position: int) -> bool:
    """Whether words of a version that was published up to a position were removed after it."""
    numbers = {entry["version"] for entry in log.entries[: position + 1] if entry["kind"] == "published"}
    return any(
        entry["kind"] == "redacted" and not numbers.isdisjoint(entry["versions"])
        for entry in log.entries[position + 1 :]
    )


def compare_with_old_log(log: Log, old: Log, name: str) -> str:
    """Return what is wrong if an older log is not the beginning of this one; nothing if it is."""
    for position, entry in enumerate(old.entries):
        if position == len(log.entries):
            return (
                f"{name}: {old.name_entry(position)} is missing in the log: "
                "the history was shortened after the copy was made"
            )
        if entry["hash"] != log.entries[position]["hash"]:
            return (
                f"{name}: {old.name_entry(position)} differs from the log, {log.name_entry(position)}: "
                "the history was rewritten after the copy was made"
            )
    if log.imported and not old.imported:
        return f"{name}: its versions were called imported after the copy was made, and are from this log"
    return ""
