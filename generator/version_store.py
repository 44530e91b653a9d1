"""The folders of published versions, content-addressed: a name is a digest of all that the files depend on.

A folder is written once, as a whole. A later build links to it or stops linking to it, but never changes it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.metadata import version as library_version
from pathlib import Path

from changelog.versions import Version
from generator.build_options import BuildListener, BuildOptions
from generator.build_state import SOFTWARE_FOLDERS, BuildInputs, BuildState
from generator.context import SiteContext, SiteFile
from generator.parallel import parallel_map
from generator.public_files import create_public_folder, write_public_file
from generator.site_files import render_version_files

# Libraries whose release may change a byte of a page; click, for example, cannot.
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
_NEW_PREFIX, _OLD_PREFIX = ".new-", ".old-"
_DIGEST_FILE = ".digest"
_SERIAL_LIMIT = 8  # folders: fewer are written sooner than a second process starts


@lru_cache(maxsize=1)
def hash_software(project: Path) -> str:
    """Return the digest of our code and templates, the libraries' versions and the interpreter.

    Computed once per process: nothing invalidates it, since the code that runs does not change.
    """
    hasher = hashlib.sha256(sys.version.encode())  # decides Unicode tables
    for library in _LIBRARIES:
        hasher.update(f"{library}={library_version(library)}\n".encode())
    for folder in SOFTWARE_FOLDERS:
        for path in sorted((project / folder).rglob("*")):
            # Compiled files differ from machine to machine and follow from the source.
            if path.is_file() and path.suffix != ".pyc":
                hasher.update(f"{path.relative_to(project).as_posix()}\n".encode())
                hasher.update(hashlib.sha256(path.read_bytes()).digest())
    return hasher.hexdigest()


def write_files(folder: Path, files: Iterable[SiteFile]) -> dict[str, str]:
    """Write files below a folder one by one; return the digest of each by its path."""
    digests: dict[str, str] = {}
    created: set[Path] = set()
    for file in files:
        path, content = folder / file.path, file.text.encode()
        if path.parent not in created:
            create_public_folder(path.parent)
            created.add(path.parent)
        write_public_file(path, content)
        digests[file.path] = hashlib.sha256(content).hexdigest()
    return digests


def install_folder(new: Path, folder: Path) -> None:
    """Rename a finished folder to its final name; move a damaged folder of that name out of the way first."""
    old = folder.with_name(_OLD_PREFIX + folder.name)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def hash_digests(digests: Mapping[str, str]) -> str:
    """Return one digest of many files, each given by its path and its own digest."""
    lines = (f"{path}\0{digests[path]}\0" for path in sorted(digests))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_folder(folder: Path, *, ignore: str = "") -> dict[str, str]:
    """Return the digest of each file and the target of each link by its path.

    Raises OSError if the folder is missing.
    """
    digests = {}
    for parent, folders, names in os.walk(folder, onerror=_raise_error):
        for path in (Path(parent, name) for name in (*folders, *names)):
            if path.is_symlink():
                digests[path.relative_to(folder).as_posix()] = str(path.readlink())
            elif path.name in names:
                digests[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    digests.pop(ignore, None)
    return digests


def _raise_error(error: OSError) -> None:
    """Make os.walk fail on a folder that it cannot read, which it skips by default."""
    raise error


def _matches_digest(folder: Path) -> bool:
    """Whether a folder holds exactly the files that were written into it."""
    try:
        digest = (folder / _DIGEST_FILE).read_text()
        return digest == hash_digests(hash_folder(folder, ignore=_DIGEST_FILE))
    except (OSError, ValueError):
        return False


class VersionStore:
    """The folder `store` of an output folder, for one site."""

    def __init__(self, site: SiteContext, options: BuildOptions, inputs: BuildInputs) -> None:
        self.root = options.out / "store"
        self.site = site
        self.unchanged_names: frozenset[str] = frozenset()
        shared_inputs = (
            hash_software(options.project),
            inputs.prefix,
            site.base_url,
            [(locale, site.get_title(locale)) for locale in site.locales],
            # Old anchors of a section follow its renames, in every version that is published.
            sorted(site.log.policy.current_ids.items()),
        )
        # Without the cache every folder gets a new name: readers keep the old folders until the switch.
        self._shared_inputs = repr(shared_inputs) + ("" if options.use_cache else secrets.token_hex())

    def _compute_folder_name(self, version: Version) -> str:
        """Return the digest of everything that a version's files depend on; a commit implies its history."""
        before = self.site.find_predecessor(version)
        # A draft has no commit yet: its documents are used instead.
        content = version.commit or (version.documents, before and before.commit)
        redactions = (version.redactions, before and before.redactions)
        # Only these change after the publication of a version, with the texts of its notes.
        later = (version.withdrawn_by, version.last_update)
        record = (version.number, version.note_texts, version.entry_hash, redactions, later)
        return hashlib.sha256(repr((self._shared_inputs, content, record)).encode()).hexdigest()[:32]

    @cached_property
    def versions_by_name(self) -> dict[str, Version]:
        """Every version by the name of its folder, oldest first."""
        return {self._compute_folder_name(version): version for version in self.site.log.versions}

    @cached_property
    def _names_by_number(self) -> dict[str, str]:
        return {version.number: name for name, version in self.versions_by_name.items()}

    def read_stored_file(self, version: Version, path: str) -> str:
        """Return the text of a file in a version's folder."""
        return (self.root / self._names_by_number[version.number] / path).read_text(encoding="utf-8")

    def write_missing(self, jobs: int, listener: BuildListener, state: BuildState | None) -> int:
        """Write the folders that are missing or damaged, by up to `jobs` processes; return how many.

        Sets `unchanged_names` to the folders that are intact according to the state of the last build.
        """
        create_public_folder(self.root)
        self.unchanged_names = frozenset(self._find_unchanged(state)) if state else frozenset()
        missing = [
            name
            for name in self.versions_by_name
            if name not in self.unchanged_names and not _matches_digest(self.root / name)
        ]
        written = parallel_map(self._write_version, missing, jobs, _SERIAL_LIMIT)
        return sum(1 for _ in listener.track_versions(written, len(missing)))

    def _find_unchanged(self, state: BuildState) -> Iterator[str]:
        """Yield the names of the folders whose files are as the last build left them."""
        for name in self.versions_by_name:
            if state.is_intact(self.root.parent, f"{self.root.name}/{name}"):
                yield name

    def _write_version(self, name: str) -> str:
        """Write a folder under a temporary name, and rename it once it is complete; return its name."""
        new = self.root / (_NEW_PREFIX + name)
        shutil.rmtree(new, ignore_errors=True)
        digests = write_files(new, render_version_files(self.site, self.versions_by_name[name]))
        write_files(new, [SiteFile(_DIGEST_FILE, hash_digests(digests))])
        install_folder(new, self.root / name)
        return name

    def remove_unused(self, used: Iterable[str]) -> None:
        """Remove the folders that no generation links to, and what a killed build left behind."""
        keep = set(used)
        for folder in self.root.iterdir():
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)
