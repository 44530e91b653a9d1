"""What stands in `out/`, and what it was made from: whether a build has anything to do, and what to mend.

It is read before Jinja or YAML are imported, and believed as far as the disk agrees with it: each
file by its size and the time it was written, the past of Git by the commit alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Stamps = Mapping[str, list[int]]
    Folders = Mapping[str, Stamps]

_SCHEMA = 1
_NAME = "standing.json"
SOFTWARE_FOLDERS = (
    "common",
    "policy",
    "changelog",
    "generator",
    "templates",
)  # whose code and words decide how a page looks
_PUBLISHED = {"site": "current/site", "letters": "current/letters"}


@dataclass(frozen=True)
class BuildSummary:
    """What a build tells of its work: warnings, and how many revisions, versions (`count`) and pages."""

    warnings: Sequence[str]
    revision_count: int
    version_count: int
    page_count: int


@dataclass(frozen=True)
class BuildState:
    """The last build into a folder: what it was made from, and the stamps of each folder that it stands in.

    A stamp is a file's size in bytes and the time it was written, in nanoseconds, by its path in the folder.
    """

    inputs: Mapping[str, str]
    summary: BuildSummary
    generation: str
    folders: Folders

    def is_intact(self, out: Path | str, folder: str) -> bool:
        """Whether a folder below `out` is as it was left."""
        return folder in self.folders and _unchanged(f"{out}/{folder}/", self.folders[folder])


def describe_build_inputs(house: Path, source: Path, commit: str, **options: object) -> Mapping[str, str]:
    """Name all that a build of a commit is made from: options, software, libraries, interpreter."""
    libraries = Path(json.__file__).parent, *(Path(place) for place in sys.path if "-packages" in place)
    software = [
        f"{path} {stamp.st_size} {stamp.st_mtime_ns}"
        for path, stamp in [
            *_files(house, SOFTWARE_FOLDERS),
            *((str(place), place.stat()) for place in libraries),
        ]
    ]
    return {
        "commit": commit,
        "source": str(source.resolve()),
        "software": hashlib.sha256("\n".join([sys.version, *sorted(software)]).encode()).hexdigest(),
        **{name: str(value) for name, value in options.items()},
    }


def hash_file(file: Path | None) -> str:
    """Name what a file holds; one that cannot be read holds nothing that a build was made from."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() if file else ""
    except OSError:
        return "unreadable"


def _files(folder: Path, rooms: Iterable[str]) -> Iterator[tuple[str, os.stat_result]]:
    for room in rooms:
        with os.scandir(folder / room) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        yield from _files(folder / room, [entry.name])
                else:
                    yield entry.path, entry.stat()


def load_build_state(out: Path) -> BuildState | None:
    """Give the last build into `out`; none where its file is missing, damaged or of another make."""
    try:
        known = json.loads((out / _NAME).read_bytes())
        if known.pop("schema") != _SCHEMA:
            return None
        return BuildState(**{**known, "summary": BuildSummary(**known["summary"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def find_unchanged_build(out: Path, wanted: Mapping[str, str]) -> BuildSummary | None:
    """Give the report of the last build where this one would make the very same, and nothing is damaged."""
    found = load_build_state(out)
    if found is None or found.inputs != wanted or not wanted["commit"]:
        return None
    links = {**_PUBLISHED, "current": f"generations/{found.generation}"}
    try:
        led = all(os.readlink(out / name) == target for name, target in links.items())  # noqa: PTH115
    except OSError:
        return None
    place = str(out)
    return found.summary if led and all(found.is_intact(place, folder) for folder in found.folders) else None


def _unchanged(below: str, stamps: Stamps) -> bool:
    if not stamps:
        return False
    try:
        for path, stamp in stamps.items():
            now = os.stat(below + path)  # noqa: PTH116 - thousands of them
            if [now.st_size, now.st_mtime_ns] != stamp:
                return False
    except (OSError, ValueError, TypeError):
        return False
    return True


def file_stats(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Walk what is in a folder, and the folders themselves, with their stamps; no link is followed."""
    start = len(str(folder)) + 1
    for place, _, names in os.walk(folder):
        for path in (place, *(f"{place}/{name}" for name in names)):
            stamp = os.lstat(path)
            yield path[start:], [stamp.st_size, stamp.st_mtime_ns]


def save_build_state(out: Path, standing: BuildState) -> None:
    """Keep what was built for the next build."""
    new = out / f".new-{_NAME}"
    known = {**vars(standing), "summary": vars(standing.summary)}
    new.write_text(json.dumps({"schema": _SCHEMA, **known}))
    new.replace(out / _NAME)
