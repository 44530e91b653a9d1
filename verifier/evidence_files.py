"""The files of a folder of evidence: those that it may have, each with the hash that SHA256SUMS states."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from verifier.site_files import FileMissingError, SiteFiles

SUMS = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  ([\x21-\x7e]{1,500})")
_ASSETS = "site/assets/"
_MAX_FILES = 10_000


def read_sums(files: SiteFiles) -> Mapping[str, str]:
    """Return the hash of each file by its path; raise FileMissingError if it cannot be read."""
    lines = files.read(SUMS).decode("ascii", "replace").splitlines()
    rows = [_LINE.fullmatch(line) for line in lines]
    sums = {row[2]: row[1] for row in rows if row}
    if len(sums) != len(lines):
        raise FileMissingError("has a line that is no hash and path, or a path twice")
    return sums


def check_files(files: SiteFiles, folder: Path, sums: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each file that is missing, was altered or added, and for whatever is no file."""
    found = set()
    for path, is_file in _list_paths(folder):
        if not is_file:
            yield f"{path}: is no file of its own, but a link or something else"
        elif path not in sums and path != SUMS:
            yield f"{path}: is not in {SUMS}: it was added"
        found.add(path)
        if len(found) > _MAX_FILES:
            yield f"there are more than {_MAX_FILES} files: this is no folder of evidence"
            return
    for path, digest in sums.items():
        if path not in found:
            yield f"{path}: is missing"
            continue
        try:
            own = hashlib.sha256(files.read(path)).hexdigest()
        except FileMissingError as error:
            yield f"{path}: {error}"
            continue
        if own != digest:
            yield f"{path}: has not the hash that {SUMS} states: one of them was altered"


def check_names(sums: Mapping[str, str], expected: set[str]) -> Iterator[str]:
    """Yield a line for each file that there must be and is not, and for each that there must not be."""
    found = {path for path in sums if not path.startswith(_ASSETS)}
    for path in sorted(expected - found):
        yield f"{path}: is not in {SUMS}, but evidence.json tells of it"
    for path in sorted(found - expected):
        yield f"{path}: is no file of this evidence"


def _list_paths(folder: Path) -> Iterator[tuple[str, bool]]:
    """Yield the path of everything below a folder but folders, and whether it is a regular file."""
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted([*names, *links]):
            path = Path(place, name)
            yield path.relative_to(folder).as_posix(), path.is_file() and not path.is_symlink()
