"""The state of `out/` after a build: whether the next build has nothing to do, and which files are damaged.

This module is imported before Jinja and YAML. The state is authenticated, and trusted as far as the disk
agrees with it: each file by its size, inode and time of change, the history by the id of its commit. Unlike
the time of modification, the time of change cannot be set (inode(7)).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from changelog.git_process import ResolvedRef
from generator.build_options import BuildOptions, HistorySummary
from generator.cache_key import CacheKey, load_cache_key
from generator.public_files import is_real_folder, read_regular_file, remove_path, write_public_file

# Size in bytes, time of change in nanoseconds and inode, as a list since JSON has no tuples.
FileStat: TypeAlias = list[int]
FolderStats: TypeAlias = Mapping[str, FileStat]

_SCHEMA = 3
_FILE_NAME = "build-state.json"
_PURPOSE = "build state"
_MAX_BYTES = 1 << 28  # 15,000 files need one megabyte
# Their code and text decide what a page looks like.
SOFTWARE_FOLDERS = ("common", "languages", "policy", "changelog", "generator", "templates")
PUBLISHED_LINKS = {"site": "current/site", "letters": "current/letters"}
STORAGE_FOLDERS = ("store", "generations")


@dataclass(frozen=True)
class BuildInputs:
    """Everything that the files in `out/` depend on; two equal values give the same bytes.

    `commit` is empty if the files depend on more than a commit. `prefix` is the path of the source inside
    its repository. `software`, `templates` (of what replaces ours) and `published` are digests.
    """

    commit: str
    prefix: str
    source: str
    software: str
    templates: str
    today: str
    base_url: str
    published: str


@dataclass(frozen=True)
class BuildState:
    """The last build: its inputs and results, and the file stats of every folder that is published.

    `is_clean` says whether that build rendered everything that it published. `assets` are the SHA-256 of its
    own assets by path, `redactions` is a digest of those that it applied.
    """

    inputs: BuildInputs
    history: HistorySummary
    page_count: int
    is_clean: bool
    generation: str
    assets: Mapping[str, str]
    redactions: str
    folders: Mapping[str, FolderStats]

    def is_intact(self, out: Path | str, folder: str) -> bool:
        """Whether a folder below `out` has all its files as the build left them."""
        return folder in self.folders and _has_stats(f"{out}/{folder}/", self.folders[folder])


def describe_build_inputs(options: BuildOptions, ref: ResolvedRef, published: bytes | None) -> BuildInputs:
    """Return the inputs of a build of a commit; `published` is the log that is published, if it is given.

    Software is identified by the stats of its files, which takes less time than reading them.
    """
    libraries = Path(json.__file__).parent, *(Path(folder) for folder in sys.path if "-packages" in folder)
    software = [
        f"{path} {stats.st_size} {stats.st_mtime_ns}"
        for path, stats in [
            *_list_files(options.project, SOFTWARE_FOLDERS),
            *((str(folder), folder.stat()) for folder in libraries),
        ]
    ]
    return BuildInputs(
        commit="" if options.draft else ref.commit,
        prefix=ref.prefix,
        source=str(options.source.resolve()),
        software=hashlib.sha256("\n".join([sys.version, *sorted(software)]).encode()).hexdigest(),
        templates=options.templates.hash_replacements(),
        today=str(options.today),
        base_url=str(options.base_url),
        published="" if published is None else hashlib.sha256(published).hexdigest(),
    )


def _list_files(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, os.stat_result]]:
    for name in names:
        with os.scandir(folder / name) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    yield entry.path, entry.stat()
                elif entry.name != "__pycache__":
                    yield from _list_files(folder / name, [entry.name])


def load_build_state(out: Path, key: CacheKey | None) -> BuildState | None:
    """Return the state of the last build into `out`; None if there is none to use.

    It is not used if it is missing, damaged, forged or has a different schema.
    """
    if key is None:
        return None
    try:
        state = key.deserialize(_PURPOSE, read_regular_file(out / _FILE_NAME, _MAX_BYTES))
        if state.pop("schema") != _SCHEMA:
            return None
        inputs, history = BuildInputs(**state.pop("inputs")), HistorySummary(**state.pop("history"))
        return BuildState(inputs=inputs, history=history, **state)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def save_build_state(out: Path, state: BuildState, key: CacheKey | None) -> None:
    """Save the state of a build for the next one, if there is a key to authenticate it."""
    # Renamed into place: a build that is killed half-way leaves the old state or the new one.
    file, new = out / _FILE_NAME, out / f".new-{_FILE_NAME}"
    remove_path(new)
    if key is None:
        remove_path(file)
        return
    values = {**vars(state), "inputs": vars(state.inputs), "history": vars(state.history)}
    if file.is_dir():
        remove_path(file)
    try:
        write_public_file(new, key.serialize(_PURPOSE, {"schema": _SCHEMA, **values}))
        new.replace(file)
    except OSError:
        remove_path(new)
        raise


def find_unchanged_build(out: Path, inputs: BuildInputs, key: CacheKey | None) -> BuildState | None:
    """Return the state of the last build if it had the same inputs and its files are intact; else None."""
    state = load_build_state(out, key)
    if state is None or state.inputs != inputs or not inputs.commit:
        return None
    return state if _is_published(out, state) else None


def is_clean_build(out: Path) -> bool:
    """Whether one build rendered all that `out` publishes, and every file is as that build left it.

    False if anything was taken from an earlier build, however well it was checked; also if this user has no
    home folder to keep a key in, or another user or machine has built: then nothing tells what was altered.
    """
    state = load_build_state(out, load_cache_key(out))
    return state is not None and state.is_clean and _is_published(out, state)


def _is_published(out: Path, state: BuildState) -> bool:
    """Whether the files of a build are in `out` as it left them, and are what `out` publishes."""
    links = {**PUBLISHED_LINKS, "current": f"generations/{state.generation}"}
    try:
        if any(os.readlink(out / name) != target for name, target in links.items()):  # noqa: PTH115 - compared as text
            return False
    except OSError:
        return False
    if not all(is_real_folder(out / name) for name in STORAGE_FOLDERS):
        return False
    out_path = str(out)  # strings, not paths: thousands of files are checked below
    return all(state.is_intact(out_path, folder) for folder in state.folders)


def _has_stats(folder: str, stats: FolderStats) -> bool:
    if not stats:
        return False
    try:
        for path, expected in stats.items():
            now = os.lstat(folder + path)
            if [now.st_size, now.st_ctime_ns, now.st_ino] != expected:
                return False
    except (OSError, ValueError, TypeError):
        return False
    return True


def list_file_stats(folder: Path) -> Iterator[tuple[str, FileStat]]:
    """Yield the path and the stats of a folder, its subfolders and their files; links are not followed."""
    # A folder's own time tells of files that were added or removed.
    start = len(str(folder)) + 1
    for parent, _, names in os.walk(folder):
        for path in (parent, *(f"{parent}/{name}" for name in names)):
            stats = os.lstat(path)
            yield path[start:], [stats.st_size, stats.st_ctime_ns, stats.st_ino]
