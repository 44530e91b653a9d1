"""Generations: the files of a site that may differ from build to build, with a link to each version's folder.

The name of a generation is a digest of its files, so a build that changes nothing writes nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from generator.context import SiteContext, SiteFile, load_assets
from generator.letters import has_letter
from generator.parallel import parallel_map
from generator.public_files import create_public_folder
from generator.site_files import FileProducer
from generator.version_store import VersionStore, hash_digests, hash_folder, install_folder, write_files

_SCHEMA = 1
_MANIFEST_FILE = "manifest.json"
_SERIAL_LIMIT = 32  # pages: fewer are rendered sooner than a second process starts


class Generation(NamedTuple):
    """The result of writing a generation: its name, its number of pages, whether it had to be written."""

    name: str
    page_count: int
    is_new: bool


@dataclass(frozen=True)
class Manifest:
    """The manifest of a generation: the paths of its assets, a digest of the redactions that it applies."""

    assets: Sequence[str]
    redactions: str


def build_manifest(site: SiteContext) -> Manifest:
    """Return the manifest of the generation of a site."""
    redactions = hashlib.sha256(repr(site.log.policy.redactions).encode()).hexdigest()
    return Manifest(sorted(site.assets.values()), redactions)


def read_manifest(generation: Path) -> Manifest | None:
    """Return the manifest of a generation; None if it is missing or damaged."""
    try:
        values = json.loads((generation / _MANIFEST_FILE).read_text())
        if values["schema"] != _SCHEMA or not all(isinstance(path, str) for path in values["assets"]):
            return None
        return Manifest(list(values["assets"]), values["redactions"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_generation(
    root: Path, producers: Sequence[FileProducer], store: VersionStore, jobs: int
) -> Generation:
    """Write a generation below `root`, its files rendered by up to `jobs` processes.

    If an intact generation of the same content exists, nothing is replaced.
    """
    new = root / ".new"
    shutil.rmtree(new, ignore_errors=True)
    try:
        create_public_folder(new / "letters")
        digests: dict[str, str] = {}
        for written in parallel_map(
            partial(_write_producer_files, new / "site"), producers, jobs, _SERIAL_LIMIT
        ):
            digests |= {f"site/{path}": digest for path, digest in written.items()}
        page_count = len(digests)
        digests |= _link_versions(new, store)
        manifest = json.dumps({"schema": _SCHEMA, **vars(build_manifest(store.site))})
        digests |= write_files(new, [SiteFile(_MANIFEST_FILE, manifest)])
        name = hash_digests(digests)[:32]
        # The name is a digest of the content, so a folder of that name either has it or is damaged.
        is_new = not _has_digests(root / name, digests)
        if is_new:
            install_folder(new, root / name)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return Generation(name, page_count, is_new)


def _write_producer_files(folder: Path, produce: FileProducer) -> Mapping[str, str]:
    return write_files(folder, produce())


def _link_versions(generation: Path, store: VersionStore) -> dict[str, str]:
    """Link each version's pages and letters to its folder in the store; return the target of each link."""
    targets = {}  # relative, so that the output folder can be moved as a whole
    for path, target in _list_links(store):
        link = generation / path
        create_public_folder(link.parent)
        targets[path] = f"{'../' * (path.count('/') + 2)}store/{target}"
        link.symlink_to(targets[path])
    return targets


def _list_links(store: VersionStore) -> Iterator[tuple[str, str]]:
    """Yield the path of each link in a generation and its target in the store."""
    announced = {
        announcement.version.number
        for announcement in store.site.announcements
        if not announcement.version.withdrawn_by
    }
    for name, version in store.versions_by_name.items():
        for locale in version.documents:
            yield (
                f"site/{store.site.urls.version_path(locale, version.number)}".rstrip("/"),
                f"{name}/{locale}",
            )
        if version.number in announced and has_letter(version):
            yield f"letters/{version.number}", f"{name}/letter"


def _has_digests(generation: Path, digests: Mapping[str, str]) -> bool:
    try:
        return hash_folder(generation) == digests
    except OSError:
        return False


def list_asset_files(site: SiteContext, templates: Path, previous: Path | None) -> Iterator[SiteFile]:
    """Yield today's assets, and those of the previous generation, which a reader may still be loading."""
    current = dict(load_assets(templates).values())
    for path, text in current.items():
        yield SiteFile(path, text)
    manifest = read_manifest(previous) if previous else None
    # Only the assets of its own pages, not those it has from the one before: one generation back is enough.
    for path in manifest.assets if manifest else ():
        old = previous / "site" / path if previous else None
        if old and path not in current and path not in site.assets.values() and old.is_file():
            yield SiteFile(path, old.read_text(encoding="utf-8"))
