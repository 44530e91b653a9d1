"""What others have kept, against the log: saved letters, an older log, and time stamps of an authority."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import InputError
from common.input_files import read_input_file
from verifier.json_reader import JsonError, parse_json
from verifier.letters import judge_letter, read_entry_digits
from verifier.log import Log, compare_with_old_log, has_later_removal, read_log
from verifier.site_data import list_rows
from verifier.site_files import MAX_BYTES, FileMissingError, SiteFiles

if TYPE_CHECKING:
    from common.time_stamps import Roots

TIME_STAMPS = "api/timestamps.json"


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Letters with the digits of hashes that each has, an older log, and root certificates."""

    letters: Sequence[tuple[Path, list[str]]]
    old_log: tuple[Path, Log] | None
    roots: Roots

    @classmethod
    def read(cls, letters: Sequence[Path], old_log: Path | None, roots_file: Path | None) -> Witnesses:
        """Read the files; raise InputError for one that is no letter, log or certificate."""
        roots = _read_roots(roots_file) if roots_file else ()
        found_digits = [(path, read_entry_digits(path)) for path in letters]
        return cls(found_digits, (old_log, _read_old_log(old_log)) if old_log else None, roots)

    def judge_log(self, log: Log) -> Iterator[tuple[bool, str]]:
        """Yield, for the older log and each letter, whether the log agrees with it, with a line."""
        if self.old_log:
            path, old = self.old_log
            difference = compare_with_old_log(log, old, str(path))
            yield not difference, difference or _describe_old_log(log, old, path)
        for path, digits in self.letters:
            yield judge_letter(path, digits, log)

    def judge_time_stamps(self, files: SiteFiles, log: Log) -> Iterator[tuple[bool, str]]:
        """Yield for each time stamp whether it is right, with a line; without roots, one line about all."""
        try:
            _, rows = read_rows(files, TIME_STAMPS, "timestamps")
        except FileMissingError as error:
            yield False, f"{TIME_STAMPS} {error}"
            return
        if self.roots and rows:
            from verifier.time_stamps import judge_time_stamps  # noqa: PLC0415 - needs an extra that few have

            yield from judge_time_stamps(rows, log, self.roots)
        elif self.roots:
            yield True, "stamped   no entry: the site has no time stamps"
        elif rows:
            count = f"{len(rows)} time stamp{'s' * (len(rows) != 1)}"
            yield True, f"stamped   {count}, not verified: pass --roots with certificates that you trust"


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


def read_rows(files: SiteFiles, path: str, key: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a JSON file and the list of objects in it; raise FileMissingError if it cannot be read."""
    try:
        data = parse_json(files.read(path))
    except JsonError as error:
        raise FileMissingError(str(error)) from None
    rows = list_rows(data, key)
    if rows is None:
        raise FileMissingError(f"has not the schema and the list of {key} that this program reads")
    return data, rows
