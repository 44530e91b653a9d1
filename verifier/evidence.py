"""Verifies a folder of evidence of one version: its texts, note, facts and letters against the log in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from common.errors import InputError
from verifier.evidence_files import SUMS, check_files, check_names, read_sums
from verifier.json_reader import JsonError, parse_json
from verifier.log import Log, describe_removals, read_log
from verifier.site_data import compare_prose, compare_version
from verifier.site_files import FileMissingError, SiteFiles, open_site
from verifier.site_pages import PageChecker
from verifier.verification import LOG, Verification, summarize_log
from verifier.witnesses import Witnesses

_RECORD = "evidence.json"
_PROOF = "proof.json"
_SCHEMA = 1
_FIXED_FILES = ("README.txt", _RECORD, f"site/{LOG}", "site/api/timestamps.json")


class _UnreadableError(Exception):
    """What is wrong with a folder of evidence of which nothing more can be verified, as a line."""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What evidence.json states: the row of its version, as versions.json has it, and the letters' hashes."""

    record: Mapping[str, Any]
    base_url: str
    version: Mapping[str, Any]
    number: str
    languages: Mapping[str, Mapping[str, Any]]
    letters: Mapping[str, str]
    are_letters_sent: bool


def is_evidence(place: str) -> bool:
    """Whether a place is a folder of evidence, as far as its file names say."""
    try:
        return Path(place, _RECORD).is_file()
    except ValueError:  # "\0"
        return False


def verify_evidence(
    place: str, letters: Sequence[Path] = (), old_log: Path | None = None, roots_file: Path | None = None
) -> Verification:
    """Verify a folder of evidence without asking any server; the options are those of `verify_site`.

    Raises InputError for a letter, log or certificate that cannot be read.
    """
    files, site = open_site(place), _open_site_of(place)
    witnesses = Witnesses.read(letters, old_log, roots_file)
    problems: list[str] = []
    results: list[str] = []
    try:
        sums = _read_sums(files)
        problems += check_files(files, Path(place), sums)
        evidence = _read_evidence(files)
        log = _read_log(site)
        problems += log.problems
        for agrees, line in (*witnesses.judge_log(log), *witnesses.judge_time_stamps(site, log)):
            (results if agrees else problems).append(line)
        problems += _check_record(evidence, log)
        problems += check_names(sums, _list_expected(evidence))
        problems += _check_texts(site, evidence, log)
        problems += _check_letters(files, evidence)
        if evidence.record.get("has_proof"):
            proof = _read_json(files, _PROOF)
            problems += _check_proof(evidence, proof)
            results.append(_describe_proof(evidence, proof))
        results = [_describe(evidence, log), summarize_log(log), *describe_removals(log), *results]
    except _UnreadableError as error:
        problems.append(str(error))
    return Verification(problems, results)


def _open_site_of(place: str) -> SiteFiles:
    try:
        return open_site(str(Path(place, "site")))
    except InputError:
        raise InputError(f"{place}: has {_RECORD}, but no folder site: this is no whole evidence") from None


def _read_sums(files: SiteFiles) -> Mapping[str, str]:
    try:
        return read_sums(files)
    except FileMissingError as error:
        raise _UnreadableError(f"{SUMS} {error}") from None


def _read_json(files: SiteFiles, path: str) -> dict[str, Any]:
    try:
        return parse_json(files.read(path))
    except (FileMissingError, JsonError) as error:
        raise _UnreadableError(f"{path} {error}") from None


def _read_log(site: SiteFiles) -> Log:
    try:
        log = read_log(site.read(LOG), f"site/{LOG}")
    except FileMissingError as error:
        raise _UnreadableError(f"site/{LOG} {error}") from None
    if not log.entries:
        raise _UnreadableError(log.problems[0])
    return log


def _read_evidence(files: SiteFiles) -> _Evidence:
    record = _read_json(files, _RECORD)
    match record:
        case {
            "schema": int(schema),
            "base_url": str(base_url),
            "version": {"version": str(number), "languages": dict(languages)} as version,
            "letters": None | {"sha256": dict()} as letters,
        } if schema == _SCHEMA and languages and all(isinstance(own, dict) for own in languages.values()):
            sent = bool(letters and letters.get("as_sent") is True)
            hashes = letters["sha256"] if letters else {}
            return _Evidence(record, base_url, version, number, languages, hashes, sent)
    raise _UnreadableError(f"{_RECORD} has not the schema {_SCHEMA} with the fields that this program reads")


def _check_record(evidence: _Evidence, log: Log) -> Iterator[str]:
    """Yield what evidence.json states otherwise than the log; raise for a version that is not in it."""
    entry = log.publications.get(evidence.number)
    if entry is None:
        raise _UnreadableError(f"the log has no version {evidence.number!r:.20}, which {_RECORD} is about")
    yield from compare_version(log, evidence.version, _RECORD)
    last = log.entries[-1]
    stated = {"entries": len(log.entries), "day": last["day"], "head": last["hash"]}
    if evidence.record.get("log") != stated:
        yield f"{_RECORD} states another number of entries, last day or last hash than the log has"
    if evidence.record.get("entry_number") != log.entries.index(entry) + 1:
        yield f"{_RECORD} states another place of version {evidence.number} in the log"
    if evidence.are_letters_sent and not evidence.record.get("has_proof"):
        yield f"{_RECORD} says that the letters were sent, but has no proof of it"


def _list_expected(evidence: _Evidence) -> set[str]:
    """Return the paths of the files that there must be; nothing of a language whose address is wrong."""
    expected = {*_FIXED_FILES, *(f"letters/{language}.eml" for language in evidence.letters)}
    for language, row in evidence.languages.items():
        page = str(row.get("url")).removeprefix(evidence.base_url)
        expected |= {f"site/{page}index.html", f"site/{page}policy.txt"}
        if (address := row.get("redline_url")) is not None:
            changes = str(address).removeprefix(evidence.base_url)
            expected |= {f"site/{changes}index.html", f"redline/{language}.txt"}
    return expected | ({_PROOF} if evidence.record.get("has_proof") else set())


def _check_texts(site: SiteFiles, evidence: _Evidence, log: Log) -> Iterator[str]:
    """Yield what is wrong with the pages of the version and with the words of its note."""
    checker = PageChecker(site, log, evidence.base_url, "")
    for language, row in evidence.languages.items():
        if (evidence.number, language) in log.documents:
            yield from checker.check_version(evidence.number, language, row)
    yield from compare_prose(checker.note_words, [dict(evidence.version)], _RECORD)


def _check_letters(files: SiteFiles, evidence: _Evidence) -> Iterator[str]:
    """Yield a line for each letter with another hash than is stated, or that names another entry."""
    for language, digest in evidence.letters.items():
        path = f"letters/{language}.eml"
        try:
            content = files.read(path)
        except FileMissingError as error:
            yield f"{path} {error}"
            continue
        if hashlib.sha256(content).hexdigest() != digest:
            yield f"{path}: has another hash than {_RECORD} states"
        named = BytesHeaderParser().parsebytes(content).get_all("Policy-Log-Entry", ())
        # Long headers are folded.
        if [str(value).strip() for value in named] != [evidence.version.get("entry")]:
            yield f"{path}: does not name the entry of version {evidence.number}"


def _check_proof(evidence: _Evidence, proof: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the proof states of another version or other letters, and numbers that do not add up."""
    facts = ("version", "entry", "level", "published", "effective")
    if any(proof.get(fact) != evidence.version.get(fact) for fact in facts):
        yield f"{_PROOF}: is about another version than {_RECORD}"
    if evidence.are_letters_sent and proof.get("sha256") != evidence.letters:
        yield f"{_PROOF}: has not the hashes of the letters, which {_RECORD} says were sent"
    total, counts, languages = (proof.get(name) for name in ("addressees", "counts", "by_language"))
    by_language = list(languages.values()) if isinstance(languages, dict) else [None]
    if _add_up([counts]) != total or _add_up(by_language) != total:
        yield f"{_PROOF}: the numbers of its addressees do not add up"


def _add_up(tables: Sequence[object]) -> int | None:
    """Return the sum of tables of numbers by state; None if one is no such table."""
    total = 0
    for table in tables:
        for number in table.values() if isinstance(table, dict) else (None,):
            if type(number) is not int:
                return None
            total += number
    return total


def _describe(evidence: _Evidence, log: Log) -> str:
    languages = ", ".join(evidence.languages)
    return (
        f"evidence  version {evidence.number}, published on {evidence.version.get('published')}: texts and "
        f"note ({languages}) are those of entry {evidence.record.get('entry_number')} of {len(log.entries)}"
    )


def _describe_proof(evidence: _Evidence, proof: Mapping[str, Any]) -> str:
    counts = proof.get("counts")
    sent = counts.get("sent") if isinstance(counts, dict) else None
    which = "the letters here" if evidence.are_letters_sent else "other letters than those here"
    return f"told      {which}: {sent} of {proof.get('addressees')} sent, as the publisher's ledger counted"
