"""The folders of published versions and past days, content-addressed.

A name is a digest of all that the files of a folder depend on.

A folder is written once, as a whole. A later build links to it or stops linking to it, but never changes it.
It is used again only if its authentication code is right: the code covers its name and all its files.
"""

from __future__ import annotations

import hashlib
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cached_property, lru_cache
from importlib.metadata import version as library_version
from pathlib import Path

from changelog.section_ids import map_to_current_ids
from changelog.unchanged_facts import list_compared_versions
from changelog.versions import Version
from generator.build_options import BuildListener, BuildOptions
from generator.build_state import SOFTWARE_FOLDERS, BuildInputs, BuildState
from generator.cache_key import CacheKey
from generator.context import SiteContext, SiteFile
from generator.frame import describe_frame
from generator.parallel import parallel_map
from generator.public_files import create_public_folder, read_regular_file
from generator.site_files import render_day_files, render_version_files
from generator.stored_folders import (
    create_new_folder,
    hash_digests,
    hash_folder,
    install_folder,
    write_files,
)
from generator.upcoming_page import DayPages, list_day_pages
from generator.version_frames import find_version_frame

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
_CODE_FILE = ".authentication"
_CODE_LENGTH = 64
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


class VersionStore:
    """The folder `store` of an output folder, for one site."""

    def __init__(
        self, site: SiteContext, options: BuildOptions, inputs: BuildInputs, key: CacheKey | None
    ) -> None:
        self.root = options.out / "store"
        self.site = site
        self._key = key
        self.unchanged_names: frozenset[str] = frozenset()
        shared_inputs = (
            hash_software(options.project),
            inputs.prefix,
            inputs.templates,
            site.base_url,
            [(locale, describe_frame(site, locale)) for locale in site.locales],
            # Old anchors of a section follow its renames, in every version that is published.
            sorted(site.log.policy.current_ids.items()),
        )
        # Without the cache every folder gets a new name: readers keep the old folders until the switch.
        is_cached = options.use_cache and key is not None
        self._shared_inputs = repr(shared_inputs) + ("" if is_cached else secrets.token_hex())

    def _compute_folder_name(self, version: Version) -> str:
        """Return the digest of everything that a version's files depend on; a commit implies its history."""
        before = self.site.find_predecessor(version)
        # A draft has no commit yet: its documents are used instead.
        content = version.commit or (version.documents, before and before.commit)
        # What is said not to have changed depends on the versions between too.
        compared = list_compared_versions(self.site.log, before, version) if before else ()
        redactions = (version.redactions, before and before.redactions)
        # Only these change after the publication of a version, with the texts of its notes and its frame.
        later = (version.withdrawn_by, version.last_update, *(["imported"] if version.is_imported else ()))
        between = [(other.number, other.redactions) for other in compared]
        record = (version.number, version.note_texts, version.entry_hash, redactions, later, between)
        frame = find_version_frame(self.site, version)
        return hashlib.sha256(repr((self._shared_inputs, content, record, frame)).encode()).hexdigest()[:32]

    @cached_property
    def versions_by_name(self) -> dict[str, Version]:
        """Every version by the name of its folder, oldest first."""
        return {self._compute_folder_name(version): version for version in self.site.log.versions}

    @cached_property
    def _names_by_number(self) -> dict[str, str]:
        return {version.number: name for name, version in self.versions_by_name.items()}

    def _compute_day_folder_name(self, pages: DayPages) -> str:
        """Return the digest of everything that the pages of a day depend on.

        They compare what was in force before with what is from then on, so the digest has the folder of each
        version between these two and of each that a comparison looks at. A later version can do no more than
        rename their sections.
        """
        log, day = self.site.log, pages.day
        assert day.before  # else there is nothing to compare
        compared = list_compared_versions(log, day.before, day.after)
        involved = {version.number for version in (day.before, day.after, *compared, *day.versions)}
        positions = [n for n, version in enumerate(log.versions) if version.number in involved]
        between = log.versions[positions[0] : positions[-1] + 1]
        ids = [
            map_to_current_ids(
                (
                    version.documents[locale]
                    for version in reversed(log.list_versions_after(day.before))
                    if locale in version.documents
                ),
                log.policy.current_ids,
            )
            for locale in pages.locales
        ]
        record = (
            [self._names_by_number[version.number] for version in between],
            [sorted(renamed.items()) for renamed in ids],
            str(day.day),
            (day.before.number, day.after.number, [version.number for version in day.changes]),
            pages.locales,
        )
        return hashlib.sha256(repr((self._shared_inputs, "day", record)).encode()).hexdigest()[:32]

    @cached_property
    def days_by_name(self) -> dict[str, DayPages]:
        """The pages of every past day by the name of their folder, oldest first."""
        return {self._compute_day_folder_name(pages): pages for pages in list_day_pages(self.site)}

    @property
    def names(self) -> Sequence[str]:
        """The names of all folders."""
        return (*self.versions_by_name, *self.days_by_name)

    def read_stored_file(self, version: Version, path: str) -> str:
        """Return the text of a file in a version's folder."""
        return (self.root / self._names_by_number[version.number] / path).read_text(encoding="utf-8")

    def write_missing(
        self, jobs: int, listener: BuildListener, state: BuildState | None
    ) -> tuple[Sequence[str], Sequence[str]]:
        """Write the folders that are missing or altered, by up to `jobs` processes.

        Return the names of those of versions, then of those of days.

        Sets `unchanged_names` to the folders that are intact according to the state of the last build.
        """
        create_public_folder(self.root)
        self.unchanged_names = frozenset(self._find_unchanged(state)) if state else frozenset()
        versions, days = (
            [name for name in names if name not in self.unchanged_names and not self._is_authentic(name)]
            for names in (self.versions_by_name, self.days_by_name)
        )
        with closing(parallel_map(self._write_folder, versions, jobs, _SERIAL_LIMIT)) as written:
            written_versions = tuple(listener.track_versions(written, len(versions)))
        with closing(parallel_map(self._write_folder, days, jobs, _SERIAL_LIMIT)) as written:
            return written_versions, tuple(written)

    def _find_unchanged(self, state: BuildState) -> Iterator[str]:
        """Yield the names of the folders whose files are as the last build left them."""
        for name in self.names:
            if state.is_intact(self.root.parent, f"{self.root.name}/{name}"):
                yield name

    def _is_authentic(self, name: str) -> bool:
        """Whether a folder holds exactly the files that a build of this user wrote for it."""
        folder = self.root / name
        if self._key is None or not folder.exists():
            return False
        try:
            code = read_regular_file(folder / _CODE_FILE, _CODE_LENGTH).decode()
            digests = hash_folder(folder)
        except (OSError, ValueError):
            return False
        del digests[_CODE_FILE]
        return self._key.is_authentic(code, _describe_purpose(name), hash_digests(digests).encode())

    def _write_folder(self, name: str) -> str:
        """Write a folder under a temporary name, and rename it once it is complete; return its name."""
        new = create_new_folder(self.root)
        if version := self.versions_by_name.get(name):
            files = render_version_files(self.site, version)
        else:
            files = render_day_files(self.site, self.days_by_name[name])
        digests = write_files(new, files)
        if self._key:
            code = self._key.compute_code(_describe_purpose(name), hash_digests(digests).encode())
            write_files(new, [SiteFile(_CODE_FILE, code)])
        install_folder(new, self.root / name)
        return name


def _describe_purpose(name: str) -> str:
    """Return for what the files of a folder are authentic: for no version but the one of this name."""
    return f"version folder {name}"
