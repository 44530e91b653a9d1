"""Verifies a site as a whole, and says in lines for people what was found."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import InputError
from common.input_files import read_input_file
from verifier.json_reader import JsonError, parse_json
from verifier.letters import judge_letter, read_entry_digits
from verifier.log import Log, compare_with_old_log, describe_removals, has_later_removal, read_log
from verifier.site_data import (
    ANNOUNCEMENTS,
    VERSIONS,
    compare_announcements,
    compare_prose,
    compare_versions,
    list_rows,
)
from verifier.site_files import MAX_BYTES, FileMissingError, RedirectedError, SiteFiles, open_site
from verifier.site_pages import PageChecker

if TYPE_CHECKING:
    from common.time_stamps import Roots

LOG = "api/log.json"
TIME_STAMPS = "api/timestamps.json"


@dataclass(frozen=True, slots=True)
class Verification:
    """Lines about problems, in the order of the history, and lines about what was verified."""

    problems: Sequence[str]
    results: Sequence[str]


def verify_site(
    place: str, letters: Sequence[Path] = (), old_log: Path | None = None, roots_file: Path | None = None
) -> Verification:
    """Verify the site in a folder or at an address, against saved letters and an older log if there are any.

    Its time stamps are verified against the root certificates of a file, if there is one. Raises InputError
    for anything that is no site, letter, log or certificate; TryLaterError if a server does not answer.
    """
    files = open_site(place)
    roots = _read_roots(roots_file) if roots_file else ()
    found_digits = [(path, read_entry_digits(path)) for path in letters]
    old = _read_old_log(old_log) if old_log else None
    log = _read_log(files)
    problems = list(log.problems)
    results = [_summarize(log)] if log.entries else []
    if old_log and old:
        if difference := compare_with_old_log(log, old, str(old_log)):
            problems.append(difference)
        results.append(_describe_old_log(log, old, old_log))
    for path, digits in found_digits:
        is_in_log, line = judge_letter(path, digits, log)
        (results if is_in_log else problems).append(line)
    results += describe_removals(log)
    if log.entries:
        for is_proven, line in _judge_time_stamps(files, log, roots):
            (results if is_proven else problems).append(line)
        problems += _check_site(files, log)
    return Verification(problems, results)


def _read_old_log(path: Path) -> Log:
    hint = "pass a copy of log.json that you saved"
    content = read_input_file(path, MAX_BYTES, hint).removeprefix(codecs.BOM_UTF8)
    try:
        parse_json(content)
    except JsonError as error:
        raise InputError(f"{path} {error}, or was cut off; {hint}") from None
    old = read_log(content, str(path))
    if old.problems:
        raise InputError(f"{old.problems[0]}; a copy that was altered proves nothing")
    return old


def _describe_old_log(log: Log, old: Log, path: Path) -> str:
    removed = (
        "; words of its versions were removed since" if has_later_removal(log, len(old.entries) - 1) else ""
    )
    return f"log       {path}: its {len(old.entries)} entries are the first of this log{removed}"


def _read_roots(path: Path) -> Roots:
    from common.time_stamps import read_roots  # noqa: PLC0415 - needs an extra that few have

    return read_roots(path)


def _judge_time_stamps(files: SiteFiles, log: Log, roots: Roots) -> Iterator[tuple[bool, str]]:
    """Yield for each time stamp whether it is right, with a line; without roots, one line about all."""
    try:
        _, rows = _read_rows(files, TIME_STAMPS, "timestamps")
    except FileMissingError as error:
        yield False, f"{TIME_STAMPS} {error}"
        return
    if roots and rows:
        from verifier.time_stamps import judge_time_stamps  # noqa: PLC0415 - needs an extra that few have

        yield from judge_time_stamps(rows, log, roots)
    elif roots:
        yield True, "stamped   no entry: the site has no time stamps"
    elif rows:
        count = f"{len(rows)} time stamp{'s' * (len(rows) != 1)}"
        yield True, f"stamped   {count}, not verified: pass --roots with certificates that you trust"


def _read_log(files: SiteFiles) -> Log:
    try:
        return read_log(files.read(LOG), LOG)
    except RedirectedError as error:
        raise InputError(f"{LOG} {error}") from None
    except FileMissingError as error:
        reason = str(error)
    try:
        files.read(VERSIONS)
    except FileMissingError:
        raise InputError(f"{LOG} {reason}; pass the folder or the address of a whole site") from None
    return Log(problems=[f"{LOG} {reason}: nothing that the site says can be verified"])


def _summarize(log: Log) -> str:
    last = log.entries[-1]
    versions, entries = len(log.publications), len(log.entries)
    return (
        f"verified  {versions} version{'s' * (versions != 1)}, "
        f"{entries} {'entry' if entries == 1 else 'entries'}, the last is {last['hash']} of {last['day']}"
    )


def _check_site(files: SiteFiles, log: Log) -> Iterator[str]:
    """Yield what is wrong with the files of a site."""
    try:
        data, rows = _read_rows(files, VERSIONS, "versions")
        base_url = data.get("base_url")
        if not isinstance(base_url, str) or not base_url.endswith("/"):
            raise FileMissingError("has no base_url")  # noqa: TRY301 - the same as a file that cannot be read
    except FileMissingError as error:
        yield f"{VERSIONS} {error}: the pages of the versions cannot be found"
        return
    yield from compare_versions(log, rows)
    in_force = data.get("in_force")
    checker = PageChecker(files, log, base_url, in_force if isinstance(in_force, str) else "")
    for row in rows:
        number, languages = row.get("version"), row.get("languages")
        if isinstance(number, str) and isinstance(languages, dict):
            for language, own in languages.items():
                if (number, language) in log.documents and isinstance(own, dict):
                    yield from checker.check_version(number, language, own)
    yield from checker.check_front_pages()
    yield from checker.check_changelogs()
    yield from compare_prose(checker.note_words, rows, VERSIONS)
    yield from _check_announcements(files, log, checker.note_words)


def _check_announcements(
    files: SiteFiles, log: Log, note_words: Mapping[tuple[str, str], Mapping[str, list[str]]]
) -> Iterator[str]:
    try:
        _, rows = _read_rows(files, ANNOUNCEMENTS, "announcements")
    except FileMissingError as error:
        yield f"{ANNOUNCEMENTS} {error}"
        return
    yield from compare_announcements(log, rows)
    yield from compare_prose(note_words, rows, ANNOUNCEMENTS)


def _read_rows(files: SiteFiles, path: str, key: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a JSON file and the list of objects in it; raise FileMissingError if it cannot be read."""
    try:
        data = parse_json(files.read(path))
    except JsonError as error:
        raise FileMissingError(str(error)) from None
    rows = list_rows(data, key)
    if rows is None:
        raise FileMissingError(f"has not the schema and the list of {key} that this program reads")
    return data, rows
