"""The folders of published versions: each written once, whole, under a name that tells all it was made of.

A folder that stands here is never written again (contract §5): a later build links to it, or leaves it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sys
from functools import cached_property, lru_cache
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING

from generator.build_state import SOFTWARE_FOLDERS
from generator.context import SiteFile
from generator.pages import render_version_files
from generator.parallel import parallel_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from changelog.versions import Version
    from generator.build_state import BuildState
    from generator.context import SiteContext

    Progress = Callable[[Iterable[str], int], Iterable[str]]

_LIBRARIES = (
    "babel",
    "jinja2",
    "markdown-it-py",
    "mdit-py-plugins",
    "pydantic",
    "pyyaml",
    "rapidfuzz",
    "simplemma",
)
_NEW, _OLD, _SEAL = ".new-", ".old-", ".seal"
_FEW = 8  # folders: fewer are written sooner than a second process starts


@lru_cache(maxsize=1)
def hash_software(house: Path) -> str:
    """Give the hash of all that decides what a page says: our code, templates, libraries, interpreter."""
    digest = hashlib.sha256(sys.version.encode())  # its Unicode tables, and how it keeps values
    for library in _LIBRARIES:
        digest.update(f"{library}={version_of(library)}\n".encode())
    for room in SOFTWARE_FOLDERS:
        for path in sorted((house / room).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(house).as_posix()}\n".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def write_files(folder: Path, files: Iterable[SiteFile]) -> dict[str, str]:
    """Write files into a folder one by one; give the SHA-256 of each by its path."""
    digests: dict[str, str] = {}
    parents: set[Path] = set()
    for file in files:
        path, content = folder / file.path, file.text.encode()
        if path.parent not in parents:
            path.parent.mkdir(parents=True, exist_ok=True)
            parents.add(path.parent)
        path.write_bytes(content)
        digests[file.path] = hashlib.sha256(content).hexdigest()
    return digests


def install_folder(new: Path, folder: Path) -> None:
    """Give a folder that is whole its name; a damaged one that bears it goes aside first."""
    old = folder.with_name(_OLD + folder.name)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def digest_files(digests: Mapping[str, str]) -> str:
    """Give the hash that stands for files, each by its path and its own hash."""
    lines = (f"{path}\0{digests[path]}\0" for path in sorted(digests))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_folder(folder: Path, besides: str = "") -> dict[str, str]:
    """Give what stands in a folder as `lay` gives it, and what links lead to; OSError where it is gone."""
    found = {}
    for place, folders, names in os.walk(folder, onerror=_raise):
        for path in (Path(place, name) for name in (*folders, *names)):
            if path.is_symlink():
                found[path.relative_to(folder).as_posix()] = str(path.readlink())
            elif path.name in names:
                found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    found.pop(besides, None)
    return found


def _raise(error: OSError) -> None:
    raise error


def _sealed(folder: Path) -> bool:
    """Whether a folder holds what was written into it, no more and no less."""
    try:
        return (folder / _SEAL).read_text() == digest_files(hash_folder(folder, _SEAL))
    except (OSError, ValueError):
        return False


class VersionStore:
    """The folders of one out/store, for one edition."""

    def __init__(self, root: Path, edition: SiteContext, house: Path, place: str, *, cache: bool) -> None:
        self.root = root
        self.edition = edition
        self.untouched: set[str] = set()
        settings = edition.log.policy.settings
        dressing = (
            hash_software(house),
            place,
            edition.base_url,
            settings.title,
            sorted(edition.log.policy.aliases.items()),
        )
        # Without the cache every folder gets a name that none has: readers keep theirs till the switch.
        self.dressing = repr(dressing) + ("" if cache else secrets.token_hex())

    def _name(self, version: Version) -> str:
        """Give the name of a version's folder; a commit's id stands for everything before it."""
        before = self.edition.predecessor(version)
        made_of = version.commit or (version.documents, before and before.commit)
        redacted = (version.redactions, before and before.redactions)
        told = (version.number, version.note_texts, version.chain_sha256, redacted)
        return hashlib.sha256(repr((self.dressing, made_of, told)).encode()).hexdigest()[:32]

    @cached_property
    def names(self) -> dict[str, Version]:
        """Give the folder of every version, oldest first."""
        return {self._name(version): version for version in self.edition.log.versions}

    def read_stored_file(self, version: Version, path: str) -> str:
        """Give a file of a version's folder."""
        return (self.root / self._folders[version.number] / path).read_text(encoding="utf-8")

    def write_missing(self, jobs: int, watch: Progress, before: BuildState | None) -> set[str]:
        """Write the folders that are not there or damaged, by as many processes as `jobs`; name them.

        Those that stand as they were left, by their stamps, are `untouched`.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        missing = {name: v for name, v in self.names.items() if not self._stands(name, before)}
        for _ in watch(parallel_map(self._write, list(missing), jobs, _FEW), len(missing)):
            pass
        return set(missing)

    def _stands(self, name: str, before: BuildState | None) -> bool:
        if before and before.is_intact(self.root.parent, f"{self.root.name}/{name}"):
            self.untouched.add(name)
            return True
        return _sealed(self.root / name)

    def _write(self, name: str) -> str:
        """Write a folder whole or not at all: it gets its name when the last file stands in it.

        A damaged one of that name goes aside only then.
        """
        new = self.root / (_NEW + name)
        shutil.rmtree(new, ignore_errors=True)
        digests = write_files(new, render_version_files(self.edition, self.names[name]))
        write_files(new, [SiteFile(_SEAL, digest_files(digests))])
        install_folder(new, self.root / name)
        return name

    @cached_property
    def _folders(self) -> dict[str, str]:
        return {version.number: name for name, version in self.names.items()}

    def remove_unused(self, wanted: Iterable[str]) -> None:
        """Remove the folders that no generation links to, and what a killed build left."""
        keep = set(wanted)
        for folder in self.root.iterdir():
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)
