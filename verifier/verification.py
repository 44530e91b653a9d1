"""Verifies a site as a whole, and says in lines for people what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from verifier.log import Log, describe_removals, read_log
from verifier.site_data import ANNOUNCEMENTS, VERSIONS, compare_announcements, compare_prose, compare_versions
from verifier.site_files import FileMissingError, RedirectedError, SiteFiles, open_site
from verifier.site_pages import PageChecker
from verifier.witnesses import Witnesses, read_rows

LOG = "api/log.json"


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
    witnesses = Witnesses.read(letters, old_log, roots_file)
    log = _read_log(files)
    problems = list(log.problems)
    results = [summarize_log(log)] if log.entries else []
    for agrees, line in witnesses.judge_log(log):
        (results if agrees else problems).append(line)
    results += describe_removals(log)
    if log.entries:
        for is_proven, line in witnesses.judge_time_stamps(files, log):
            (results if is_proven else problems).append(line)
        problems += _check_site(files, log)
    return Verification(problems, results)


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


def summarize_log(log: Log) -> str:
    """Return how much was verified, in a line."""
    last = log.entries[-1]
    versions, entries = len(log.publications), len(log.entries)
    return (
        f"verified  {versions} version{'s' * (versions != 1)}, "
        f"{entries} {'entry' if entries == 1 else 'entries'}, the last is {last['hash']} of {last['day']}"
    )


def _check_site(files: SiteFiles, log: Log) -> Iterator[str]:
    """Yield what is wrong with the files of a site."""
    try:
        data, rows = read_rows(files, VERSIONS, "versions")
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
        _, rows = read_rows(files, ANNOUNCEMENTS, "announcements")
    except FileMissingError as error:
        yield f"{ANNOUNCEMENTS} {error}"
        return
    yield from compare_announcements(log, rows)
    yield from compare_prose(note_words, rows, ANNOUNCEMENTS)
