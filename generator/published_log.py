"""The log that is published already, which a build may only add to (docs/reference/record.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from changelog.log_entries import EntryKind, hash_value
from changelog.versions import VersionLog
from common.errors import InputError
from common.input_files import parse_json, read_input_file
from common.web_files import fetch_web_file

_PATH_IN_SITE = "api/log.json"
FIRST_PUBLICATION = "none"
_HINT = (
    f"pass the log.json that is published, the site that has it, or '{FIRST_PUBLICATION}' "
    "if nothing has been published yet"
)
_MISSING_HINT = f"check the address, or pass '{FIRST_PUBLICATION}' if nothing has been published yet"
_SCHEMA = 2
_MAX_BYTES = 64 * 1024 * 1024  # some 100,000 entries

PublishedEntry = Mapping[str, Any]


def read_published_log(source: str) -> bytes | None:
    """Return the content of `log.json`, or of the one in a site, from a file, a folder or an http(s) address.

    None for "none", which says that nothing has been published yet. Raises InputError, or TryLaterError
    if a server does not answer.
    """
    if not source.strip():
        raise InputError(f"--published: an empty value, perhaps of a variable that is not set; {_HINT}")
    if source == FIRST_PUBLICATION:
        return None
    if source.lower().startswith(("http://", "https://")):
        if "@" in source:  # not repeated: it may hold a password
            raise InputError("--published: an address with a user name is refused; a published log is public")
        address = source if source.endswith(".json") else f"{source.removesuffix('/')}/{_PATH_IN_SITE}"
        return fetch_web_file(address, _MAX_BYTES, _HINT, _MISSING_HINT)
    path = Path(source)
    return read_input_file(path / _PATH_IN_SITE if _is_folder(path) else path, _MAX_BYTES, _HINT)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except ValueError:  # a NUL byte in the name
        return False


def parse_log(content: bytes, source: str) -> Sequence[PublishedEntry]:
    """Return the entries of a `log.json` whose hashes are all correct; raise InputError for any other."""
    try:
        log = parse_json(content)
    except ValueError:
        raise InputError(f"{source}: not JSON; pass the log.json that is published") from None
    if not isinstance(log, dict) or not isinstance(log.get("entries"), list):
        raise InputError(f"{source}: not a log.json; pass the one that is published")
    if log.get("schema") != _SCHEMA:
        raise InputError(f"{source}: schema {log.get('schema')!r:.20}; this release reads schema {_SCHEMA}")
    entries: list[Any] = log["entries"]
    if not entries:
        raise InputError(
            f"{source}: an empty log; pass '{FIRST_PUBLICATION}' if nothing has been published yet"
        )
    previous = None
    for number, entry in enumerate(entries, start=1):
        if not is_intact(entry, previous):
            raise InputError(f"{source}: entry {number} does not have its own hash; this copy was altered")
        previous = entry["hash"]
    return entries


def is_intact(entry: object, previous: str | None) -> bool:
    """Whether an entry follows the one with the hash `previous` and has the hash of its own fields."""
    if not isinstance(entry, dict) or entry.get("previous") != previous:
        return False
    fields = {name: value for name, value in entry.items() if name != "hash"}
    try:
        return bool(entry.get("hash") == hash_value(fields))
    except (ValueError, RecursionError):  # a lone surrogate, or deep nesting
        return False


def reject_rewritten_log(entries: Sequence[PublishedEntry], published: Sequence[PublishedEntry]) -> None:
    """Raise InputError unless the published log is a prefix of the new one; it names the first difference.

    Older versions are adopted before anything is published, so nothing published is called imported later.
    """
    for position, old in enumerate(published):
        if position == len(entries):
            raise InputError(
                f"{_name_entry(old)} has been published and would disappear; restore its commits"
            )
        new = entries[position]
        if old["hash"] != new["hash"]:
            raise InputError(_describe_difference(old, new, position))
    for new in entries[len(published) :] if published else ():
        if new["kind"] == EntryKind.ADOPTED.value:
            raise InputError(
                f"{_name_entry(new)} would call versions imported that have been published here; "
                "remove the commit that added 'adopted'"
            )


def _describe_difference(old: PublishedEntry, new: Mapping[str, object], position: int) -> str:
    name = _name_entry(old)
    if old.get("kind") != new["kind"] or old.get("version") != new.get("version"):
        return (
            f"{name} has been published and would be replaced by {_name_entry(new)}; restore the commits, "
            "or check that this is the log of the same policy"
        )
    # Only the previous hash differs in an entry that follows one of another log.
    fields = [key for key in {**old, **new} if key != "hash" and old.get(key) != new.get(key)]
    also = "; this may be the log of another policy" if position == 0 else ""
    return (
        f"{name} has been published and would change ({', '.join(fields)}); "
        f"revert the change, or make it a new commit{also}"
    )


def _name_entry(entry: Mapping[str, object]) -> str:
    subject = f" of version {entry['version']}" if "version" in entry else ""
    return f"the entry '{entry.get('kind')}'{subject} of {entry.get('day')}"


def list_late_announcements(log: VersionLog, published_count: int, today: date) -> Iterator[str]:
    """Yield a line for each announced version that takes effect too soon after it is first published.

    The lead time of a version that is not in the published log yet, with its `published_count` entries,
    counts from today and not from the day of its commit.
    """
    for entry in log.entries[published_count:]:
        if entry.kind is not EntryKind.PUBLISHED:
            continue
        version = log.get_version(str(entry.fields["version"]))
        lead_days = version.lead_days
        days = (version.effective - today).days
        if 0 < days < lead_days:
            yield (
                f"version {version.number} is first published {days} days before it takes effect on "
                f"{version.effective}; 'lead_days' promises {lead_days}: choose a later day"
            )
